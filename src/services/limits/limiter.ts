// Counters of attempts and requests: shared by all workers of a machine, or of one process.

import { RateLimiterCluster, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Logger } from '../../telemetry/logger.ts'

/** Both kinds of counters reject with a `RateLimiterRes` above the limit. */
export type Limiter = Pick<RateLimiterMemory, 'consume' | 'get' | 'penalty' | 'reward' | 'delete'>

export interface LimiterOptions {
  /** Another one for each limiter. */
  keyPrefix: string
  points: number
  /** In seconds. */
  duration: number
}

export interface CountingOptions {
  /**
   * True in a worker of node:cluster whose primary counts for all of them (`RateLimiterClusterMaster`). @default false,
   * this process counts for itself
   */
  isShared?: boolean
  log: Logger
}

/** Longest wait for the primary's answer, in milliseconds. */
const SHARED_TIMEOUT_MS = 1000

/** Pause after a primary did not answer, in milliseconds: or each request would wait for it. */
const SILENT_MS = 5000

export const createLimiter = (options: LimiterOptions, { isShared = false, log }: CountingOptions): Limiter => {
  const own = new RateLimiterMemory(options)
  if (!isShared) return own
  return insured({ shared: new RateLimiterCluster({ ...options, timeoutMs: SHARED_TIMEOUT_MS }), own, log })
}

/**
 * While the primary does not answer, each worker counts for itself: guessing stays slow, and no honest client is refused
 * for it, because a worker's own count is never the higher one. (The library has this for other kinds of limiters only.)
 */
export const insured = ({ shared, own, log }: { shared: Limiter; own: Limiter; log: Logger }): Limiter => {
  let silentUntil = Number.NEGATIVE_INFINITY
  const isSilent = () => performance.now() < silentUntil

  const either = async <T>(ask: (limiter: Limiter) => Promise<T>): Promise<T> => {
    if (isSilent()) return ask(own)
    try {
      return await ask(shared)
    } catch (error) {
      if (error instanceof RateLimiterRes) throw error
      if (!isSilent())
        log.warn({ err: error }, 'requests could not be counted for all workers; this one counts for itself')
      silentUntil = performance.now() + SILENT_MS
      return ask(own)
    }
  }

  return {
    consume: (...about) => either((limiter) => limiter.consume(...about)),
    get: (...about) => either((limiter) => limiter.get(...about)),
    penalty: (...about) => either((limiter) => limiter.penalty(...about)),
    reward: (...about) => either((limiter) => limiter.reward(...about)),
    delete: (...about) => either((limiter) => limiter.delete(...about)),
  }
}
