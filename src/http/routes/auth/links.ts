// Routes of share links: create, list, revoke, open.

import { isPublic } from '../../../core/auth/access.ts'
import { TintypeError } from '../../../core/errors.ts'
import type { LinkService, OpenedLink } from '../../../services/links/links.ts'
import type { LinkRecord } from '../../../stores/links/links.ts'
import type { Context } from '../../context.ts'
import type { Guard } from '../../guard.ts'
import * as descriptions from '../../openapi/links.ts'
import { parseBody, readJson } from '../../request/json-body.ts'
import { projectIdOf } from '../../request/params.ts'
import { setLinkCookie } from '../../response/auth/link-cookies.ts'
import { ENDED_LINK_PAGE } from '../../response/auth/link-page.ts'
import type { SessionCookiesOptions } from '../../response/auth/session-cookies.ts'
import { BASE_HEADERS, json, respond, sized } from '../../response/respond.ts'
import type { Views } from '../../response/views.ts'
import type { RouteTable } from '../../route-table.ts'
import { type LinkView, type LinkWithUrlView, linkCreateSchema, type OpenedLinkView } from '../../schemas/links.ts'

export interface LinkRouteOptions {
  links: LinkService
  guard: Guard
  views: Views
  cookies: SessionCookiesOptions
  /** Whether browsers find the pages of the gallery. @default false */
  gallery?: boolean
}

const MAX_BODY_BYTES = 16 * 1024

/** Answers of these routes are secrets, or change at any moment. */
const UNCACHED = { 'Cache-Control': 'no-store' } as const

const HTML_TYPE = 'text/html; charset=utf-8'

const HTML = /\btext\/html\b/i

/** Adds the routes with their descriptions. */
export const addLinkRoutes = (
  route: Pick<RouteTable, 'add'>,
  { links, guard, views, cookies, gallery = false }: LinkRouteOptions,
): void => {
  route.add(descriptions.create, async (c: Context) => {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'write', projectId)
    const body = parseBody(linkCreateSchema, await readJson(c, MAX_BODY_BYTES))
    const { upload, download, image_id: imageId } = body
    const wanted = { expiresAt: new Date(body.expires), imageId, upload, download }
    const { token, link } = await links.create(projectId, wanted, by)
    const view: LinkWithUrlView = { ...viewOf(link), url: `${views.basePath}/s/${token}` }
    return json(c, view, 201, UNCACHED)
  })

  route.add(descriptions.list, async (c: Context) => {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'write', projectId)
    return json(c, { links: (await links.list(projectId, by)).map(viewOf) }, 200, UNCACHED)
  })

  route.add(descriptions.revoke, async (c: Context) => {
    const projectId = projectIdOf(c)
    const by = await guard.require(c, 'write', projectId)
    await links.revoke(projectId, c.req.param('link_id') ?? '', by)
    return respond(c, null, 204, { ...BASE_HEADERS, ...UNCACHED })
  })

  /**
   * Address for browsers: the page of the gallery where there is one. A link to one image of a private project leads to its
   * picture, as its page reads the project, which the link does not show.
   */
  const addressOf = ({ link, project, image }: OpenedLink): string => {
    if (gallery && (!image || isPublic(project))) return views.pageUrl(project.project_id, image?.id)
    if (!image) return views.projectUrl(project.project_id)
    return views.imageUrl(project.project_id, image.id, link.download ? 'original' : 'medium')
  }

  route.add(descriptions.open, async (c: Context) => {
    c.set('vary', 'Accept')
    const headers = { ...UNCACHED, Vary: 'Accept' }
    const isPage = HTML.test(c.req.header('accept') ?? '')
    const opened = await links.open(c.req.param('token') ?? '').catch((error: unknown) => {
      if (!isPage || !(error instanceof TintypeError) || error.code !== 'link_not_found') throw error
    })
    if (!opened) return sized(c, ENDED_LINK_PAGE, 404, { ...BASE_HEADERS, ...headers, 'Content-Type': HTML_TYPE })
    setLinkCookie(c, opened, cookies)
    if (isPage) return respond(c, null, 302, { ...BASE_HEADERS, ...headers, Location: addressOf(opened) })
    const { link, project, image } = opened
    const { created_at: _, ...view } = viewOf(link)
    const body: OpenedLinkView = {
      ...view,
      title: project.title,
      ...(image ? { image: views.image(project, image) } : {}),
    }
    return json(c, body, 200, headers)
  })
}

const viewOf = ({ id, project_id, image_id, upload, download, expires_at, created_at }: LinkRecord): LinkView => ({
  id,
  project_id,
  image_id,
  upload,
  download,
  expires: expires_at,
  created_at,
})
