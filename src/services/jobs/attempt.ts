// One attempt at a job: makes the image that is pending, once, and finishes the job.

import { messageOf, TintypeError } from '../../core/errors.ts'
import { endedItsWorkers, isFinished, type Job, jobProblemOf, MAX_ATTEMPTS, meaningOf } from '../../core/jobs/job.ts'
import { isPending } from '../../core/jobs/pending.ts'
import type { UploadTerms } from '../../core/project/add-image.ts'
import { findImage } from '../../core/project/image-list.ts'
import type { Claim, JobStore } from '../../stores/jobs/job-store.ts'
import type { Stage, Store } from '../../stores/store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { UploadSteps } from '../images/upload.ts'
import { assertFenced, type JobEndings, type JobResult } from './ending.ts'

export interface AttemptOptions {
  store: Pick<Store, 'stage' | 'project' | 'imageList'>
  jobs: Pick<JobStore, 'withUpload' | 'putBack'>
  endings: Pick<JobEndings, 'finish' | 'resume'>
  steps: UploadSteps
  maxImages?: number
  log: Logger
  now(): Date
}

/** `again`: the job waits for another attempt that counts. `wait`: something else has to change before any attempt. */
export type AttemptOutcome = 'ended' | 'again' | 'wait'

/** @param signal lets a job wait again that no encoder has begun. Never throws. */
export type Attempt = (claim: Claim, signal: AbortSignal) => Promise<AttemptOutcome>

export const createAttempt = ({ store, jobs, endings, steps, maxImages, log, now }: AttemptOptions): Attempt => {
  const termsOf = ({ upload: { key, dedupe, asset } }: Job): UploadTerms => ({
    idempotencyKey: key,
    dedupe,
    asset,
    maxImages,
  })

  /** True where the image is still to be made. */
  const isOpen = async ({ project_id: projectId, image_id: imageId }: Job): Promise<boolean> => {
    const project = await store.project(projectId)
    return project !== undefined && isPending(project, imageId)
  }

  /** Result of a job whose image is pending no more: an earlier attempt has added it, or it was deleted. */
  const resultOfEarlier = async (job: Job): Promise<JobResult> => {
    const { project_id: projectId, image_id: imageId, upload } = job
    for (;;) {
      const project = await store.project(projectId)
      if (!project) return { state: 'cancelled' }
      const images = await store.imageList(project)
      if (!images) continue
      if (findImage(images, imageId)) return { state: 'succeeded', imageId }
      const { sha256 } = upload
      const answer = sha256 && (await steps.answers.find(projectId, { sha256 }, termsOf(job), undefined))
      return answer ? { state: 'succeeded', imageId: answer.image.id } : { state: 'cancelled' }
    }
  }

  const make = async ({ job, attempt }: Claim, stage: Stage, signal: AbortSignal): Promise<JobResult> => {
    if (!(await isOpen(job))) return resultOfEarlier(job)
    if (attempt > MAX_ATTEMPTS) return { state: 'failed', problem: jobProblemOf(endedItsWorkers(MAX_ATTEMPTS)) }
    const { job_id: jobId, project_id: projectId, by, upload } = job
    const { image } = await jobs.withUpload(jobId, (source) =>
      steps.storeUpload({
        projectId,
        stage,
        source,
        sha256: upload.sha256,
        terms: termsOf(job),
        details: upload.details,
        by,
        signal,
        priority: 'job',
        isPending: true,
      }),
    )
    return { state: 'succeeded', imageId: image.id }
  }

  /** The result of a failed attempt; undefined where the job is to be attempted again. */
  const resultOfFailure = async ({ job, attempt }: Claim, error: TintypeError): Promise<JobResult | undefined> => {
    // Deleted or cancelled meanwhile, or added by a process that was taken for dead.
    if (error.code === 'image_not_found' && !(await isOpen(job))) return resultOfEarlier(job)
    const meaning = meaningOf(error.code)
    if (meaning === 'wait' || (meaning === 'repeat' && attempt < MAX_ATTEMPTS)) return undefined
    return { state: 'failed', problem: jobProblemOf(error) }
  }

  const run = async (claim: Claim, stage: Stage, signal: AbortSignal): Promise<AttemptOutcome> => {
    const { job, attempt } = claim
    const startedAt = now().toISOString()
    const attempts = job.attempts + Math.min(attempt, MAX_ATTEMPTS)
    const failed = async (thrown: unknown): Promise<AttemptOutcome | JobResult> => {
      const error = asTintypeError(thrown)
      const result = await resultOfFailure(claim, error)
      if (result) return result
      const isCounted = meaningOf(error.code) === 'repeat'
      const { job_id: jobId, project_id: projectId } = job
      if (error.code !== 'shutting_down')
        log.warn({ error, jobId, projectId }, 'an attempt at a job failed; trying again')
      await jobs.putBack(claim, isCounted)
      return isCounted ? 'again' : 'wait'
    }
    const result = await make(claim, stage, signal).catch(failed)
    if (typeof result === 'string') return result
    await endings.finish(claim, stage, { ...result, startedAt, attempts })
    return 'ended'
  }

  return async (claim, signal) => {
    const { job } = claim
    let stage: Stage | undefined
    try {
      // A power cut kept its record, and put its marker back.
      if (isFinished(job)) {
        await endings.resume({ was: 'claimed', claim })
        return 'ended'
      }
      stage = await store.stage(job.project_id, job.image_id)
      assertFenced(claim, stage)
      return await run(claim, stage, signal)
    } catch (error) {
      log.warn({ error, jobId: job.job_id }, 'could not bring a job to its end; trying again')
      await jobs.putBack(claim, false)
      return 'wait'
    } finally {
      await stage?.discard()
    }
  }
}

const asTintypeError = (error: unknown): TintypeError =>
  error instanceof TintypeError ? error : new TintypeError('internal', messageOf(error), { cause: error })
