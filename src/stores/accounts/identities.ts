// Identities at a provider as append logs under the hash of issuer and subject.
//
//   identities/<sha256>/<number>.json    id of the user; the highest number counts, earlier ones are removed

import { z } from 'zod'
import type { Identity } from '../../core/auth/account.ts'
import { tokensAfter, unknownOutcome } from '../append-log.ts'
import { newToken } from '../file/staging/workspace.ts'
import { hashedName } from '../private/folder.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import type { Identities } from './account-store.ts'

const entrySchema = z.object({ user_id: z.string(), commits: z.array(z.string()) })

export const createIdentities = (accounts: RecordFolder): Identities => {
  const log = accounts.log({ folder: 'identities', schema: entrySchema, older: 'pruned', isRemovable: false })

  return {
    async userId(identity) {
      return (await log.newest(nameOf(identity)))?.entry.user_id
    },

    async lead(identity, userId) {
      const name = nameOf(identity)
      const token = newToken()
      for (;;) {
        const newest = await log.newest(name)
        if (newest?.entry.user_id === userId) return
        const entry = { user_id: userId, commits: tokensAfter(newest?.entry.commits ?? [], token) }
        const { outcome, cause } = await log.append(name, (newest?.number ?? 0) + 1, entry)
        if (outcome === 'ours') return
        if (outcome === 'unknown') throw unknownOutcome('an identity', cause)
      }
    },
  }
}

/** A JSON list, so that two different pairs never have one name. */
const nameOf = ({ issuer, subject }: Identity): string => hashedName(JSON.stringify([issuer, subject]))
