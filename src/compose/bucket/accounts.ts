// Accounts and API keys of a store, in its folder or its bucket.

import type { BucketSettings } from '../../core/bucket-settings.ts'
import type { AccountStore } from '../../stores/accounts/account-store.ts'
import { type BucketAccounts, createBucketAccounts } from '../../stores/accounts/bucket-accounts.ts'
import { createFileAccountStore } from '../../stores/accounts/file-account-store.ts'
import { createFileKeys } from '../../stores/accounts/file-keys.ts'
import type { Keys } from '../../stores/accounts/keys.ts'
import { isWriteForbidden } from '../../stores/s3/client/failures.ts'
import { assertKnownBucketFormat } from '../../stores/s3/format.ts'
import { openBucket } from './client.ts'

export interface Accounts {
  store: AccountStore
  keys: Keys
}

export interface AccountSettings {
  storageDir: string
  bucket?: BucketSettings | undefined
}

/** For commands that work without a server, maybe before the first one. @throws TintypeError `store_unavailable` */
export const openAccounts = async ({ storageDir, bucket: settings }: AccountSettings): Promise<Accounts> => {
  if (!settings) return { store: createFileAccountStore({ storageDir }), keys: createFileKeys({ storageDir }) }
  const { bucket, accounts } = bucketAccounts(settings)
  if (settings.create) await bucket.create()
  await assertKnownBucketFormat(bucket)
  return accounts
}

/**
 * Whether there are keys or users in a bucket. It is made where it is missing, and the credentials may do so.
 *
 * @throws TintypeError `store_unavailable`
 */
export const isBucketClaimed = async (settings: BucketSettings): Promise<boolean> => {
  const { bucket, accounts } = bucketAccounts(settings)
  try {
    if (settings.create)
      await bucket.create().catch((error: unknown) => {
        if (!isWriteForbidden(error)) throw error
      })
    await assertKnownBucketFormat(bucket)
    await accounts.open()
    return accounts.isClaimed()
  } finally {
    accounts.close()
    await bucket.close()
  }
}

const bucketAccounts = (
  settings: BucketSettings,
): { bucket: ReturnType<typeof openBucket>; accounts: BucketAccounts } => {
  const bucket = openBucket(settings)
  return { bucket, accounts: createBucketAccounts({ bucket, staleMs: settings.staleMs }) }
}
