// Sessions as append logs: an entry for each refresh token, and a final one.
//
//   families/<id>/<number>.json    the highest number is the valid token; earlier ones are removed
//
// The folder is removed once the final entry exists, or long after the last token has expired.

import { z } from 'zod'
import { isAccountId, newAccountId } from '../../core/auth/account.ts'
import { TintypeError } from '../../core/errors.ts'
import { tokensAfter, unknownOutcome } from '../append-log.ts'
import { newToken } from '../file/staging/workspace.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import type { Session, Sessions } from './account-store.ts'

const FOLDER = 'families'

const entrySchema = z.object({
  user_id: z.string(),
  generation: z.int().min(0),
  created_at: z.iso.datetime(),
  /** Time of the last renewal; absent before the first one, and in files of older versions. */
  renewed_at: z.iso.datetime().optional(),
  /** In the final entry alone. */
  ended: z.literal(true).optional(),
  /** Tokens of the last writers, newest last; absent in files of older versions. */
  commits: z.array(z.string()).optional(),
})

export const createSessions = (
  accounts: RecordFolder,
): Sessions & {
  /** Removes sessions that were not renewed since `before`, in milliseconds since 1970. */
  sweep(before: number): Promise<void>
} => {
  const log = accounts.log({ folder: FOLDER, schema: entrySchema, older: 'pruned' })

  /** The newest entry. A damaged one counts as none: the session is over, and its owner can sign in again. */
  const find = async (id: string) => {
    try {
      return isAccountId(id) ? await log.newest(id) : undefined
    } catch (error) {
      if (!(error instanceof TintypeError)) throw error
      return undefined
    }
  }

  /** Undefined where the session has ended. */
  const newest = async (id: string) => {
    const found = await find(id)
    return found?.entry.ended ? undefined : found
  }

  return {
    async begin(session) {
      const id = newAccountId()
      const { outcome, cause } = await log.append(id, 1, { ...session, commits: [newToken()] })
      if (outcome !== 'ours') throw unknownOutcome('a new session', cause)
      return id
    },

    async read(id, number): Promise<Session | undefined> {
      const found = await newest(id)
      if (found?.number !== number) return undefined
      const { user_id, generation, created_at } = found.entry
      return { user_id, generation, created_at }
    },

    async advance(id, number, at) {
      const found = await newest(id)
      if (found?.number !== number) return false
      const commits = tokensAfter(found.entry.commits ?? [], newToken())
      const { outcome, cause } = await log.append(id, number + 1, { ...found.entry, renewed_at: at, commits })
      if (outcome === 'unknown') throw unknownOutcome('a session', cause)
      return outcome === 'ours'
    },

    async renewed(id, number) {
      const found = await newest(id)
      if (found?.number !== number + 1 || found.entry.renewed_at === undefined) return undefined
      const { user_id, generation, created_at, renewed_at: at } = found.entry
      return { session: { user_id, generation, created_at }, at }
    },

    isAlive: async (id) => (await newest(id)) !== undefined,

    isAliveNow(id, share) {
      const found = log.current(id, share)
      return found !== undefined && !found.entry.ended
    },

    async end(id) {
      if (!isAccountId(id)) return
      const token = newToken()
      for (;;) {
        const found = await newest(id)
        if (!found) break
        const commits = tokensAfter(found.entry.commits ?? [], token)
        const { outcome, cause } = await log.append(id, found.number + 1, { ...found.entry, ended: true, commits })
        if (outcome === 'ours') break
        if (outcome === 'unknown') throw unknownOutcome('a session', cause)
      }
      await log.remove(id)
    },

    async sweep(before) {
      for await (const { log: id, changedMs } of accounts.logs(FOLDER)) if (changedMs < before) await log.remove(id)
    },
  }
}
