// Authentication: finds the principal of each request once, before its route.

import { type Principal, unauthenticated } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { READING } from '../../core/request/safe-methods.ts'
import type { Authenticator, Credentials } from '../../services/auth/authenticator.ts'
import { type Context, type RequestView, viewOf } from '../context.ts'

export interface IdentifyOptions {
  /** Tried in this order; the first one that recognizes the request names the principal. */
  authenticators: readonly Authenticator[]
  /** Whether every request may do everything, as things are now. */
  isOpen(): boolean
  /** Throws where a page of a foreign origin sends the request. @default no origin is foreign */
  refuseForeign?(request: Credentials): void
  /** Called with each request that is answered without authentication. @default nothing is called */
  onOpen?(request: RequestView): void
}

/** Principal of a request. `refusal` says why its credentials are not valid; the principal is anonymous then. */
export interface Identity {
  principal: Principal
  refusal?: TintypeError
}

/**
 * @param receivedMs when the request came, in milliseconds since 1970: credentials that expired since are valid. @default now
 * @throws TintypeError `csrf` on an open server, for a change that a foreign page sends
 */
export type Identify = (request: RequestView, receivedMs?: number) => Promise<Identity>

const ANYBODY: Identity = { principal: { kind: 'anybody' } }
const ANONYMOUS: Identity = { principal: { kind: 'anonymous' } }

export const createIdentify =
  ({ authenticators, isOpen, refuseForeign, onOpen }: IdentifyOptions): Identify =>
  async (request, receivedMs) => {
    if (isOpen()) {
      onOpen?.(request)
      // A form needs no preflight: any page that is open on this machine could send one.
      if (!READING.has(request.method)) refuseForeign?.(request)
      return ANYBODY
    }
    const { method, header } = request
    try {
      for (const authenticator of authenticators) {
        const principal = await authenticator({ method, header, receivedMs })
        if (principal) return { principal }
      }
      // A client that sends a credential in an unknown form gets an error instead of the rights of a stranger.
      if (header('authorization') !== undefined)
        throw unauthenticated('Expected an API key or a token in "Authorization: Bearer", it is neither.')
      return ANONYMOUS
    } catch (error) {
      if (!(error instanceof TintypeError)) throw error
      return { ...ANONYMOUS, refusal: error }
    }
  }

/**
 * Sets the principal and the refusal, which {@link principalOf} throws on each route that needs a principal. So a public
 * picture is sent, and sign-in works, with an old cookie too.
 */
export const authenticate =
  (identify: Identify) =>
  async (c: Context, next: () => Promise<void>): Promise<void> => {
    const request = viewOf(c)
    const receivedMs = Date.now()
    const set = ({ principal, refusal }: Identity): void => {
      c.set('principal', principal)
      c.set('refusal', refusal)
    }
    c.set('identifyAgain', async () => set(await identify(request, receivedMs)))
    set(await identify(request))
    return next()
  }

/** @throws TintypeError `unauthenticated` and others where the credentials of the request are not valid */
export const principalOf = (c: Context): Principal => {
  const refusal = c.get('refusal')
  if (refusal) throw refusal
  return c.get('principal') ?? ANONYMOUS.principal
}
