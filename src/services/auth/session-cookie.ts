// The session of a browser: an access token in a cookie.

import { READING } from '../../core/request/safe-methods.ts'
import type { AccountService } from './accounts.ts'
import type { Authenticator } from './authenticator.ts'
import { cookieOf, type ForgeryGuard } from './csrf.ts'

/** The access token; no script can read it. */
export const SESSION_COOKIE = 'tintype_session'
/** The refresh token; sent to /auth alone, and no script can read it. */
export const REFRESH_COOKIE = 'tintype_refresh'

/**
 * The user of a browser. A cookie that is no longer good says nothing: the browser sends it without being asked, and
 * pictures that anybody may see are to be shown all the same.
 */
export const createCookieAuthenticator =
  (accounts: AccountService, forgery: ForgeryGuard): Authenticator =>
  async (request) => {
    const token = cookieOf(request, SESSION_COOKIE)
    const session = token === undefined ? undefined : await accounts.sessionOf(token, request.receivedMs)
    if (!session) return undefined
    if (!READING.has(request.method)) await forgery.refuseForged(request, session.id)
    return { kind: 'user', id: session.userId }
  }
