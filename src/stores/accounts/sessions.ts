// Sessions as files: the family of the refresh tokens that follow each other, one folder each.
//
//   families/<id>/<number>.json    the number of the token that is good now; the content never changes
//
// A token is used up by renaming its file to the next number, which only one of any number of processes can do: for the
// others the file is gone. A family ends when its folder is moved away, and nothing can bring it back.

import { rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isAccountId, newAccountId } from '../../core/auth/account.ts'
import { codeOf, sync } from '../file/fs/durable.ts'
import type { Session } from './account-store.ts'
import { type AccountsFolder, namesIn } from './folder.ts'
import { readRecord, statsOf } from './records.ts'

const sessionSchema = z.object({
  user_id: z.string(),
  /** Of the user, when the session began. */
  generation: z.int().min(0),
  created_at: z.iso.datetime(),
})

export const createSessions = (accounts: AccountsFolder) => {
  const end = async (id: string): Promise<void> => {
    if (isAccountId(id)) await accounts.removeAtOnce(accounts.path('families'), id)
  }

  return {
    /** Starts one, with token number 1. */
    async begin(session: Session): Promise<string> {
      const families = await accounts.folder('families')
      const id = newAccountId()
      await accounts.publishFolder(families, id, '1.json', session)
      return id
    },

    /** Undefined where this is not the number that is good now. */
    read: async (id: string, number: number): Promise<Session | undefined> =>
      isAccountId(id) ? readRecord(accounts.path('families', id, `${number}.json`), sessionSchema) : undefined,

    /** Uses up a number; false where it was used up already, or the family has ended. */
    async advance(id: string, number: number): Promise<boolean> {
      const folder = accounts.path('families', id)
      try {
        await rename(join(folder, `${number}.json`), join(folder, `${number + 1}.json`))
        await sync(folder)
        return true
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return false
        throw error
      }
    },

    /** As the disk says it now. */
    isAlive: async (id: string): Promise<boolean> =>
      isAccountId(id) && statsOf(accounts.path('families', id)) !== undefined,

    /** Does nothing where it has ended. */
    end,

    /** Ends those in which nothing was renewed since `before`, in milliseconds since 1970. */
    async sweep(before: number): Promise<void> {
      for (const id of await namesIn(accounts.path('families'))) {
        const folder = accounts.path('families', id)
        // A rename changes the folder, and a copy of the store is as new as the copy.
        const found = await stat(folder).catch(() => undefined)
        if (found && Math.max(found.mtimeMs, found.ctimeMs) < before) await end(id)
      }
    },
  }
}
