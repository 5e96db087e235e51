// Invitations as files under the hash of their code: `<hash>.json` until the account exists, `<hash>.claimed` once claimed,
// `<hash>.claimed.2` and so on where the claim before is void.

import { z } from 'zod'
import { newToken } from '../file/staging/workspace.ts'
import { hashedName } from '../private/folder.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import type { Invites } from './account-store.ts'

const inviteSchema = z.object({
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  email: z.string().nullable(),
})

/** Claims of older versions name no account. */
const claimSchema = z.union([z.object({ user_id: z.string(), email: z.string() }), inviteSchema])

export const createInvites = (accounts: RecordFolder): Invites => {
  const invitePath = (code: string) => accounts.path('invites', `${hashedName(code)}.json`)
  const claimName = (code: string, number: number) => `${hashedName(code)}.claimed${number === 1 ? '' : `.${number}`}`
  const claimPath = (code: string, number: number) => accounts.path('invites', claimName(code, number))

  /** Removes the invitation first, durably: while it exists, claims alone show that it is used. */
  const remove = async (code: string): Promise<void> => {
    await accounts.folder('invites')
    await accounts.remove(invitePath(code))
    for (let number = 1; await accounts.exists(claimPath(code, number)); number++)
      await accounts.remove(claimPath(code, number), false)
  }

  /** True where the name was free. Where the outcome is unknown, a removed invitation decides: its claims count no more. */
  const publish = async (code: string, number: number, claim: object): Promise<boolean> =>
    accounts.publish(await accounts.folder('invites'), claimName(code, number), claim).catch(async (error: unknown) => {
      if (await accounts.exists(invitePath(code))) throw error
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
      for (let number = 1; await accounts.exists(invitePath(code)); number++) {
        if (await publish(code, number, own)) {
          if (await accounts.exists(invitePath(code))) return true
          // Removed meanwhile, and the claims with it, which made this name free.
          await accounts.remove(claimPath(code, number), false)
          return false
        }
        const earlier = await accounts.read(claimPath(code, number), claimSchema)
        // A claim that was made after the invitation was removed is about to be removed too.
        if (!earlier || !('user_id' in earlier) || !(await accounts.exists(invitePath(code)))) return false
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
