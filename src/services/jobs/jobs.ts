// Job service: accept uploads, read, list, wait for, cancel and try again jobs. A job is its principal's, and every admin's.

import { setTimeout as sleep } from 'node:timers/promises'
import { isAdmin, type Principal } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { type FinishedJob, isOwn, type JobState, principalTag, type SeenJob, unknownJob } from '../../core/jobs/job.ts'
import { isPending } from '../../core/jobs/pending.ts'
import type { Claim, JobStore } from '../../stores/jobs/job-store.ts'
import type { Stage, Store } from '../../stores/store.ts'
import type { Acceptance } from './accept.ts'
import type { BatchService } from './batches.ts'
import type { JobEndings } from './ending.ts'

export interface JobServiceOptions {
  store: Pick<Store, 'stage' | 'project'>
  jobs: JobStore
  acceptance: Acceptance
  batches: BatchService
  endings: Pick<JobEndings, 'finish'>
  /** Interval of polling for a job that another process may finish, in milliseconds. @default 250 */
  pollMs?: number
}

export interface JobListRequest {
  state?: JobState
  projectId?: string
  /** Job behind which the page begins. @default the newest */
  after?: string
  limit: number
}

export interface JobService {
  /** See {@link Acceptance.upload}. */
  accept: Acceptance['upload']
  /** Jobs of bulk uploads. */
  batches: BatchService
  /** @throws TintypeError `job_not_found`, also for a job of another principal */
  find(jobId: string, by: Principal): Promise<SeenJob>
  /** Jobs newest first, and the cursor of the next page; undefined on the last one. */
  list(request: JobListRequest, by: Principal): Promise<{ jobs: SeenJob[]; next: string | undefined }>
  /**
   * Waits until a job has ended, or for a time.
   *
   * @param signal ends the wait
   */
  wait(jobId: string, by: Principal, seconds: number, signal: AbortSignal): Promise<SeenJob>
  /** Cancels a job that waits. @throws TintypeError `job_not_found`, `job_conflict` */
  cancel(jobId: string, by: Principal): Promise<SeenJob>
  /** Tries a failed job again. @throws TintypeError `job_not_found`, `job_conflict`; those of an upload */
  retry(jobId: string, by: Principal): Promise<SeenJob>
  /** Ends all waits, now and later: the server shuts down. */
  endWaits(): void
}

export const createJobService = (options: JobServiceOptions): JobService => {
  const { store, jobs, acceptance, batches, endings, pollMs = 250 } = options
  const ending = new AbortController()

  const find: JobService['find'] = async (jobId, by) => {
    const seen = await jobs.find(jobId)
    if (!seen || !mayUse(seen, by)) throw unknownJob(jobId)
    return seen
  }

  const cancelClaimed = async (claim: Claim, stage: Stage): Promise<SeenJob> => {
    const { job_id: jobId, project_id: projectId, image_id: imageId } = claim.job
    try {
      const project = await store.project(projectId)
      // An earlier attempt has committed it, and could not finish.
      if (project && !isPending(project, imageId)) throw alreadyMade(jobId)
      const job = await endings.finish(claim, stage, { state: 'cancelled' })
      return { job, state: 'cancelled', attempts: job.attempts, startedAt: null }
    } catch (error) {
      await jobs.putBack(claim, false)
      throw error
    }
  }

  return {
    accept: acceptance.upload,
    batches,
    find,

    async list({ state, projectId, after, limit }, by) {
      const matches = (seen: SeenJob) =>
        mayUse(seen, by) &&
        (state === undefined || seen.state === state) &&
        (projectId === undefined || seen.job.project_id === projectId)
      const tag = isAdmin(by) ? undefined : principalTag(by)
      const found = await jobs.list({ tag, after, limit: limit + 1, matches })
      const page = found.slice(0, limit)
      return { jobs: page, next: found.length > limit ? page.at(-1)?.job.job_id : undefined }
    },

    async wait(jobId, by, seconds, signal) {
      const untilMs = performance.now() + seconds * 1000
      const ended = AbortSignal.any([signal, ending.signal])
      for (;;) {
        const seen = await find(jobId, by)
        const leftMs = untilMs - performance.now()
        if ((seen.state !== 'queued' && seen.state !== 'running') || leftMs <= 0 || ended.aborted) return seen
        const job = await untilEnded(jobs, jobId, { pollMs, untilMs, signal: ended })
        if (job) return { job, state: job.state, attempts: job.attempts, startedAt: job.started_at }
      }
    },

    async cancel(jobId, by) {
      const { job, state } = await find(jobId, by)
      if (state !== 'queued') throw conflict(await find(jobId, by), 'queued')
      // Before the claim: a process that was taken for dead gets its new name by it.
      const stage = await store.stage(job.project_id)
      try {
        const claim = await jobs.claim(jobId, job.project_id)
        if (!claim) throw conflict(await find(jobId, by), 'queued')
        return await cancelClaimed(claim, stage)
      } finally {
        await stage.discard()
      }
    },

    async retry(jobId, by) {
      const seen = await find(jobId, by)
      const again = seen.state === 'failed' ? await acceptance.again(seen.job) : undefined
      if (!again) throw conflict(await find(jobId, by), 'failed')
      return again
    },

    endWaits: () => ending.abort(),
  }
}

const mayUse = ({ job }: SeenJob, by: Principal): boolean => isAdmin(by) || isOwn(job, by)

interface EndOptions {
  pollMs: number
  /** End of the wait, by `performance.now()`. */
  untilMs: number
  signal: AbortSignal
}

/**
 * Waits until a job may have ended, or for a time. Resolves with the job where this process has finished it.
 */
const untilEnded = async (
  jobs: JobStore,
  jobId: string,
  { pollMs, untilMs, signal }: EndOptions,
): Promise<FinishedJob | undefined> => {
  let ended: FinishedJob | undefined
  const here = new AbortController()
  const unlisten = jobs.onFinished((job) => {
    if (job.job_id !== jobId) return
    ended = job
    here.abort()
  })
  const any = AbortSignal.any([signal, here.signal])
  do {
    const leftMs = untilMs - performance.now()
    await sleep(Math.max(0, Math.min(pollMs, leftMs)), undefined, { signal: any }).catch(() => {})
  } while (!any.aborted && performance.now() < untilMs && !jobs.mayHaveEnded(jobId))
  unlisten()
  return ended
}

const alreadyMade = (jobId: string): TintypeError =>
  new TintypeError('job_conflict', `The image of job "${jobId}" was made already, so that the job is about to end.`, {
    details: { expected: 'queued', state: 'running' },
  })

const conflict = ({ job, state }: SeenJob, expected: JobState): TintypeError =>
  new TintypeError('job_conflict', `Expected job "${job.job_id}" to be ${expected}, it is ${state}.`, {
    details: { expected, state },
  })
