// Password hashing by argon2id, a few at a time: each hash takes 19 MiB and a thread for some tens of milliseconds.

import { hash, verify } from '@node-rs/argon2'
import { normalPassword } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'

export interface PasswordsOptions {
  /** Hashes computed at once. They share four threads with Node's file calls. @default 2 */
  concurrency?: number
  /** Limit of waiting hashes; further ones are answered 503. @default 32 */
  maxWaiting?: number
  /** Cost of new hashes, and of the dummy hash; a known hash contains its own. @default {@link OWASP_COST} */
  cost?: PasswordCost
}

export interface PasswordCost {
  /** KiB, at least 8. */
  memoryCost: number
  /** Passes, at least 1. */
  timeCost: number
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
const OWASP_COST: PasswordCost = { memoryCost: 19_456, timeCost: 2 }

/** Dummy hash of a random password. */
const dummyHash = ({ memoryCost, timeCost }: PasswordCost): string =>
  `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=1$n+f19LClZ1lEu/88caHpLA$oxIDjb8oirzKjdB0XqvWiqtiu7galoZDbHzzNm/wlNE`

export const createPasswords = ({
  concurrency = 2,
  maxWaiting = 32,
  cost = OWASP_COST,
}: PasswordsOptions = {}): Passwords => {
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
    hash: (password) => inTurn(() => hash(normalPassword(password), { ...cost, parallelism: 1 })),

    verify: (known, password) =>
      inTurn(async () => {
        const fits = await verify(known ?? dummyHash(cost), normalPassword(password))
        return fits && known !== undefined
      }),
  }
}
