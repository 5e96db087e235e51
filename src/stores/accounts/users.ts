// Users as files: revisions that are numbered and never overwritten, and an index by e-mail address.
//
//   users/<id>/<revision>.json    the highest is what counts; those before it are emptied, but keep their number
//   emails/<sha256>.json          which user has the address: an account is there once this file is
//
// A revision is linked under the next number, so of two that change the same user at once one finds the number taken,
// and looks again. Numbers are never free again, so a process that slept can't come too late unnoticed.

import { truncate } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { isAccountId, type User, userSchema } from '../../core/auth/account.ts'
import type { Users } from './account-store.ts'
import { type AccountsFolder, hashedName, namesIn } from './folder.ts'
import { readRecord, statsOf } from './records.ts'

interface Head {
  revision: number
  user: User
}

/** Users whose newest revision is kept in memory. */
const REMEMBERED = 10_000

const indexSchema = z.object({ user_id: z.string() })

export const createUsers = (accounts: AccountsFolder): Users => {
  const heads = new LRUCache<string, Head>({ max: REMEMBERED })
  const revisionFile = (id: string, revision: number) => accounts.path('users', id, `${revision}.json`)

  const readHead = async (id: string): Promise<Head | undefined> => {
    const revision = await newest(accounts.path('users', id))
    if (revision === 0) return undefined
    const user = await readRecord(revisionFile(id, revision), userSchema).catch((error: unknown) => {
      // Emptied meanwhile, because there is a newer one.
      if (isThere(revisionFile(id, revision + 1))) return undefined
      throw error
    })
    return user ? { revision, user } : readHead(id)
  }

  const head = async (id: string): Promise<Head | undefined> => {
    if (!isAccountId(id)) return undefined
    const known = heads.get(id)
    if (known && isThere(revisionFile(id, known.revision)) && !isThere(revisionFile(id, known.revision + 1)))
      return known
    const found = await readHead(id)
    if (found) heads.set(id, found)
    else heads.delete(id)
    return found
  }

  const get = async (id: string): Promise<User | undefined> => (await head(id))?.user

  const byIndex = async (name: string): Promise<User | undefined> => {
    const entry = await readRecord(accounts.path('emails', name), indexSchema)
    return entry && get(entry.user_id)
  }

  return {
    /** As the disk has it now: two looks at it where the user is known already. */
    get,

    /** @param email as `normalEmail` writes it */
    byEmail: (email: string): Promise<User | undefined> => byIndex(indexName(email)),

    /**
     * False where the address is taken. The index comes last: what a crash leaves before that is a folder that nobody
     * can sign in to, and the address is still free.
     */
    async create(user: User): Promise<boolean> {
      const users = await accounts.folder('users')
      const emails = await accounts.folder('emails')
      await accounts.publishFolder(users, user.id, '1.json', user)
      if (await accounts.publish(emails, indexName(user.email), { user_id: user.id })) return true
      await accounts.removeAtOnce(users, user.id)
      return false
    },

    /**
     * Commits what `change` makes of the newest revision; it runs again where somebody else was first, and may throw.
     * Undefined where there is no such user.
     */
    async change(id: string, change: (user: User) => User): Promise<User | undefined> {
      for (;;) {
        const current = await head(id)
        if (!current) return undefined
        const next = change(current.user)
        const revision = current.revision + 1
        if (!(await accounts.publish(accounts.path('users', id), `${revision}.json`, next))) continue
        // A hash that is no longer good is not kept.
        await truncate(revisionFile(id, current.revision)).catch(() => {})
        return next
      }
    },

    /** All of them, sorted by address. */
    async list(): Promise<User[]> {
      const names = (await namesIn(accounts.path('emails'))).filter((name) => name.endsWith('.json'))
      const found: User[] = []
      for (const name of names) {
        const user = await byIndex(name)
        if (user) found.push(user)
      }
      return found.sort((one, other) => (one.email < other.email ? -1 : 1))
    },
  }
}

const indexName = (email: string): string => `${hashedName(email)}.json`

const isThere = (path: string): boolean => statsOf(path) !== undefined

/** The highest number of a folder's files, 0 where it has none. */
const newest = async (folder: string): Promise<number> =>
  Math.max(0, ...(await namesIn(folder)).flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number))
