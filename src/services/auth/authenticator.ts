// How a request says who it comes from: one way of many, such as API keys, access tokens or a cookie.

import type { Principal } from '../../core/auth/access.ts'

/** What is looked at of a request. */
export interface Credentials {
  /** By its name in lower case. */
  header(name: string): string | undefined
  method: string
  /**
   * When it came, in milliseconds since 1970, where it is asked about again later: what has only expired since is still
   * good for it. @default now
   */
  receivedMs?: number
}

/**
 * Undefined where the request carries nothing for it.
 *
 * @throws TintypeError `unauthenticated` where it carries something that isn't valid; other codes where it is valid but
 *   not in this request (`csrf`)
 */
export type Authenticator = (request: Credentials) => Promise<Principal | undefined>
