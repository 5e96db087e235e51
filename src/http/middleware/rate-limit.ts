// Rate limits of requests (RFC 6585 section 4), and the headers of draft-ietf-httpapi-ratelimit-headers.

import type { Principal } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { READING } from '../../core/request/safe-methods.ts'
import type { RateLimitState, RateLimits } from '../../services/limits/rate-limits.ts'
import { type Check, type Context, commonHeadersOf, PROBES, type RequestView, viewOf } from '../context.ts'
import type { ClientAddress } from './client-address.ts'

export interface LimitOptions {
  limits: RateLimits
  client: Pick<ClientAddress, 'networkOf'>
}

/** Counts requests. Undefined where there is no limit. */
export interface Limit {
  /** Counts a request by its key or user, else by the client address. Undefined also for probes. */
  request(
    request: RequestView,
    path: string,
    principal: Principal | undefined,
  ): RateLimitState | undefined | Promise<RateLimitState | undefined>
  /**
   * Counts a request that reads and is no probe, without a wait. Undefined, and nothing counted, where the count is not
   * at hand or the limit is exceeded.
   */
  readNow(request: RequestView, principal: Principal): RateLimitState | undefined
  /** Counts an attempt to sign in by the client address: there is no principal yet. */
  signIn(request: RequestView): Promise<RateLimitState | undefined>
  /** Whether requests that read are counted. */
  countsReads: boolean
  /** Whether any request is counted. */
  countsRequests: boolean
  countsSignIns: boolean
}

export const createLimit = ({ limits, client }: LimitOptions): Limit => {
  const addressOf = (request: RequestView): string => `address:${client.networkOf(request) ?? 'none'}`

  const clientOf = (request: RequestView, principal: Principal | undefined): string =>
    principal?.kind === 'key' || principal?.kind === 'user' ? `${principal.kind}:${principal.id}` : addressOf(request)

  return {
    countsReads: limits.limitOf('read') > 0,
    countsRequests: limits.limitOf('read') > 0 || limits.limitOf('write') > 0,
    countsSignIns: limits.limitOf('sign_in') > 0,

    request(request, path, principal) {
      const kind = READING.has(request.method) ? 'read' : 'write'
      if (PROBES.has(path) || limits.limitOf(kind) === 0) return undefined
      const counted = clientOf(request, principal)
      return limits.takeNow(kind, counted) ?? limits.take(kind, counted)
    },

    readNow(request, principal) {
      const state = limits.takeNow('read', clientOf(request, principal))
      return state?.isExceeded ? undefined : state
    },

    async signIn(request) {
      return limits.take('sign_in', addressOf(request))
    },
  }
}

/** Limits requests; runs after authentication. @throws TintypeError `rate_limited` */
export const limitRequests =
  (limit: Limit): Check =>
  (c) => {
    const state = limit.request(viewOf(c), c.req.path, c.get('identity')?.principal)
    return state instanceof Promise ? state.then((counted) => apply(c, counted)) : apply(c, state)
  }

/** Limits attempts to sign in. @throws TintypeError `rate_limited` */
export const limitSignIns =
  (limit: Limit): Check =>
  async (c) =>
    READING.has(c.req.method) ? undefined : apply(c, await limit.signIn(viewOf(c)))

/** Limits attempts to sign in by an identity provider, which reads lead to. @throws TintypeError `rate_limited` */
export const countSignIn =
  (limit: Limit) =>
  async (c: Context): Promise<void> => {
    if (limit.countsSignIns) apply(c, await limit.signIn(viewOf(c)))
  }

const apply = (c: Context, state: RateLimitState | undefined): undefined => {
  if (!state) return
  Object.assign(commonHeadersOf(c), rateLimitHeaders(state))
  if (state.isExceeded) throw limitExceeded(state)
}

/** Headers that describe the limit to the client, by name. */
export const rateLimitHeaders = ({
  kind,
  limit,
  windowSeconds,
  remaining,
  resetSeconds,
}: RateLimitState): Record<string, string> => ({
  'RateLimit-Policy': `"${kind}";q=${limit};w=${windowSeconds}`,
  RateLimit: `"${kind}";r=${remaining};t=${resetSeconds}`,
})

export const limitExceeded = ({ limit, windowSeconds, resetSeconds }: RateLimitState): TintypeError =>
  new TintypeError(
    'rate_limited',
    `Expected at most ${limit} requests in ${windowSeconds} seconds. Try again in ${resetSeconds} seconds.`,
    { retryAfterSeconds: resetSeconds, details: { limit, window_seconds: windowSeconds } },
  )
