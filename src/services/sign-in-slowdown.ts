// Passwords cannot be tried by the million: with each failure, the next attempt on an account has to wait for longer.
//
// From wherever the attempts come, and whether the account exists or not. One in each pause goes through, so that the
// owner gets in too while somebody else tries; a success forgets the failures.

import { createHash } from 'node:crypto'
import { RateLimiterRes } from 'rate-limiter-flexible'
import { normalEmail } from '../core/account.ts'
import { TintypeError } from '../core/errors.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { AccountService } from './accounts.ts'
import { createLimiter, type Limiter } from './rate-limits.ts'

export interface SlowdownOptions {
  /** See `RateLimitOptions.isShared`. @default false */
  isShared?: boolean
  log: Logger
}

/**
 * Runs an attempt, which fails by `wrong_credentials` where the password was wrong.
 *
 * @param account an e-mail address, or a user's id
 * @throws TintypeError `rate_limited` where it comes too soon; what the attempt throws
 */
export type Slowdown = <T>(account: string, attempt: () => Promise<T>) => Promise<T>

/** Failures that cost nothing: people mistype. */
const FREE_FAILURES = 5

/** Failures are forgotten after it, in seconds. */
const MEMORY_SECONDS = 3600

const LONGEST_PAUSE_SECONDS = 300

/** Before the next attempt, in seconds. */
export const pauseAfter = (failures: number): number =>
  failures < FREE_FAILURES ? 0 : Math.min(2 ** (failures - FREE_FAILURES), LONGEST_PAUSE_SECONDS)

export const createSlowdown = ({ isShared = false, log }: SlowdownOptions): Slowdown => {
  const failures = createLimiter({ keyPrefix: 'failures', points: 1_000_000, duration: MEMORY_SECONDS }, isShared)
  const pauses = createLimiter({ keyPrefix: 'pauses', points: 1, duration: 1 }, isShared)

  /** Every attempt counts as a failure until it has succeeded, or many at once would all be free. */
  const begin = async (key: string): Promise<void> => {
    const count = (await failures.get(key))?.consumedPoints ?? 0
    const first = count < FREE_FAILURES ? await failures.penalty(key) : undefined
    if (first && first.consumedPoints <= FREE_FAILURES) return
    await pauses.consume(key, 1, { customDuration: pauseAfter(Math.max(count, FREE_FAILURES)) })
    if (!first) await failures.penalty(key)
  }

  return async (account, attempt) => {
    const key = createHash('sha256').update(account).digest('base64url')
    await begin(key).catch((refused: unknown) => {
      if (refused instanceof RateLimiterRes) throw tooSoon(refused)
      log.warn({ error: refused }, 'an attempt to sign in could not be counted; it goes through')
    })
    try {
      const result = await attempt()
      await forget(failures, pauses, key)
      return result
    } catch (error) {
      // Whatever else went wrong says nothing of the password.
      if (!(error instanceof TintypeError && error.code === 'wrong_credentials'))
        await failures.reward(key).catch(() => {})
      throw error
    }
  }
}

/** The same accounts, with passwords that can't be tried fast. */
export const slowed = (accounts: AccountService, slowdown: Slowdown): AccountService => ({
  ...accounts,
  signIn: (credentials) => slowdown(normalEmail(credentials.email), () => accounts.signIn(credentials)),
  changePassword: (userId, change) => slowdown(userId, () => accounts.changePassword(userId, change)),
})

const forget = async (failures: Limiter, pauses: Limiter, key: string): Promise<void> => {
  await Promise.allSettled([failures.delete(key), pauses.delete(key)])
}

const tooSoon = ({ msBeforeNext }: RateLimiterRes): TintypeError => {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
  return new TintypeError(
    'rate_limited',
    `Too many failed attempts on this account. Try again in ${seconds} seconds.`,
    {
      retryAfterSeconds: seconds,
    },
  )
}
