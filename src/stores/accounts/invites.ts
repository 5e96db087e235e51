// Invitations as files: each good for one account, under the hash of its code.

import { rename } from 'node:fs/promises'
import { z } from 'zod'
import { codeOf, removeFile, sync } from '../file/fs/durable.ts'
import type { Invite, Invites } from './account-store.ts'
import { type AccountsFolder, hashedName } from './folder.ts'
import { readRecord } from './records.ts'

const inviteSchema = z.object({
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  /** The only address that it is for, where it is for one. */
  email: z.string().nullable(),
})

export const createInvites = (accounts: AccountsFolder): Invites => {
  const free = (code: string) => accounts.path('invites', `${hashedName(code)}.json`)
  const claimed = (code: string) => accounts.path('invites', `${hashedName(code)}.claimed`)

  return {
    async add(code: string, invite: Invite): Promise<void> {
      await accounts.publish(await accounts.folder('invites'), `${hashedName(code)}.json`, invite)
    },

    read: (code: string): Promise<Invite | undefined> => readRecord(free(code), inviteSchema),

    /** False where it is used already. Of any number of processes one gets it; a crash from here on uses it up. */
    async claim(code: string): Promise<boolean> {
      try {
        await rename(free(code), claimed(code))
        await sync(accounts.path('invites'))
        return true
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return false
        throw error
      }
    },

    /** After a claim that came to nothing. */
    giveBack: (code: string): Promise<void> => rename(claimed(code), free(code)),

    /** After a claim that served. */
    remove: (code: string): Promise<void> => removeFile(claimed(code)),
  }
}
