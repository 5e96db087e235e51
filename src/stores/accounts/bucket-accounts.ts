// Accounts, API keys and share links as objects in a bucket, by the keys of the files.
//
// What another server changes acts here within some seconds, and what this process changes at once.

import { z } from 'zod'
import { KEY_ID } from '../../core/auth/api-key.ts'
import { createBoundedMap } from '../../core/bounded-map.ts'
import { TintypeError } from '../../core/errors.ts'
import { createBucketLinks } from '../links/bucket-links.ts'
import type { Links } from '../links/links.ts'
import { createBucketFolder } from '../private/bucket-folder.ts'
import type { RecordFolder } from '../private/record-folder.ts'
import type { Bucket } from '../s3/client/bucket.ts'
import type { AccountStore } from './account-store.ts'
import { createAccountStore } from './file-account-store.ts'
import { keySchema, revocationSchema } from './file-keys.ts'
import type { KeyRecord, Keys, ListedKey } from './keys.ts'

export interface BucketAccountsOptions {
  bucket: Bucket
  /** Age up to which a key, session or user in memory counts as valid without a request, in milliseconds. */
  staleMs: number
}

export interface BucketAccounts {
  store: AccountStore
  keys: Keys
  links: Links
  /** Finds out whether there are keys or users, and goes on to until there are. @throws TintypeError `store_unavailable` */
  open(): Promise<void>
  /**
   * True once there was a key or a user.
   *
   * @throws TintypeError `store_unavailable` where that is unknown: access must not be open by mistake
   */
  isClaimed(): boolean
  close(): void
}

const ROOT = '.accounts'
/** Made with the first key and with the first user. */
const CLAIMING = [`${ROOT}/keys/`, `${ROOT}/emails/`]
/** Keys that are kept in memory. */
const REMEMBERED = 1000
/** An answer of this age in `staleMs` is none. */
const MOST_MISSED = 6

export const createBucketAccounts = ({ bucket, staleMs }: BucketAccountsOptions): BucketAccounts => {
  const claim = createClaim(bucket, staleMs)
  const folder = createBucketFolder({
    ...{ bucket, name: ROOT, subject: 'an account', staleMs },
    onCreated: (path) => {
      if (CLAIMING.some((each) => path.startsWith(each))) claim.found()
    },
  })
  return {
    store: createAccountStore(folder),
    keys: createKeys(folder, staleMs),
    links: createBucketLinks(folder, staleMs),
    ...claim.watch,
  }
}

const createClaim = (bucket: Bucket, staleMs: number) => {
  let isClaimed = false
  let answeredMs = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined

  const look = async (): Promise<void> => {
    const beganMs = performance.now()
    for (const prefix of CLAIMING) if ((await bucket.list({ prefix, limit: 1 })).objects.length > 0) isClaimed = true
    answeredMs = beganMs
  }

  const follow = (): void => {
    timer = setTimeout(() => {
      look()
        .catch(() => {})
        .finally(() => {
          if (!isClaimed && timer) follow()
        })
    }, staleMs).unref()
  }

  return {
    found: () => {
      isClaimed = true
    },
    watch: {
      async open() {
        await look()
        if (!isClaimed) follow()
      },
      isClaimed() {
        if (isClaimed || performance.now() - answeredMs < MOST_MISSED * Math.max(staleMs, 1000)) return isClaimed
        throw new TintypeError('store_unavailable', 'The accounts of the store cannot be read now.', {
          retryAfterSeconds: 1,
        })
      },
      close() {
        clearTimeout(timer)
        timer = undefined
      },
    },
  }
}

const createKeys = (folder: RecordFolder, staleMs: number): Keys => {
  /** Valid keys, with the time at which their request began. */
  const known = createBoundedMap<{ record: KeyRecord; atMs: number }>(REMEMBERED)
  /** Keys that this process has revoked, for reads that are under way meanwhile. */
  const revoked = createBoundedMap<true>(REMEMBERED)
  const path = (id: string) => folder.path('keys', `${id}.json`)
  const revocation = (id: string) => folder.path('keys', `${id}.revoked.json`)

  const current: Keys['current'] = (id) => {
    const key = known.get(id)
    return key && performance.now() - key.atMs < staleMs ? key.record : undefined
  }

  const find = async (id: string): Promise<KeyRecord | undefined> => {
    const atMs = performance.now()
    // The content of a key never changes.
    const before = known.get(id)?.record
    if (!KEY_ID.test(id)) return undefined
    const [record, isRevoked] = await Promise.all([
      before ?? folder.read(path(id), keySchema),
      folder.read(revocation(id), z.unknown()),
    ])
    if (record?.id !== id || isRevoked !== undefined || revoked.get(id)) {
      known.delete(id)
      return undefined
    }
    known.set(id, { record, atMs })
    return record
  }

  return {
    find,
    current,

    async add(record) {
      await folder.publish(folder.path('keys'), `${record.id}.json`, record)
    },

    async revoke(id, revokedAt) {
      if (!KEY_ID.test(id) || !(await folder.read(path(id), keySchema))) return false
      await folder.publish(folder.path('keys'), `${id}.revoked.json`, { revoked_at: revokedAt })
      revoked.set(id, true)
      known.delete(id)
      return true
    },

    async list() {
      const names = await folder.names(folder.path('keys'))
      const ids = names.flatMap((name) => /^([0-9a-z]{12})\.json$/.exec(name)?.[1] ?? [])
      const found: ListedKey[] = []
      for (const id of ids) {
        const record = await folder.read(path(id), keySchema)
        const ended = names.includes(`${id}.revoked.json`)
          ? await folder.read(revocation(id), revocationSchema)
          : undefined
        if (record) found.push({ ...record, revoked_at: ended?.revoked_at ?? null })
      }
      return found.sort((one, other) => (one.created_at < other.created_at ? -1 : 1))
    },
  }
}
