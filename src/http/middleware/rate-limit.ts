// Limits of requests: who is counted, what is answered to those who exceed them (RFC 6585 section 4, and the headers of
// draft-ietf-httpapi-ratelimit-headers).

import { TintypeError } from '../../core/errors.ts'
import { READING } from '../../core/request/safe-methods.ts'
import type { Limited, RateLimits, Standing } from '../../services/limits/rate-limits.ts'
import type { Client } from '../request/client-address.ts'
import { type Context, WATCHED } from '../response/respond.ts'

export interface RateLimitMiddlewareOptions {
  limits: RateLimits
  client: Client
}

/**
 * Counts each request for the key or the user who makes it, or else for its address. Behind whatever finds out who asks.
 *
 * @throws TintypeError `rate_limited`
 */
export const rateLimit =
  ({ limits, client }: RateLimitMiddlewareOptions) =>
  async (c: Context, next: () => Promise<void>): Promise<void> => {
    if (WATCHED.has(c.req.path)) return next()
    await count(c, limits, READING.has(c.req.method) ? 'read' : 'write', whoOf(c, client))
    return next()
  }

/** Counts attempts by their address alone: whoever guesses has no name. @throws TintypeError `rate_limited` */
export const signInLimit =
  ({ limits, client }: RateLimitMiddlewareOptions) =>
  async (c: Context, next: () => Promise<void>): Promise<void> => {
    if (!READING.has(c.req.method)) await count(c, limits, 'sign_in', addressOf(c, client))
    return next()
  }

const count = async (c: Context, limits: RateLimits, kind: Limited, who: string): Promise<void> => {
  const standing = await limits.take(kind, who)
  if (!standing) return
  const headers = headersOf(standing)
  c.set('limitHeaders', { ...c.get('limitHeaders'), ...headers })
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  if (standing.isExceeded) throw exceeded(standing)
}

const whoOf = (c: Context, client: Client): string => {
  const principal = c.get('principal')
  return principal?.kind === 'key' || principal?.kind === 'user'
    ? `${principal.kind}:${principal.id}`
    : addressOf(c, client)
}

const addressOf = (c: Context, client: Client): string => `address:${client.networkOf(c) ?? 'none'}`

const headersOf = ({ kind, limit, windowSeconds, remaining, resetSeconds }: Standing): Record<string, string> => ({
  'RateLimit-Policy': `"${kind}";q=${limit};w=${windowSeconds}`,
  RateLimit: `"${kind}";r=${remaining};t=${resetSeconds}`,
})

const exceeded = ({ limit, windowSeconds, resetSeconds }: Standing): TintypeError =>
  new TintypeError(
    'rate_limited',
    `Expected at most ${limit} requests in ${windowSeconds} seconds. Try again in ${resetSeconds} seconds.`,
    { retryAfterSeconds: resetSeconds, details: { limit, window_seconds: windowSeconds } },
  )
