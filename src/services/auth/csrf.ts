// CSRF: refuses requests with cookies that a page of another site makes a browser send.

import { isEqual } from '../../core/auth/constant-time.ts'
import { TintypeError } from '../../core/errors.ts'
import { clip } from '../../core/text.ts'
import { type Credentials, CSRF_COOKIE, cookieOf } from './credentials.ts'
import type { SessionTokens } from './session-tokens.ts'

export interface CsrfGuardOptions {
  tokens: SessionTokens
  /** Other origins whose pages may use the cookies, such as `https://gallery.example.com`. @default none */
  trustedOrigins?: readonly string[]
}

export interface CsrfGuard {
  /**
   * Accepts a request with cookies that a page of this origin sent. Three defences, since each alone has failed:
   * cookies are `SameSite=Strict`; the browser names the origin; and the page repeats a token of this session that only
   * it can read, so that a cookie planted by a neighbouring host is useless.
   *
   * @throws TintypeError `csrf`
   */
  verify(request: Credentials, sessionId: string): Promise<void>
  /** @throws TintypeError `csrf` where the browser names another origin */
  refuseCrossOrigin(request: Credentials): void
  /**
   * Accepts a request with the cookie of a share link, which has no session, that a page of this origin sent: by the
   * origin, and by the header of the CSRF token, which a page of another origin cannot send without a preflight.
   *
   * @throws TintypeError `csrf`
   */
  requireOwnPage(request: Credentials): void
}

const CSRF_HEADER = 'x-csrf-token'

export const createCsrfGuard = ({ tokens, trustedOrigins = [] }: CsrfGuardOptions): CsrfGuard => {
  const refuseCrossOrigin = ({ header }: Credentials): void => {
    const origin = header('origin')
    if (origin !== undefined && trustedOrigins.includes(origin)) return
    // Set by the browser, unchanged by proxies (W3C Fetch Metadata).
    const site = header('sec-fetch-site')
    if (site === 'same-origin' || site === 'none') return
    if (site !== undefined) throw crossOriginError(`the browser says "${site.slice(0, 20)}"`)
    // Without it (old browsers, plain HTTP): the host of the page must be the host of the request.
    if (origin !== undefined && hostOf(origin) !== header('host')?.toLowerCase())
      throw crossOriginError(`"Origin" is "${clip(origin)}"`)
  }

  return {
    refuseCrossOrigin,

    requireOwnPage(request) {
      refuseCrossOrigin(request)
      if (request.header(CSRF_HEADER) === undefined)
        throw csrfError('Expected the header "X-CSRF-Token", of any value, beside the cookie of a link.')
    },

    async verify(request, sessionId) {
      refuseCrossOrigin(request)
      const sent = request.header(CSRF_HEADER)
      if (sent === undefined)
        throw csrfError(`Expected the value of the cookie "${CSRF_COOKIE}" in "X-CSRF-Token", the request has none.`)
      const expected = await tokens.csrf(sessionId)
      if (!isEqual(sent, expected) || !isEqual(cookieOf(request, CSRF_COOKIE) ?? '', expected))
        throw csrfError(`Expected the value of the cookie "${CSRF_COOKIE}" in "X-CSRF-Token", of this session.`)
    },
  }
}

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)

const csrfError = (message: string): TintypeError => new TintypeError('csrf', message)

const crossOriginError = (received: string): TintypeError =>
  csrfError(
    `Expected a request of this origin, ${received}. To let pages of another site use the API, name its origin in ` +
      'ALLOWED_ORIGINS.',
  )
