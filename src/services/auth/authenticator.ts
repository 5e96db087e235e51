// Authenticates users by an access token: in `Authorization: Bearer` (RFC 6750), or in the cookie of a browser.

import { decodeJwt } from 'jose'
import { unauthenticated } from '../../core/auth/access.ts'
import { READING } from '../../core/request/safe-methods.ts'
import type { AccountService } from './accounts.ts'
import { type Authenticator, bearerOf, type Credentials, cookieOf, SESSION_COOKIE } from './credentials.ts'
import type { CsrfGuard } from './csrf.ts'
import type { OidcTokens } from './oidc-tokens.ts'
import { OWN_ISSUER } from './session-tokens.ts'

/** Three parts between dots. Other forms may be API keys. */
const JWT_FORM = /^[\w-]+\.[\w-]+\.[\w-]*$/

/** Accepts tokens issued here and by the trusted issuer. @param oidcTokens undefined where no other issuer is trusted */
export const createBearerAuthenticator = (
  accounts: AccountService,
  oidcTokens: OidcTokens | undefined,
): Authenticator => ({
  async authenticate(request) {
    const token = jwtOf(request)
    if (token === undefined) return undefined
    // The unverified issuer only chooses the verifier, which checks the whole token.
    if (oidcTokens && issuerOf(token) !== OWN_ISSUER)
      return { kind: 'user', id: await oidcTokens.userOf(token, request.receivedMs) }
    const session = await accounts.sessionOf(token, request.receivedMs)
    if (!session) throw unauthenticated('The token is not valid here, has expired, or its session has ended.')
    return { kind: 'user', id: session.userId }
  },

  recall(request) {
    const token = jwtOf(request)
    if (token === undefined) return undefined
    const id = accounts.sessionNow(token, request.share)?.userId ?? oidcTokens?.recall(token)
    return id === undefined ? 'unknown' : { kind: 'user', id }
  },
})

/**
 * Accepts the session cookie, with a CSRF check where the request changes something. An invalid cookie counts as none:
 * browsers send it with every request, and public pictures must stay visible.
 */
export const createCookieAuthenticator = (accounts: AccountService, csrf: CsrfGuard): Authenticator => ({
  async authenticate(request) {
    const token = cookieOf(request, SESSION_COOKIE)
    const session = token === undefined ? undefined : await accounts.sessionOf(token, request.receivedMs)
    if (!session) return undefined
    if (!READING.has(request.method)) await csrf.verify(request, session.id)
    return { kind: 'user', id: session.userId }
  },

  recall(request) {
    const token = cookieOf(request, SESSION_COOKIE)
    if (token === undefined) return undefined
    const session = READING.has(request.method) ? accounts.sessionNow(token, request.share) : undefined
    return session ? { kind: 'user', id: session.userId } : 'unknown'
  },
})

const jwtOf = (request: Credentials): string | undefined => {
  const token = bearerOf(request)
  return token !== undefined && JWT_FORM.test(token) ? token : undefined
}

const issuerOf = (token: string): string | undefined => {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}
