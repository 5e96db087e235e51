// Views of jobs in responses.

import { errorOf, isFinished, type SeenJob } from '../../core/jobs/job.ts'
import type { AcceptedUpload } from '../../services/jobs/accept.ts'
import type { Context } from '../context.ts'
import { REPLAY_HEADER } from '../request/params.ts'
import type { JobView } from '../schemas/jobs.ts'
import { problemOf } from './problem.ts'
import { json } from './respond.ts'
import type { Views } from './views.ts'

/** Seconds until a job may have ended. */
export const RETRY_AFTER = { 'Retry-After': '1' } as const

export const jobUrl = (views: Pick<Views, 'basePath'>, jobId: string): string => `${views.basePath}/jobs/${jobId}`

export const jobView = (views: Pick<Views, 'basePath' | 'imageUrl'>, seen: SeenJob): JobView => {
  const { job, state, attempts, startedAt } = seen
  const self = jobUrl(views, job.job_id)
  return {
    job_id: job.job_id,
    kind: job.kind,
    state,
    project_id: job.project_id,
    image_id: job.image_id,
    created_at: job.created_at,
    started_at: startedAt,
    finished_at: isFinished(job) ? job.finished_at : null,
    attempts,
    problem: state === 'failed' && job.problem ? { ...problemOf(errorOf(job.problem)).body } : null,
    links: { self, image: views.imageUrl(job.project_id, job.image_id), thumbnail: `${self}/thumbnail` },
  }
}

/** Headers of a response with a job: when to look again, while it has not ended. */
export const jobHeaders = ({ state }: SeenJob): Record<string, string> =>
  state === 'queued' || state === 'running' ? { ...RETRY_AFTER } : {}

/** Responds to an upload that is not waited for (RFC 7240 section 4.1). */
export const acceptedResponse = (
  c: Context,
  views: Pick<Views, 'basePath' | 'imageUrl'>,
  { job, isReplay }: Extract<AcceptedUpload, { job: SeenJob }>,
): Response =>
  json(c, jobView(views, job), 202, {
    Location: jobUrl(views, job.job.job_id),
    'Preference-Applied': 'respond-async',
    ...(isReplay ? { [REPLAY_HEADER]: 'true' } : {}),
    ...jobHeaders(job),
  })
