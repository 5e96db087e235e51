// Cookies of share links, one for each, which browsers send to the routes of the project or of the image alone.

import { setCookie } from 'hono/cookie'
import { LINK_COOKIE } from '../../../services/links/link-cookies.ts'
import type { OpenedLink } from '../../../services/links/links.ts'
import type { Context } from '../../context.ts'
import type { SessionCookiesOptions } from './session-cookies.ts'

/**
 * `Lax`, unlike the cookies of a session: a link comes from a message, so that the page that it leads to is loaded in the
 * name of another site. Requests of other sites that change something do not carry it.
 */
export const setLinkCookie = (
  c: Context,
  { link, secret }: OpenedLink,
  { basePath, isSecure }: SessionCookiesOptions,
): void => {
  const project = `${basePath}/projects/${link.project_id}`
  c.set('hasOtherHeaders', true)
  setCookie(c, `${LINK_COOKIE}${link.id}`, secret, {
    path: link.image_id === null ? project : `${project}/images/${link.image_id}`,
    maxAge: Math.max(0, Math.floor((Date.parse(link.expires_at) - Date.now()) / 1000)),
    httpOnly: true,
    sameSite: 'Lax',
    secure: isSecure(c),
  })
}
