// Throttle of sign-in: with each failure, the next attempt on an account has to wait longer.
//
// From wherever the attempts come, and whether the account exists or not. Whoever tries on gets all of them, so a network
// from which the account was signed in to is counted apart from strangers: they can't keep its owner out. (Somebody in
// that same network can tell by it that there is the account.) A success forgets the failures of its own count.

import { createHash } from 'node:crypto'
import { RateLimiterRes } from 'rate-limiter-flexible'
import { normalEmail } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'
import { type CountingOptions, createLimiter, type Limiter } from '../limits/limiter.ts'
import type { AccountService } from './accounts.ts'
import { createKnownNetworks } from './known-networks.ts'

export interface Slowdown {
  /**
   * Runs an attempt, which fails by `wrong_credentials` where the password was wrong.
   *
   * @param account an e-mail address, or a user's id
   * @param network that it comes from; undefined where that is not known
   * @throws TintypeError `rate_limited` where it comes too soon; what the attempt throws
   */
  run<T>(account: string, network: string | undefined, attempt: () => Promise<T>): Promise<T>
  /** Counts a network apart from now on: somebody who has the account is there. Never throws. */
  remember(account: string, network: string | undefined): Promise<void>
}

/** Failures without a pause: people mistype. */
const FREE_FAILURES = 5

/** Failures are forgotten after it, in seconds. */
const MEMORY_SECONDS = 3600

const LONGEST_PAUSE_SECONDS = 300

/** Before the next attempt, in seconds. */
export const pauseAfter = (failures: number): number =>
  failures < FREE_FAILURES ? 0 : Math.min(2 ** (failures - FREE_FAILURES), LONGEST_PAUSE_SECONDS)

export const createSlowdown = (counting: CountingOptions): Slowdown => {
  const failures = createLimiter({ keyPrefix: 'failures', points: 1_000_000, duration: MEMORY_SECONDS }, counting)
  const pauses = createLimiter({ keyPrefix: 'pauses', points: 1, duration: 1 }, counting)
  const known = createKnownNetworks(counting)

  /** Every attempt counts as a failure until it has succeeded, or many at once would all be free. */
  const begin = async (key: string): Promise<void> => {
    const count = (await failures.get(key))?.consumedPoints ?? 0
    const first = count < FREE_FAILURES ? await failures.penalty(key) : undefined
    if (first && first.consumedPoints <= FREE_FAILURES) return
    await pauses.consume(key, 1, { customDuration: pauseAfter(Math.max(count, FREE_FAILURES)) })
    if (!first) await failures.penalty(key)
  }

  const isKnown = async (account: string, network: string | undefined): Promise<boolean> =>
    network !== undefined && (await known.has(account, network).catch(() => false))

  const remember: Slowdown['remember'] = async (account, network) => {
    if (network !== undefined) await known.add(account, network).catch(() => {})
  }

  return {
    remember,

    async run(account, network, attempt) {
      const key = keyOf((await isKnown(account, network)) ? [account, network] : [account])
      await begin(key).catch((refused: unknown) => {
        throw refused instanceof RateLimiterRes ? tooSoon(refused) : refused
      })
      try {
        const result = await attempt()
        await Promise.all([forget(failures, pauses, key), remember(account, network)])
        return result
      } catch (error) {
        // Other errors tell nothing about the password.
        if (!(error instanceof TintypeError && error.code === 'wrong_credentials'))
          await failures.reward(key).catch(() => {})
        throw error
      }
    },
  }
}

/** Accounts whose password attempts are throttled. */
export const slowed = (accounts: AccountService, slowdown: Slowdown): AccountService => ({
  ...accounts,

  signIn: (credentials, network) =>
    slowdown.run(normalEmail(credentials.email), network, () => accounts.signIn(credentials)),

  async register(account, network) {
    const signedIn = await accounts.register(account)
    await slowdown.remember(signedIn.user.email, network)
    return signedIn
  },

  // Users who stay signed in hardly ever sign in.
  async refresh(refreshToken, network) {
    const signedIn = await accounts.refresh(refreshToken)
    await slowdown.remember(signedIn.user.email, network)
    return signedIn
  },

  changePassword: (userId, change) => slowdown.run(userId, undefined, () => accounts.changePassword(userId, change)),
})

const keyOf = (of: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(of)).digest('base64url')

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
