// Cookies of share links: finds the grants of the links that a browser has opened, a cookie for each.

import { parse } from 'hono/utils/cookie'
import type { Principal } from '../../core/auth/access.ts'
import { isSecret } from '../../core/auth/api-key.ts'
import { isLinkId, isLinkSecret, type LinkGrant } from '../../core/auth/links.ts'
import { READING } from '../../core/request/safe-methods.ts'
import type { LinkRecord, Links } from '../../stores/links/links.ts'
import type { Credentials } from '../auth/credentials.ts'
import type { CsrfGuard } from '../auth/csrf.ts'
import { grantOf } from './links.ts'

export interface LinkCookiesOptions {
  links: Pick<Links, 'find' | 'current'>
  csrf: Pick<CsrfGuard, 'requireOwnPage'>
  /** Milliseconds since 1970. @default Date.now */
  now?(): number
}

export interface LinkCookies {
  /**
   * Finds the grants of a request; none for cookies of links that have ended, or that are not valid.
   *
   * @throws TintypeError `csrf` for a change of an anonymous request that may come from a page of another site
   */
  grantsOf(request: Credentials, principal: Principal): Promise<readonly LinkGrant[]>
  /** {@link LinkCookies.grantsOf} without a wait. `'unknown'` where only it can tell. @throws errors of the system */
  recall(request: Credentials): readonly LinkGrant[] | 'unknown'
}

/** Name of a link's cookie, before its id. */
export const LINK_COOKIE = 'tintype_link_'

/** Cookies of one request that are read. Browsers send those of one project together. */
const MOST_COOKIES = 20

interface LinkCookie {
  id: string
  secret: string
}

const NONE: readonly LinkGrant[] = []

export const createLinkCookies = ({ links, csrf, now = Date.now }: LinkCookiesOptions): LinkCookies => {
  const grantsIn = (record: LinkRecord | undefined, { secret }: LinkCookie, atMs: number): readonly LinkGrant[] =>
    record && isSecret(secret, record.sha256) && atMs < Date.parse(record.expires_at) ? [grantOf(record)] : NONE

  return {
    async grantsOf(request, principal) {
      const grants: LinkGrant[] = []
      for (const cookie of cookiesOf(request))
        grants.push(...grantsIn(await links.find(cookie.id), cookie, request.receivedMs ?? now()))
      // Users were authenticated by a token, or with the CSRF token of their session.
      if (grants.length > 0 && principal.kind === 'anonymous' && !READING.has(request.method))
        csrf.requireOwnPage(request)
      return grants
    },

    recall(request) {
      const cookies = cookiesOf(request)
      if (cookies.length === 0) return NONE
      if (!READING.has(request.method)) return 'unknown'
      const grants: LinkGrant[] = []
      for (const cookie of cookies) {
        const record = links.current(cookie.id, request.share)
        if (!record) return 'unknown'
        grants.push(...grantsIn(record, cookie, now()))
      }
      return grants
    },
  }
}

const cookiesOf = ({ header }: Credentials): readonly LinkCookie[] => {
  const text = header('cookie')
  if (!text?.includes(LINK_COOKIE)) return []
  return Object.entries(parse(text))
    .filter(([name]) => name.startsWith(LINK_COOKIE))
    .slice(0, MOST_COOKIES)
    .map(([name, secret]) => ({ id: name.slice(LINK_COOKIE.length), secret }))
    .filter(({ id, secret }) => isLinkId(id) && isLinkSecret(secret))
}
