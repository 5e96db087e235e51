// Credentials of a request (API keys, bearer tokens of RFC 6750, cookies), and the interface of authenticators.

import { parse } from 'hono/utils/cookie'
import type { Principal } from '../../core/auth/access.ts'

/** The parts of a request that carry credentials. */
export interface Credentials {
  /** @param name in lower case */
  header(name: string): string | undefined
  method: string
  /**
   * Arrival of the request, in milliseconds since 1970: a token that expired later is still valid for it. @default now
   */
  receivedMs?: number
  /** Lets {@link Authenticator.recall} accept the validation of another request, see {@link Store.current}. @default false */
  share?: boolean
}

/** Authenticates requests by one kind of credentials. */
export interface Authenticator {
  /**
   * Finds the principal. Undefined where the request carries none of these credentials.
   *
   * @throws TintypeError `unauthenticated` where they are not valid; other codes where they are valid but not in this
   *   request (`csrf`)
   */
  authenticate(request: Credentials): Promise<Principal | undefined>
  /**
   * {@link Authenticator.authenticate} without a wait, for a request that reads: by credentials that were verified
   * before, and are still valid by the clock and by what every process has stored. Never finds a revoked key or an
   * ended session.
   *
   * @returns undefined where the request carries none of these credentials, `'unknown'` where only `authenticate` can
   *   tell, as for invalid ones
   * @throws errors of the system
   */
  recall(request: Credentials): Principal | undefined | 'unknown'
}

/** The access token, unreadable for scripts. */
export const SESSION_COOKIE = 'tintype_session'
/** The refresh token, sent to /auth alone, unreadable for scripts. */
export const REFRESH_COOKIE = 'tintype_refresh'
/** The CSRF token of the session, which the page reads and sends back in `X-CSRF-Token`. */
export const CSRF_COOKIE = 'tintype_csrf'

/** Undefined where the request has no such cookie. */
export const cookieOf = ({ header }: Credentials, name: string): string | undefined =>
  parse(header('cookie') ?? '', name)[name]

/** RFC 6750 section 2.1; the name of the scheme in any case, as RFC 9110 section 11.1 says. */
export const bearerOf = (request: Credentials): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(request.header('authorization') ?? '')?.[1]
