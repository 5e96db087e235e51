// Invitations as files under the hash of their code: `<hash>.json` while available, `<hash>.claimed` once claimed.

import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { z } from 'zod'
import { removeFile, sync, unlessMissing } from '../file/fs/durable.ts'
import { newToken } from '../file/staging/workspace.ts'
import type { Invites } from './account-store.ts'
import { type AccountsFolder, hashedName } from './folder.ts'
import { readRecord } from './records.ts'

const inviteSchema = z.object({
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  email: z.string().nullable(),
})

export const createInvites = (accounts: AccountsFolder): Invites => {
  const available = (code: string) => accounts.path('invites', `${hashedName(code)}.json`)
  const claimed = (code: string) => accounts.path('invites', `${hashedName(code)}.claimed`)

  return {
    async add(code, invite) {
      await accounts.publish(await accounts.folder('invites'), `${hashedName(code)}.json`, invite)
    },

    read: (code) => readRecord(available(code), inviteSchema),

    /** Creates the claim where there is none. Its token identifies an own claim whose answer was lost. */
    async claim(code) {
      const invite = await readRecord(available(code), inviteSchema)
      if (!invite) return false
      const folder = await accounts.folder('invites')
      const claim = { ...invite, claim: newToken() }
      if (!(await accounts.publish(folder, `${hashedName(code)}.claimed`, claim))) return false
      // This claim excludes others. An earlier one was completed where the invitation is gone.
      if (!existsSync(available(code))) {
        await removeFile(claimed(code))
        return false
      }
      try {
        await removeFile(available(code))
      } catch (error) {
        // With both files, no later claim could succeed.
        await removeFile(claimed(code)).catch(() => {})
        throw error
      }
      // Without it a power cut could restore the invitation and not the claim.
      await sync(folder)
      return true
    },

    async giveBack(code) {
      if (!(await readRecord(claimed(code), inviteSchema))) return
      // One step: with both files, no later claim could succeed.
      await rename(claimed(code), available(code)).catch(unlessMissing)
      await sync(accounts.path('invites'))
    },

    remove: (code) => removeFile(claimed(code)),
  }
}
