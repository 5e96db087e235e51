// Views of batches in responses.

import type { SeenBatch } from '../../core/jobs/batch.ts'
import type { JobState } from '../../core/jobs/job.ts'
import type { BatchView } from '../schemas/batches.ts'
import { RETRY_AFTER } from './job-view.ts'
import type { Views } from './views.ts'

export const batchUrl = (views: Pick<Views, 'basePath'>, { batch }: SeenBatch): string =>
  `${views.basePath}/batches/${batch.batch_id}`

export const batchView = (views: Pick<Views, 'basePath'>, seen: SeenBatch): BatchView => {
  const { batch, jobs } = seen
  return {
    batch_id: batch.batch_id,
    project_id: batch.project_id,
    created_at: batch.created_at,
    counts: {
      total: batch.jobs.length,
      queued: countOf(seen, 'queued'),
      running: countOf(seen, 'running'),
      succeeded: countOf(seen, 'succeeded'),
      failed: countOf(seen, 'failed'),
      cancelled: countOf(seen, 'cancelled'),
    },
    jobs: batch.jobs.map((jobId, at) => ({ job_id: jobId, state: jobs[at]?.state ?? null })),
    links: { self: batchUrl(views, seen) },
  }
}

/** Headers of a response with a batch: when to look again, until all its jobs have ended. */
export const batchHeaders = (seen: SeenBatch): Record<string, string> =>
  countOf(seen, 'queued') + countOf(seen, 'running') > 0 ? { ...RETRY_AFTER } : {}

const countOf = ({ jobs }: SeenBatch, state: JobState): number => jobs.filter((job) => job?.state === state).length
