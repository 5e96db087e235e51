// Batches: the jobs of one bulk upload that is not waited for. Pure.

import { z } from 'zod'
import { TintypeError } from '../errors.ts'
import { PROJECT_ID } from '../names.ts'
import { JOB_ID, principalSchema, type SeenJob } from './job.ts'

export const batchSchema = z.object({
  /** Has the form of a job id, so that it carries its time. */
  batch_id: z.string().regex(JOB_ID),
  project_id: z.string().regex(PROJECT_ID),
  /** See {@link Job.by}. */
  by: principalSchema.optional(),
  created_at: z.iso.datetime(),
  /** Ids of its jobs, in the order of the files. Files that were refused have none. */
  jobs: z.array(z.string().regex(JOB_ID)),
})

export type Batch = z.infer<typeof batchSchema>

/** A batch with its jobs, in the order of their ids in `batch.jobs`. */
export interface SeenBatch {
  batch: Batch
  /** Undefined for a job that was removed after its time. */
  jobs: readonly (SeenJob | undefined)[]
}

export const unknownBatch = (batchId: string): TintypeError =>
  new TintypeError('batch_not_found', `There is no batch "${batchId}", or no longer.`)
