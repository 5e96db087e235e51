// Rate limits of clients: requests counted in windows, for all workers of a machine, or of several, together.

import type { Logger } from '../../telemetry/logger.ts'
import { type Count, type Counts, createOwnCounts } from './counts.ts'
import { createLeasedCounts } from './leased-counts.ts'
import { createLimiter } from './limiter.ts'
import type { RedisCounters } from './redis-counters.ts'

export interface RateLimitOptions {
  /**
   * Counts in the primary of node:cluster: `true` each request, a number of workers by leases, which they use without
   * further messages. @default false, counts in this process
   */
  isShared?: boolean | number
  /** Counts in Redis, for several machines, by leases too. @default none */
  redis?: Pick<RedisCounters, 'limiter' | 'processes'> | undefined
  log: Logger
  /** Requests that read, in a window; 0 is no limit. @default 0 */
  reads?: number
  /** Requests that change something, in a window; 0 is no limit. @default a quarter of `reads`, rounded up */
  writes?: number
  /** Attempts to sign in or to register from one address, in a window; 0 is no limit. @default 10 */
  signIns?: number
  /** Length of a window, in seconds. @default 60 */
  windowSeconds?: number
}

export const LIMITED = ['read', 'write', 'sign_in'] as const
export type Limited = (typeof LIMITED)[number]

/** Remaining requests of a client, after one was counted. */
export interface RateLimitState {
  kind: Limited
  /** Requests in a window. */
  limit: number
  windowSeconds: number
  remaining: number
  /** Until the window ends, in seconds, rounded up. */
  resetSeconds: number
  isExceeded: boolean
}

export interface RateLimits {
  /** Counts a request. Undefined where this kind has no limit. */
  take(kind: Limited, client: string): Promise<RateLimitState | undefined>
  /** {@link RateLimits.take} without a wait. Undefined, and nothing counted, where the count is not at hand. */
  takeNow(kind: Limited, client: string): RateLimitState | undefined
  /** Requests of a kind in a window, 0 where there is no limit. */
  limitOf(kind: Limited): number
}

export const createRateLimits = (options: RateLimitOptions): RateLimits => {
  const { reads = 0, signIns = 10, windowSeconds = 60, isShared = false, redis, log } = options
  const limits = { read: reads, write: options.writes ?? Math.ceil(reads / 4), sign_in: signIns }

  const workersOf = (kind: Limited): (() => number) => {
    // Guesses of passwords are counted one by one.
    if (kind === 'sign_in') return () => 0
    const ofMachine = isShared === true ? 0 : Number(isShared)
    return redis ? () => Math.max(ofMachine, redis.processes()) : () => ofMachine
  }

  const countsOf = (kind: Limited): Counts => {
    const points = limits[kind]
    const windowMs = windowSeconds * 1000
    if (isShared === false && !redis) return createOwnCounts({ points, windowMs })
    const counting = { isShared: isShared !== false, redis, log }
    const limiter = createLimiter({ keyPrefix: kind, points, duration: windowSeconds }, counting)
    return createLeasedCounts({ points, windowMs, limiter, workers: workersOf(kind) })
  }

  const counts = new Map(LIMITED.filter((kind) => limits[kind] > 0).map((kind) => [kind, countsOf(kind)]))

  const stateOf = (kind: Limited, { remaining, msBeforeNext, isExceeded }: Count): RateLimitState => ({
    kind,
    limit: limits[kind],
    windowSeconds,
    remaining,
    // At most the window: a sum of floating-point times less one of them may be a little more than the other.
    resetSeconds: Math.max(1, Math.min(windowSeconds, Math.ceil(msBeforeNext / 1000))),
    isExceeded,
  })

  return {
    limitOf: (kind) => limits[kind],

    takeNow(kind, client) {
      const count = counts.get(kind)?.takeNow(client)
      return count && stateOf(kind, count)
    },

    async take(kind, client) {
      const count = await counts.get(kind)?.take(client)
      return count && stateOf(kind, count)
    },
  }
}
