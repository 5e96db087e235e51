// Records of batches: one file each, written once.

import { rename } from 'node:fs/promises'
import { type Batch, batchSchema } from '../../core/jobs/batch.ts'
import { isJobId, jobTimeOf } from '../../core/jobs/job.ts'
import { makeFolder, removeFile, type SharedSync, writeNew } from '../file/fs/durable.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { refuseLinks } from '../file/fs/no-follow.ts'
import type { Stage } from '../store.ts'
import type { JobPaths } from './layout.ts'
import { draftIn, type JobRecords, readRecord } from './records.ts'

export interface BatchRecordsOptions {
  paths: JobPaths
  records: Pick<JobRecords, 'read'>
  syncFolder: SharedSync
}

export const createBatchRecords = ({ paths, records, syncFolder }: BatchRecordsOptions) => {
  const read = (batchId: string): Promise<Batch | undefined> =>
    isJobId(batchId) ? readRecord(paths.batch(batchId), batchSchema) : Promise.resolve(undefined)

  const hasJobs = async (batchId: string): Promise<boolean> => {
    for (const jobId of (await read(batchId))?.jobs ?? []) if (await records.read(jobId)) return true
    return false
  }

  return {
    read,

    /** Resolves once the record is durable. */
    async write(batch: Batch, stage: Stage): Promise<void> {
      const draft = draftIn(stage, 'batch.json')
      await writeNew(draft, JSON.stringify(batch))
      await makeFolder(paths.batches)
      refuseLinks(paths.root, paths.batches)
      await rename(draft, paths.batch(batch.batch_id))
      await syncFolder(paths.batches)
    },

    /** Removes batches from before a time whose jobs are all removed. */
    async prune(beforeMs: number): Promise<void> {
      refuseLinks(paths.root, paths.batches)
      for (const name of await namesIn(paths.batches)) {
        const batchId = name.slice(0, -'.json'.length)
        if (!isJobId(batchId) || jobTimeOf(batchId) >= beforeMs || (await hasJobs(batchId))) continue
        await removeFile(paths.batch(batchId))
      }
    },
  }
}
