// Throttle of sign-in: with each failure, the next attempt on an account has to wait longer.
//
// Counts failures by account, from all networks, whether the account exists or not. A network from which the account
// was signed in to has a count of its own, so that an attacker elsewhere cannot lock its owner out. (This reveals to
// clients in that network that the account exists.) A success resets its count.

import { createHash } from 'node:crypto'
import { RateLimiterRes } from 'rate-limiter-flexible'
import { normalEmail } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'
import { type CountingOptions, createLimiter, type Limiter } from '../limits/limiter.ts'
import type { AccountService } from './accounts.ts'
import { createKnownNetworks } from './known-networks.ts'
import type { PasswordReset } from './password-reset.ts'

export interface SignInThrottle {
  /**
   * Runs an attempt, which fails by `wrong_credentials` where the password was wrong.
   *
   * @param account an e-mail address, or a user's id
   * @param network of the client; undefined where unknown
   * @throws TintypeError `rate_limited` before the pause is over; errors of the attempt
   */
  run<T>(account: string, network: string | undefined, attempt: () => Promise<T>): Promise<T>
  /** Forgets the failures of an account, from the network too. Never throws. */
  forgive(account: string, network: string | undefined): Promise<void>
  /** Adds a known network of the account, which has a count of its own. Never throws. */
  remember(account: string, network: string | undefined): Promise<void>
}

/** Failures without a pause, for typing errors. */
const FREE_FAILURES = 5

/** Time until failures expire, in seconds. */
const MEMORY_SECONDS = 3600

const LONGEST_PAUSE_SECONDS = 300

/** Pause before the next attempt, in seconds. */
export const pauseAfter = (failures: number): number =>
  failures < FREE_FAILURES ? 0 : Math.min(2 ** (failures - FREE_FAILURES), LONGEST_PAUSE_SECONDS)

export const createSignInThrottle = (counting: CountingOptions): SignInThrottle => {
  const failures = createLimiter({ keyPrefix: 'failures', points: 1_000_000, duration: MEMORY_SECONDS }, counting)
  const pauses = createLimiter({ keyPrefix: 'pauses', points: 1, duration: 1 }, counting)
  const known = createKnownNetworks(counting)

  /** Counts every attempt as a failure until it succeeds: else concurrent attempts would all be free. */
  const begin = async (key: string): Promise<void> => {
    const count = (await failures.get(key))?.consumedPoints ?? 0
    const first = count < FREE_FAILURES ? await failures.penalty(key) : undefined
    if (first && first.consumedPoints <= FREE_FAILURES) return
    await pauses.consume(key, 1, { customDuration: pauseAfter(Math.max(count, FREE_FAILURES)) })
    if (!first) await failures.penalty(key)
  }

  const isKnown = async (account: string, network: string | undefined): Promise<boolean> =>
    network !== undefined && (await known.has(account, network).catch(() => false))

  const remember: SignInThrottle['remember'] = async (account, network) => {
    if (network !== undefined) await known.add(account, network).catch(() => {})
  }

  return {
    remember,

    async forgive(account, network) {
      const keys = [keyOf([account]), ...(network === undefined ? [] : [keyOf([account, network])])]
      await Promise.all(keys.map((key) => forget(failures, pauses, key)))
    },

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
        // Other errors say nothing about the password.
        if (!(error instanceof TintypeError && error.code === 'wrong_credentials'))
          await failures.reward(key).catch(() => {})
        throw error
      }
    },
  }
}

/** Throttles the password attempts of an account service. */
export const throttledAccounts = (accounts: AccountService, throttle: SignInThrottle): AccountService => ({
  ...accounts,

  signIn: (credentials, network) =>
    throttle.run(normalEmail(credentials.email), network, () => accounts.signIn(credentials)),

  async register(account, network) {
    const signedIn = await accounts.register(account)
    await throttle.remember(signedIn.user.email, network)
    return signedIn
  },

  async signInByIdentity(identity, network) {
    const signedIn = await accounts.signInByIdentity(identity)
    await throttle.remember(signedIn.user.email, network)
    return signedIn
  },

  // A refresh counts as well: users with long sessions rarely sign in.
  async refresh(refreshToken, network) {
    const signedIn = await accounts.refresh(refreshToken)
    await throttle.remember(signedIn.user.email, network)
    return signedIn
  },

  changePassword: (userId, change) => throttle.run(userId, undefined, () => accounts.changePassword(userId, change)),
})

/** Lets users sign in at once by a password that they have reset, however often they failed before. */
export const forgivingReset = (reset: PasswordReset, throttle: SignInThrottle): PasswordReset => ({
  ...reset,

  async reset(token, password, network) {
    const user = await reset.reset(token, password)
    await Promise.all([throttle.forgive(user.email, network), throttle.remember(user.email, network)])
    return user
  },
})

const keyOf = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url')

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
