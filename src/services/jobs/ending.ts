// Ends of jobs: what is finished leaves nothing pending in its project, whatever fails on the way.

import { TintypeError } from '../../core/errors.ts'
import type { FinishedJob, Job, JobProblem } from '../../core/jobs/job.ts'
import type { Adopted, Claim, JobStore } from '../../stores/jobs/job-store.ts'
import type { Stage, Store } from '../../stores/store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Observer } from '../../telemetry/observer.ts'

export interface JobEndingsOptions {
  store: Pick<Store, 'commit' | 'stage'>
  jobs: JobStore
  log: Logger
  observer: Pick<Observer, 'jobFinished'>
  now(): Date
}

export interface JobResult {
  state: FinishedJob['state']
  /** @default that of the job */
  imageId?: string
  problem?: JobProblem
  /** Begin of the attempt. @default none: it never began */
  startedAt?: string
  /** @default those of the record */
  attempts?: number
}

export interface JobEndings {
  /**
   * Finishes a claimed job, and ends its claim.
   *
   * @param stage see {@link assertFenced}
   * @throws TintypeError where it is not finished; the claim is still held
   */
  finish(claim: Claim, stage: Stage, result: JobResult): Promise<FinishedJob>
  /** Undoes a job that was prepared or reopened. Never throws. */
  undo(job: Job, stage: Stage): Promise<void>
  /** Brings a job on whose process is gone. */
  resume(adopted: Adopted): Promise<void>
}

/**
 * Checks that a staging area is one of the process as it was at the claim: where that was taken for dead since, another
 * process adopts the claim, and what is written from a later staging area would succeed beside it.
 *
 * @throws TintypeError `store_unavailable`
 */
export const assertFenced = ({ owner }: Claim, stage: Pick<Stage, 'id'>): void => {
  if (!stage.id.startsWith(`${owner}/`)) throw new TintypeError('store_unavailable', 'The claim was lost.')
}

export const createJobEndings = ({ store, jobs, log, observer, now }: JobEndingsOptions): JobEndings => {
  /** False where it is unknown whether the image is still pending. */
  const dropPending = async ({ job_id: jobId, project_id: projectId, image_id: pendingId }: Job): Promise<boolean> => {
    try {
      await store.commit(projectId, { type: 'drop_pending', pendingId })
      return true
    } catch (error) {
      if (error instanceof TintypeError && error.code === 'project_not_found') return true
      log.warn({ error, jobId, projectId }, 'could not end that an image is pending; trying again')
      return false
    }
  }

  /** The commit of an image has ended that it is pending. */
  const end = async (claim: Claim, job: Job): Promise<void> => {
    const isEnded = job.state === 'succeeded' || (await dropPending(claim.job))
    await (isEnded ? jobs.settle(claim) : jobs.leave(job.job_id))
  }

  const undo = async (job: Job, stage: Stage): Promise<void> => {
    const isEnded = await dropPending(job)
    await (isEnded ? jobs.withdraw(job.job_id, stage) : jobs.leave(job.job_id))
  }

  return {
    undo,

    async finish(claim, stage, { state, imageId, problem, startedAt, attempts = claim.job.attempts }) {
      assertFenced(claim, stage)
      const finishedAt = now()
      const job: FinishedJob = {
        ...claim.job,
        state,
        image_id: imageId ?? claim.job.image_id,
        problem: problem ?? null,
        started_at: startedAt ?? null,
        finished_at: finishedAt.toISOString(),
        attempts,
      }
      await jobs.finish(claim, job, stage)
      const beganMs = startedAt === undefined ? finishedAt.getTime() : Date.parse(startedAt)
      observer.jobFinished(state, {
        waitedSeconds: Math.max(0, beganMs - Date.parse(job.created_at)) / 1000,
        workedSeconds: Math.max(0, finishedAt.getTime() - beganMs) / 1000,
      })
      await end(claim, job)
      return job
    },

    async resume({ was, claim }) {
      const { job } = claim
      if (was === 'claimed') return job.state === 'accepted' ? jobs.putBack(claim, true) : end(claim, job)
      const stage = await store.stage(job.project_id).catch((error: unknown) => {
        log.warn({ error, jobId: job.job_id }, 'could not undo a job that was not accepted; trying again')
      })
      if (!stage) return jobs.leave(job.job_id)
      await undo(job, stage).finally(() => stage.discard())
    },
  }
}
