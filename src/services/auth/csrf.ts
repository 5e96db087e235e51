// CSRF: refuses requests with cookies that a page of another site makes a browser send.

import { isEqual } from '../../core/auth/constant-time.ts'
import { TintypeError } from '../../core/errors.ts'
import { type Credentials, CSRF_COOKIE, cookieOf } from './credentials.ts'
import type { SessionTokens } from './session-tokens.ts'

export interface ForgeryGuardOptions {
  tokens: SessionTokens
  /** Other origins whose pages may use the cookies, such as `https://gallery.example.com`. @default none */
  trustedOrigins?: readonly string[]
}

export interface ForgeryGuard {
  /**
   * Accepts a request with cookies that a page of this origin sent. Three defences, since each alone has failed:
   * cookies are `SameSite=Strict`; the browser names the origin; and the page repeats a token of this session that only
   * it can read, so that a cookie planted by a neighbouring host is useless.
   *
   * @throws TintypeError `csrf`
   */
  refuseForged(request: Credentials, sessionId: string): Promise<void>
  /** @throws TintypeError `csrf` where the browser names another origin */
  refuseForeign(request: Credentials): void
}

const CSRF_HEADER = 'x-csrf-token'

export const createForgeryGuard = ({ tokens, trustedOrigins = [] }: ForgeryGuardOptions): ForgeryGuard => {
  const refuseForeign = ({ header }: Credentials): void => {
    const origin = header('origin')
    if (origin !== undefined && trustedOrigins.includes(origin)) return
    // Set by the browser, unchanged by proxies (W3C Fetch Metadata).
    const site = header('sec-fetch-site')
    if (site === 'same-origin' || site === 'none') return
    if (site !== undefined) throw foreign(`the browser says "${site.slice(0, 20)}"`)
    // Without it (old browsers, plain HTTP): the host of the page must be the host of the request.
    if (origin !== undefined && hostOf(origin) !== header('host')?.toLowerCase())
      throw foreign('"Origin" names another one')
  }

  return {
    refuseForeign,

    async refuseForged(request, sessionId) {
      refuseForeign(request)
      const sent = request.header(CSRF_HEADER)
      if (sent === undefined)
        throw forged(`Expected the value of the cookie "${CSRF_COOKIE}" in "X-CSRF-Token", the request has none.`)
      const expected = await tokens.csrf(sessionId)
      if (!isEqual(sent, expected) || !isEqual(cookieOf(request, CSRF_COOKIE) ?? '', expected))
        throw forged(`Expected the value of the cookie "${CSRF_COOKIE}" in "X-CSRF-Token", of this session.`)
    },
  }
}

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)

const forged = (message: string): TintypeError => new TintypeError('csrf', message)

const foreign = (received: string): TintypeError =>
  forged(
    `Expected a request of this origin, ${received}. To let pages of another site use the API, name its origin in ` +
      'ALLOWED_ORIGINS.',
  )
