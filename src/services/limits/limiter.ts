// Counters of attempts and requests, shared by all workers of a machine or of one process.

import { RateLimiterCluster, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Logger } from '../../telemetry/logger.ts'

/** Both kinds of counters reject with a `RateLimiterRes` above the limit. */
export type Limiter = Pick<RateLimiterMemory, 'consume' | 'get' | 'penalty' | 'reward' | 'delete'>

export interface LimiterOptions {
  /** Unique for each limiter. */
  keyPrefix: string
  points: number
  /** In seconds. */
  duration: number
}

export interface CountingOptions {
  /**
   * Counts in the primary of node:cluster (`RateLimiterClusterMaster`), for all workers. @default false, counts in this
   * process
   */
  isShared?: boolean
  log: Logger
}

/** Longest wait for the primary's answer, in milliseconds. */
const SHARED_TIMEOUT_MS = 1000

/** Pause after a timeout of the primary, in milliseconds, so that not every request waits for it. */
const SILENT_MS = 5000

export const createLimiter = (options: LimiterOptions, { isShared = false, log }: CountingOptions): Limiter => {
  const own = new RateLimiterMemory(options)
  if (!isShared) return own
  return insured({ shared: new RateLimiterCluster({ ...options, timeoutMs: SHARED_TIMEOUT_MS }), own, log })
}

/**
 * Falls back to a worker's own count while the primary does not answer. Guessing stays slow, and no honest client is
 * refused, because the own count is never the higher one. (The library has this for other kinds of limiters only.)
 */
export const insured = ({ shared, own, log }: { shared: Limiter; own: Limiter; log: Logger }): Limiter => {
  let silentUntil = Number.NEGATIVE_INFINITY
  const isSilent = () => performance.now() < silentUntil

  const either = async <T>(call: (limiter: Limiter) => Promise<T>): Promise<T> => {
    if (isSilent()) return call(own)
    try {
      return await call(shared)
    } catch (error) {
      if (error instanceof RateLimiterRes) throw error
      if (!isSilent())
        log.warn({ err: error }, 'could not count requests for all workers; counting for this worker alone')
      silentUntil = performance.now() + SILENT_MS
      return call(own)
    }
  }

  return {
    consume: (...args) => either((limiter) => limiter.consume(...args)),
    get: (...args) => either((limiter) => limiter.get(...args)),
    penalty: (...args) => either((limiter) => limiter.penalty(...args)),
    reward: (...args) => either((limiter) => limiter.reward(...args)),
    delete: (...args) => either((limiter) => limiter.delete(...args)),
  }
}
