// Rate limits of clients: requests counted in windows, for all workers of a machine together.

import { RateLimiterRes } from 'rate-limiter-flexible'
import { type CountingOptions, createLimiter } from './limiter.ts'

export interface RateLimitOptions extends CountingOptions {
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
  /** Requests of a kind in a window, 0 where there is no limit. */
  limitOf(kind: Limited): number
}

export const createRateLimits = (options: RateLimitOptions): RateLimits => {
  const { reads = 0, signIns = 10, windowSeconds = 60 } = options
  const limits = { read: reads, write: options.writes ?? Math.ceil(reads / 4), sign_in: signIns }
  const limiters = new Map(
    LIMITED.filter((kind) => limits[kind] > 0).map((kind) => [
      kind,
      createLimiter({ keyPrefix: kind, points: limits[kind], duration: windowSeconds }, options),
    ]),
  )

  return {
    limitOf: (kind) => limits[kind],

    async take(kind, client) {
      const limiter = limiters.get(kind)
      if (!limiter) return undefined
      const state = (found: RateLimiterRes, isExceeded: boolean): RateLimitState => ({
        kind,
        limit: limits[kind],
        windowSeconds,
        remaining: found.remainingPoints,
        resetSeconds: Math.max(1, Math.ceil(found.msBeforeNext / 1000)),
        isExceeded,
      })
      try {
        return state(await limiter.consume(client), false)
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return state(refused, true)
        throw refused
      }
    },
  }
}
