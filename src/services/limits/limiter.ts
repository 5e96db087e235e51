// Counters of attempts and requests: of one process, of all workers of a machine, or of several machines.

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
  /** Counts in Redis, for several machines; while it does not answer, for this one. @default none */
  redis?: { limiter(options: LimiterOptions): Limiter } | undefined
  log: Logger
}

/** Longest wait for the primary's answer, in milliseconds. */
const SHARED_TIMEOUT_MS = 1000

/** Pause after a failure of a shared counter, in milliseconds, so that not every request waits for it. */
const SILENT_MS = 5000

export const createLimiter = (options: LimiterOptions, { isShared = false, redis, log }: CountingOptions): Limiter => {
  const ofMachine = isShared ? createMachineLimiter(options, log) : new RateLimiterMemory(options)
  // Redis reports its failures itself.
  return redis ? insured({ shared: redis.limiter(options), own: ofMachine }) : ofMachine
}

const createMachineLimiter = (options: LimiterOptions, log: Logger): Limiter =>
  insured({
    shared: new RateLimiterCluster({ ...options, timeoutMs: SHARED_TIMEOUT_MS }),
    own: new RateLimiterMemory(options),
    onSilent: (error) =>
      log.warn({ err: error }, 'could not count requests for all workers; counting for this worker alone'),
  })

export interface InsuredOptions {
  shared: Limiter
  own: Limiter
  /** Called where the shared one has not answered for the first time in some seconds. */
  onSilent?: (error: unknown) => void
}

/**
 * Falls back to a count of its own while the shared counter does not answer. Guessing stays slow, and no honest client is
 * refused, because the own count is never the higher one. (The library has this for other kinds of limiters only.)
 */
export const insured = ({ shared, own, onSilent }: InsuredOptions): Limiter => {
  let silentUntil = Number.NEGATIVE_INFINITY
  const isSilent = () => performance.now() < silentUntil

  const either = async <T>(call: (limiter: Limiter) => Promise<T>): Promise<T> => {
    if (isSilent()) return call(own)
    try {
      return await call(shared)
    } catch (error) {
      if (error instanceof RateLimiterRes) throw error
      if (!isSilent()) onSilent?.(error)
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
