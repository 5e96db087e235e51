// Who asks: found out once for each request, before its route.

import { type Principal, unauthenticated } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { READING } from '../../core/request/safe-methods.ts'
import type { Authenticator, Credentials } from '../../services/auth/authenticator.ts'
import type { Context } from '../response/respond.ts'

export interface AuthenticateOptions {
  /** Asked in this order; the first one that knows the request says who it is. */
  authenticators: readonly Authenticator[]
  /** Whether everybody may do everything, as things are now. */
  isOpen(): boolean
  /** Throws where a page of a foreign origin sends the request. @default nobody is foreign */
  refuseForeign?(request: Credentials): void
}

/**
 * Sets `principal`. Where the request carries something that isn't valid, it is nobody's, and `refusal` says why:
 * {@link principalOf} throws it, on each route that asks who is there. So a picture that needs no key is sent, and
 * somebody can sign in, with an old cookie too.
 */
export const authenticate =
  ({ authenticators, isOpen, refuseForeign }: AuthenticateOptions) =>
  async (c: Context, next: () => Promise<void>): Promise<void> => {
    const request = { header: (name: string) => c.req.header(name), method: c.req.method }
    const receivedMs = Date.now()
    const identifyBy = async (credentials: Credentials): Promise<void> => {
      if (!isOpen()) return identify(c, credentials, authenticators)
      // A form needs no leave of ours: any page that is open on this machine could send one.
      if (!READING.has(c.req.method)) refuseForeign?.(credentials)
      c.set('principal', ANYBODY)
    }
    c.set('identifyAgain', () => identifyBy({ ...request, receivedMs }))
    await identifyBy(request)
    return next()
  }

const identify = async (c: Context, request: Credentials, authenticators: readonly Authenticator[]): Promise<void> => {
  c.set('principal', ANONYMOUS)
  c.set('refusal', undefined)
  try {
    for (const ask of authenticators) {
      const principal = await ask(request)
      if (!principal) continue
      c.set('principal', principal)
      return
    }
    // Whoever sends a key or a token to somebody who does not know the form should hear of it.
    if (request.header('authorization') !== undefined)
      throw unauthenticated('Expected an API key or a token in "Authorization: Bearer", it is neither.')
  } catch (error) {
    if (!(error instanceof TintypeError)) throw error
    c.set('refusal', error)
  }
}

/** Who asks. @throws TintypeError `unauthenticated` and others where what the request carries isn't valid */
export const principalOf = (c: Context): Principal => {
  const refusal = c.get('refusal')
  if (refusal) throw refusal
  return c.get('principal') ?? ANONYMOUS
}

const ANYBODY: Principal = { kind: 'anybody' }
const ANONYMOUS: Principal = { kind: 'anonymous' }
