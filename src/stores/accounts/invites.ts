// Invitations as files under the hash of their code: `<hash>.json` until the account exists, `<hash>.claimed` once claimed,
// `<hash>.claimed.2` and so on where the claim before is void.

import { existsSync } from 'node:fs'
import { z } from 'zod'
import { removeFile, sync } from '../file/fs/durable.ts'
import { newToken } from '../file/staging/workspace.ts'
import { hashedName } from '../private/folder.ts'
import type { Invites } from './account-store.ts'
import type { AccountsFolder } from './accounts-folder.ts'

const inviteSchema = z.object({
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  email: z.string().nullable(),
})

/** Claims of older versions name no account. */
const claimSchema = z.union([z.object({ user_id: z.string(), email: z.string() }), inviteSchema])

export const createInvites = (accounts: AccountsFolder): Invites => {
  const invitePath = (code: string) => accounts.path('invites', `${hashedName(code)}.json`)
  const claimName = (code: string, number: number) => `${hashedName(code)}.claimed${number === 1 ? '' : `.${number}`}`
  const claimPath = (code: string, number: number) => accounts.path('invites', claimName(code, number))

  /** Removes the invitation first, durably: while it exists, claims alone show that it is used. */
  const remove = async (code: string): Promise<void> => {
    const folder = await accounts.folder('invites')
    await removeFile(invitePath(code))
    await sync(folder)
    for (let number = 1; existsSync(claimPath(code, number)); number++) await removeFile(claimPath(code, number))
  }

  /** True where the name was free. Where the outcome is unknown, a removed invitation decides: its claims count no more. */
  const publish = async (code: string, number: number, claim: object): Promise<boolean> =>
    accounts.publish(await accounts.folder('invites'), claimName(code, number), claim).catch((error: unknown) => {
      if (existsSync(invitePath(code))) throw error
      return false
    })

  return {
    async add(code, invite) {
      await accounts.publish(await accounts.folder('invites'), `${hashedName(code)}.json`, invite)
    },

    read: (code) => accounts.read(invitePath(code), inviteSchema),

    async claim(code, { user_id, email }, settle) {
      // Its token identifies an own claim whose answer was lost.
      const own = { user_id, email, claim: newToken() }
      for (let number = 1; existsSync(invitePath(code)); number++) {
        if (await publish(code, number, own)) {
          if (existsSync(invitePath(code))) return true
          // Removed meanwhile, and the claims with it, which made this name free.
          await removeFile(claimPath(code, number))
          return false
        }
        const earlier = await accounts.read(claimPath(code, number), claimSchema)
        // A claim that was made after the invitation was removed is about to be removed too.
        if (!earlier || !('user_id' in earlier) || !existsSync(invitePath(code))) return false
        if (await settle(earlier)) {
          // Where this fails, the next attempt repeats it.
          await remove(code).catch(() => {})
          return false
        }
      }
      return false
    },

    remove,
  }
}
