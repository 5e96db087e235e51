// API keys as files: the permissions of a key and the hash of its secret, never the key itself.
//
//   keys/<id>.json            the key; the content never changes
//   keys/<id>.revoked.json    time of the revocation: from then on the key is not valid
//
// Both stay, so that access does not become open when the last key is revoked.

import { z } from 'zod'
import { ROLES } from '../../core/auth/access.ts'
import { KEY_ID } from '../../core/auth/api-key.ts'
import { createBoundedMap } from '../../core/bounded-map.ts'
import { PROJECT_ID } from '../../core/names.ts'
import { storeError, throwStoreError } from '../file/fs/durable.ts'
import { createTurns, type Validation } from '../file/fs/turns.ts'
import { statsOf } from '../private/records.ts'
import { createAccountsFolder } from './accounts-folder.ts'
import type { KeyRecord, Keys, ListedKey } from './keys.ts'

export const keySchema = z.object({
  id: z.string().regex(KEY_ID),
  name: z.string(),
  role: z.enum(ROLES),
  /** The only projects that it is valid for; null for all. */
  projects: z.array(z.string().regex(PROJECT_ID)).nullable(),
  /** Hash of the secret, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
})

export const revocationSchema = z.object({ revoked_at: z.iso.datetime() })

export interface FileKeysOptions {
  /** Folder of the store. */
  storageDir: string
}

/** A key in memory, with the identity of its file, and its paths, made once because every request uses them. */
interface KnownKey extends Validation {
  record: KeyRecord
  inode: number
  modifiedMs: number
  path: string
  revocation: string
}

/** Keys that are kept in memory. */
const REMEMBERED = 1000

export const createFileKeys = ({ storageDir }: FileKeysOptions): Keys => {
  const accounts = createAccountsFolder(storageDir)
  const known = createBoundedMap<KnownKey>(REMEMBERED)
  const path = (id: string) => accounts.path('keys', `${id}.json`)
  const revocation = (id: string) => accounts.path('keys', `${id}.revoked.json`)

  const turns = createTurns()

  const current = (id: string, share = false): KeyRecord | undefined => {
    const key = known.get(id)
    if (!key || (share && turns.isShared(key))) return key?.record
    if (statsOf(key.revocation)) return undefined
    const stats = statsOf(key.path)
    if (stats?.ino !== key.inode || stats.mtimeMs !== key.modifiedMs) return undefined
    turns.validated(key)
    return key.record
  }

  const find = async (id: string): Promise<KeyRecord | undefined> => {
    const before = current(id)
    if (before) return before
    if (!KEY_ID.test(id) || statsOf(revocation(id))) return undefined
    const stats = statsOf(path(id))
    const record = stats && (await accounts.read(path(id), keySchema))
    if (!stats || record?.id !== id) return undefined
    const paths = { path: path(id), revocation: revocation(id) }
    known.set(id, { record, inode: stats.ino, modifiedMs: stats.mtimeMs, ...paths, turn: 0, atMs: 0 })
    return record
  }

  return {
    find: (id) => find(id).catch(throwStoreError),

    current,

    async add(record) {
      try {
        await accounts.publish(await accounts.folder('keys'), `${record.id}.json`, record)
      } catch (error) {
        throw storeError(error)
      }
    },

    async revoke(id, revokedAt) {
      try {
        if (!KEY_ID.test(id) || !statsOf(path(id))) return false
        await accounts.publish(accounts.path('keys'), `${id}.revoked.json`, { revoked_at: revokedAt })
        return true
      } catch (error) {
        throw storeError(error)
      }
    },

    async list() {
      try {
        const ids = (await accounts.names(accounts.path('keys'))).flatMap(
          (name) => /^([0-9a-z]{12})\.json$/.exec(name)?.[1] ?? [],
        )
        const found: ListedKey[] = []
        for (const id of ids) {
          const record = await accounts.read(path(id), keySchema)
          const revoked = await accounts.read(revocation(id), revocationSchema)
          if (record) found.push({ ...record, revoked_at: revoked?.revoked_at ?? null })
        }
        return found.sort((one, other) => (one.created_at < other.created_at ? -1 : 1))
      } catch (error) {
        throw storeError(error)
      }
    },
  }
}
