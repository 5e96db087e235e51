// The user of an access token in `Authorization: Bearer` (RFC 6750): one of ours, or of the issuer that is trusted.

import { decodeJwt } from 'jose'
import { unauthenticated } from '../../core/auth/access.ts'
import type { AccountService } from './accounts.ts'
import { bearerOf } from './api-keys.ts'
import type { Authenticator } from './authenticator.ts'
import type { ForeignTokens } from './oidc-tokens.ts'
import { OWN_ISSUER } from './session-tokens.ts'

/** Three parts between dots: what has another form is no token, but perhaps a key. */
const JWT_FORM = /^[\w-]+\.[\w-]+\.[\w-]*$/

/** @param foreign undefined where no other issuer is trusted */
export const createBearerAuthenticator =
  (accounts: AccountService, foreign: ForeignTokens | undefined): Authenticator =>
  async (request) => {
    const token = bearerOf(request)
    if (token === undefined || !JWT_FORM.test(token)) return undefined
    // What it says of its issuer is believed for the choice alone; whoever is chosen checks all of it.
    if (foreign && issuerOf(token) !== OWN_ISSUER)
      return { kind: 'user', id: await foreign.userOf(token, request.receivedMs) }
    const session = await accounts.sessionOf(token, request.receivedMs)
    if (!session) throw unauthenticated('The token is not valid here, has expired, or its session has ended.')
    return { kind: 'user', id: session.userId }
  }

const issuerOf = (token: string): string | undefined => {
  try {
    return decodeJwt(token).iss
  } catch {
    return undefined
  }
}
