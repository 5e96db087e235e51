// Password hashing by argon2id, a few at a time: each hash takes 19 MiB and a thread for some tens of milliseconds.

import { hash, verify } from '@node-rs/argon2'
import { normalPassword } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'

export interface PasswordsOptions {
  /** Hashes computed at once. They share four threads with Node's file calls. @default 2 */
  concurrency?: number
  /** Limit of waiting hashes; further ones are answered 503. @default 32 */
  maxWaiting?: number
}

export interface Passwords {
  /** @throws TintypeError `busy` */
  hash(password: string): Promise<string>
  /**
   * Compares with a dummy hash where there is none, so that the time does not reveal whether an account exists.
   *
   * @throws TintypeError `busy`
   */
  verify(hash: string | undefined, password: string): Promise<boolean>
}

/**
 * Cost of a hash, by OWASP's password storage cheat sheet: argon2id (the library's default), 19 MiB, 2 passes, 1 lane.
 */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Dummy hash of a random password, of equal cost. */
const DUMMY_HASH = '$argon2id$v=19$m=19456,t=2,p=1$n+f19LClZ1lEu/88caHpLA$oxIDjb8oirzKjdB0XqvWiqtiu7galoZDbHzzNm/wlNE'

export const createPasswords = ({ concurrency = 2, maxWaiting = 32 }: PasswordsOptions = {}): Passwords => {
  const waiting: (() => void)[] = []
  let running = 0

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= concurrency) {
      if (waiting.length >= maxWaiting)
        throw new TintypeError('busy', 'More people are signing in than can be served soon.', { retryAfterSeconds: 2 })
      // A slot is handed over directly, so that later calls do not overtake.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    hash: (password) => inTurn(() => hash(normalPassword(password), COST)),

    verify: (known, password) =>
      inTurn(async () => {
        const fits = await verify(known ?? DUMMY_HASH, normalPassword(password))
        return fits && known !== undefined
      }),
  }
}
