// The store, with the idempotency marks and the jobs beside it, in a folder or in a bucket.

import type { BucketSettings } from '../core/bucket-settings.ts'
import { type BucketHints, createBucketHints } from '../stores/catalogue/bucket-hints.ts'
import { createSecondCopy } from '../stores/fallback/second-copy.ts'
import { createFileStore } from '../stores/file/file-store.ts'
import { createBucketMarks } from '../stores/idempotency/bucket-marks.ts'
import { createFileMarks } from '../stores/idempotency/file-marks.ts'
import type { IdempotencyMarks } from '../stores/idempotency/marks.ts'
import { createBucketJobs } from '../stores/jobs/bucket/bucket-jobs.ts'
import { createFileJobs } from '../stores/jobs/file-jobs.ts'
import type { JobStore } from '../stores/jobs/job-store.ts'
import type { Bucket } from '../stores/s3/client/bucket.ts'
import type { Leases } from '../stores/s3/leases.ts'
import { createS3Store } from '../stores/s3/s3-store.ts'
import type { Store } from '../stores/store.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Foundation } from './foundation.ts'

export interface Stored {
  store: Store
  marks: IdempotencyMarks
  jobStore: JobStore
  /** Resolves once the store is open. */
  ready: Promise<void>
  /** Of a store in a bucket. */
  shared?: BucketParts
  close(): Promise<void>
}

/** What the other stores in a bucket are made of. */
export interface BucketParts {
  bucket: Bucket
  staleMs: number
  leases: Leases
  hints: BucketHints
}

/** @param alsoOpen opens what lies beside the store */
export const buildStore = (
  foundation: Foundation,
  alsoOpen: (store: Store) => Promise<void> = async () => {},
): Stored => {
  const { log, bucket, options } = foundation
  const { store, marks, jobStore, shared } = bucket
    ? inBucket(foundation, bucket, options.bucket)
    : { ...inFolder(foundation), shared: undefined }
  const open = async (): Promise<void> => {
    await store.open()
    await shared?.hints.open()
    await alsoOpen(store)
  }
  const ready = open()
  // Unhandled, a failure would end a program that does not await `ready`; its first request reports it instead.
  ready.catch(() => {})
  sweepOnceOpen({ store, ready, log }, 'stale idempotency marks', marks)
  return {
    ...{ store, marks, jobStore, ready },
    ...(shared ? { shared } : {}),
    async close() {
      await shared?.hints.close().catch(() => {})
      await store.close()
      await foundation.fallback?.bucket.close()
    },
  }
}

/** Removes what processes that have ended left, once the store is open. */
export const sweepOnceOpen = (
  { store, ready, log }: { store: Pick<Store, 'isReadOnly'>; ready: Promise<void>; log: Logger },
  what: string,
  swept: { sweep(): Promise<void> },
): void => {
  const sweep = async (): Promise<void> => {
    if (!store.isReadOnly()) await swept.sweep()
  }
  ready.then(
    () =>
      sweep().catch((error: unknown) =>
        log.warn({ error }, `could not remove ${what}; trying again at the next start`),
      ),
    () => {},
  )
}

const inFolder = ({ options, storageDir, fallback, log, metrics }: Foundation) => {
  const store = createFileStore({
    storageDir,
    readOnly: options.readOnly,
    lockStaleMs: options.lockStaleMs,
    minFreeBytes: options.minFreeBytes,
    ...(fallback
      ? {
          fallback: createSecondCopy(fallback.bucket),
          isBounded: fallback.localBytes > 0,
          onFetched: () => fallback.onFetched(),
        }
      : {}),
    observer: metrics.observer,
    log,
  })
  return { store, marks: createFileMarks({ storageDir }), jobStore: createFileJobs({ storageDir, store, log }) }
}

const inBucket = (
  { options, storageDir, log, metrics }: Foundation,
  bucket: Bucket,
  { staleMs = 5000, create, cacheBytes }: Partial<BucketSettings> = {},
) => {
  const store = createS3Store({
    ...{ bucket, workDir: storageDir, log, staleMs, pollMs: staleMs, cacheBytes, createBucket: create },
    readOnly: options.readOnly,
    minFreeBytes: options.minFreeBytes,
    observer: metrics.observer,
  })
  const { leases, owner } = store
  const hints = createBucketHints({ bucket, pollMs: staleMs, log, isReadOnly: store.isReadOnly, onChanged: store.hint })
  return {
    store,
    marks: createBucketMarks({ bucket, leases, owner }),
    jobStore: createBucketJobs({ bucket, leases, owner, workDir: storageDir, staleMs, log }),
    shared: { bucket, staleMs, leases, hints },
  }
}
