// Accounts and keys in a bucket that were copied from a folder, and back.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createBucketAccounts } from '../../../src/stores/accounts/bucket-accounts.ts'
import { createFileAccountStore } from '../../../src/stores/accounts/file-account-store.ts'
import { createFileKeys } from '../../../src/stores/accounts/file-keys.ts'
import { createBucketPlace } from '../../../src/stores/copy/bucket-place.ts'
import { copyRecords } from '../../../src/stores/copy/copy-records.ts'
import { createFolderPlace } from '../../../src/stores/copy/folder-place.ts'
import { createBucket } from '../../../src/stores/s3/client/bucket.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { hasCeph, newBucket } from '../../support/s3/ceph.ts'

const AT = '2026-05-04T09:30:00.000Z'
const KEY = { id: 'aaaaaaaaaaa1', name: 'ci', role: 'writer', projects: null, sha256: 'a'.repeat(64) } as const
const USER = { id: '7m2x9k4q1w8e5r3t6y0u', email: 'ada@example.com', name: null, password_hash: '$argon2id$x' } as const

describe.skipIf(!hasCeph)('over Ceph', () => {
  it('accounts and keys are found in a bucket as in the folder, and in the folder that it is copied back to', async () => {
    const [from, back] = [join(await temporaryFolder(), 'from'), join(await temporaryFolder(), 'back')]
    const user = { ...USER, generation: 0, disabled: false, created_at: AT, updated_at: AT }
    const key = { ...KEY, created_at: AT, expires_at: null }
    await createFileAccountStore({ storageDir: from }).users.create(user)
    await createFileKeys({ storageDir: from }).add(key)
    const { bucket, options } = await newBucket({ prefix: 'store/' })
    const place = () => createBucketPlace({ bucket: createBucket(options) })
    for (const [source, target] of [
      [createFolderPlace(from), place()],
      [place(), createFolderPlace(back)],
    ] as const) {
      await target.openToWrite()
      expect(await copyRecords(source, target, new AbortController().signal)).toBeGreaterThanOrEqual(3)
      await source.close()
      await target.close()
    }
    const inBucket = createBucketAccounts({ bucket, staleMs: 0 })
    for (const { store, keys } of [
      inBucket,
      { store: createFileAccountStore({ storageDir: back }), keys: createFileKeys({ storageDir: back }) },
    ]) {
      expect(await store.users.byEmail(USER.email)).toMatchObject(user)
      expect(await keys.find(KEY.id)).toEqual(key)
    }
  })
})
