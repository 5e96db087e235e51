// Quotas whose ledgers are objects in a bucket: `.accounts/usage/<hash of the owner>/<number, 12 digits>.json`.

import { createHash } from 'node:crypto'
import { createBucketLog, MIN_AGE_MS } from '../s3/append-log.ts'
import type { Bucket } from '../s3/client/bucket.ts'
import type { Store } from '../store.ts'
import { ledgerFormat } from './ledger.ts'
import { createOwnerQuota } from './owner-quota.ts'
import type { OwnerQuota } from './quota.ts'

export interface BucketQuotaOptions {
  bucket: Bucket
  store: Store
  /** Most bytes of one owner. */
  maxBytes: number
}

/** Newest entries that stay, and all of the last hour. */
const KEPT_ENTRIES = 16

/** See `KeptSums.recountMs`. */
const RECOUNT_MS = 600_000
/** Age of a proof behind which an append still finds entries that followed: they stay for twice as long. */
const RECENT_MS = MIN_AGE_MS / 2

export const createBucketQuota = ({ bucket, store, maxBytes }: BucketQuotaOptions): OwnerQuota => {
  const folder = (owner: string): string => createHash('sha256').update(owner).digest('hex').slice(0, 40)
  const ledger = createBucketLog({
    bucket,
    format: ledgerFormat,
    prefix: (owner) => `.accounts/usage/${folder(owner)}/`,
    keep: KEPT_ENTRIES,
  })
  const kept = { recountMs: RECOUNT_MS, recent: (owner: string) => ledger.recent(owner, RECENT_MS) }
  return createOwnerQuota({ store, ledger, maxBytes, kept })
}
