// Users as append logs, and an index by e-mail address.
//
//   users/<id>/<revision>.json    the highest counts; earlier ones are emptied, and keep their numbers
//   emails/<sha256>.json          id of the user with the address: an account exists once this file does

import { z } from 'zod'
import { isAccountId, type User, userSchema } from '../../core/auth/account.ts'
import { tokensAfter, unknownOutcome } from '../append-log.ts'
import { newToken } from '../file/staging/workspace.ts'
import { hashedName } from '../private/folder.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import type { Users } from './account-store.ts'

const indexSchema = z.object({ user_id: z.string() })

/** `commits`: tokens of the last writers, newest last; absent in files of older versions. */
const entrySchema = userSchema.extend({ commits: z.array(z.string()).optional() })

export const createUsers = (accounts: RecordFolder): Users => {
  const log = accounts.log({ folder: 'users', schema: entrySchema, older: 'kept' })

  const get = async (id: string): Promise<User | undefined> => {
    const found = isAccountId(id) ? await log.newest(id) : undefined
    return found && userOf(found.entry)
  }

  const byIndex = async (name: string, read = log.newest): Promise<User | undefined> => {
    const index = await accounts.read(accounts.path('emails', name), indexSchema)
    const found = index && isAccountId(index.user_id) ? await read(index.user_id) : undefined
    return found && userOf(found.entry)
  }

  /** Index of any account, which is read in the place of one that does not exist; undefined while there is none. */
  let anyIndex: string | undefined
  const findAnyIndex = async (): Promise<string | undefined> => {
    anyIndex ??= (await accounts.names(accounts.path('emails'))).find((name) => name.endsWith(INDEX_ENDING))
    return anyIndex
  }

  const draft = async (user: User): Promise<void> => {
    await accounts.folder('emails')
    const { outcome, cause } = await log.append(user.id, 1, entryOf(user, [newToken()]))
    if (outcome !== 'ours') throw unknownOutcome('a new user', cause)
  }

  /** Each process writes the same bytes for the same user, so a repetition finds its own. */
  const announce = async ({ id, email }: Pick<User, 'id' | 'email'>): Promise<boolean> =>
    accounts.publish(await accounts.folder('emails'), indexName(email), { user_id: id })

  return {
    get,

    current: (id, share) => log.current(id, share)?.entry,

    /** Reads one account from the disk and looks for one that is missing, in this order or in the other. */
    async byEmail(email) {
      const other = await findAnyIndex()
      const found = await byIndex(indexName(email), log.readNewest)
      if (found) await accounts.read(accounts.path('emails', NO_INDEX), indexSchema)
      else if (other !== undefined) {
        // Damage of the other account is of no concern to this one.
        const balance = await byIndex(other, log.readNewest).catch(() => undefined)
        if (!balance) anyIndex = undefined
      }
      return found
    },

    draft,
    announce,
    drop: log.remove,

    /** The index comes last: a crash before it leaves a folder that no address leads to, and the address free. */
    async create(user) {
      await draft(user)
      if (await announce(user)) return true
      await log.remove(user.id)
      return false
    },

    async change(id, change) {
      const token = newToken()
      for (;;) {
        const newest = isAccountId(id) ? await log.newest(id) : undefined
        if (!newest) return undefined
        const next = change(userOf(newest.entry))
        const commits = tokensAfter(newest.entry.commits ?? [], token)
        const { outcome, cause } = await log.append(id, newest.number + 1, entryOf(next, commits))
        if (outcome === 'ours') return next
        if (outcome === 'unknown') throw unknownOutcome('a user', cause)
      }
    },

    async list() {
      const names = (await accounts.names(accounts.path('emails'))).filter((name) => name.endsWith(INDEX_ENDING))
      const found: User[] = []
      for (const name of names) {
        const user = await byIndex(name)
        if (user) found.push(user)
      }
      return found.sort((one, other) => (one.email < other.email ? -1 : 1))
    },
  }
}

const INDEX_ENDING = '.json'

/** A name that no address has. */
const NO_INDEX = `${'0'.repeat(64)}${INDEX_ENDING}`

const indexName = (email: string): string => `${hashedName(email)}${INDEX_ENDING}`

/**
 * Stands for no password: a hash that no password has. Versions without identity providers read it, and refuse every
 * password; a record with null they could not read.
 */
const NO_PASSWORD = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`

const entryOf = (user: User, commits: string[]): z.infer<typeof entrySchema> => ({
  ...user,
  password_hash: user.password_hash ?? NO_PASSWORD,
  commits,
})

const userOf = ({ commits: _, ...user }: z.infer<typeof entrySchema>): User =>
  user.password_hash === NO_PASSWORD ? { ...user, password_hash: null } : user
