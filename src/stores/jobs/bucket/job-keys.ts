// Idempotency keys and batches of jobs in a bucket.

import { batchSchema } from '../../../core/jobs/batch.ts'
import { isJobId, jobTimeOf, type SeenJob } from '../../../core/jobs/job.ts'
import { IDEMPOTENT_MS } from '../../../core/project/add-image.ts'
import type { Bucket } from '../../s3/client/bucket.ts'
import type { JobStore } from '../job-store.ts'
import { jobKeys } from './layout.ts'

export interface JobKeysOptions {
  bucket: Bucket
  find(jobId: string): Promise<SeenJob | undefined>
}

export const createBucketJobKeys = ({ bucket, find: findJob }: JobKeysOptions) => {
  const keyOf = (key: string) => jobKeys.keys + key

  const find = async (key: string): Promise<SeenJob | undefined> => {
    const { found, dateMs } = await bucket.head(keyOf(key))
    if (!found || dateMs - found.modifiedMs > IDEMPOTENT_MS) return undefined
    const jobId = await bucket.text(keyOf(key))
    return jobId === undefined ? undefined : findJob(jobId)
  }

  return {
    find,

    /** Records the job of a key. Returns the job that has it already, where there is one. */
    async take(jobId: string, key: string): Promise<SeenJob | undefined> {
      for (;;) {
        const { isNew } = await bucket.putNew(keyOf(key), jobId)
        const text = isNew ? jobId : await bucket.text(keyOf(key))
        if (text === jobId) return undefined
        const before = await find(key)
        if (before) return before
        // Its job was not accepted after all, or was removed.
        await bucket.remove(keyOf(key))
      }
    },

    async prune(beforeMs: number): Promise<void> {
      const { objects } = await bucket.listAll(jobKeys.keys)
      for (const { key, modifiedMs } of objects) if (modifiedMs < beforeMs) await bucket.remove(key)
    },
  }
}

export const createBucketBatches = ({ bucket, find }: JobKeysOptions) => {
  const read: JobStore['findBatch'] = async (batchId) => {
    const text = isJobId(batchId) ? await bucket.text(jobKeys.batch(batchId)) : undefined
    try {
      return text === undefined ? undefined : batchSchema.parse(JSON.parse(text))
    } catch {
      return undefined
    }
  }

  const hasJobs = async (batchId: string): Promise<boolean> => {
    for (const jobId of (await read(batchId))?.jobs ?? []) if (await find(jobId)) return true
    return false
  }

  return {
    read,

    async write(...[batch]: Parameters<JobStore['addBatch']>): Promise<void> {
      await bucket.putNew(jobKeys.batch(batch.batch_id), JSON.stringify(batch))
    },

    /** Removes batches from before a time whose jobs are all removed. */
    async prune(beforeMs: number): Promise<void> {
      const { objects } = await bucket.listAll(jobKeys.batches)
      for (const { key } of objects) {
        const batchId = key.slice(jobKeys.batches.length, -'.json'.length)
        if (isJobId(batchId) && jobTimeOf(batchId) < beforeMs && !(await hasJobs(batchId))) await bucket.remove(key)
      }
    },
  }
}
