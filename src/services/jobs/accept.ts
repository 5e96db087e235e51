// Accepts uploads as jobs: all that an upload is checked for before its picture is made, then a durable job, whose image
// is pending in the project.

import type { Principal, Visibility } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { type Job, newJobId, type SeenJob } from '../../core/jobs/job.ts'
import { idempotencyConflict, readsImages, type UploadTerms } from '../../core/project/add-image.ts'
import type { JobQueue } from '../../queues/queue.ts'
import type { IdempotencyMarks } from '../../stores/idempotency/marks.ts'
import type { JobStore } from '../../stores/jobs/job-store.ts'
import type { Stage, Store } from '../../stores/store.ts'
import { idempotencyKeyOf, stillRunning } from '../images/idempotency-key.ts'
import { receiveInto, type UploadOptions } from '../images/upload.ts'
import type { UploadAnswers, UploadedImage } from '../images/upload-answers.ts'
import type { JobEndings } from './ending.ts'

export interface AcceptOptions {
  store: Pick<Store, 'stage' | 'commit' | 'recent'>
  jobs: JobStore
  queue: Pick<JobQueue, 'offer'>
  endings: Pick<JobEndings, 'undo'>
  answers: Pick<UploadAnswers, 'assertUseful' | 'find'>
  marks: IdempotencyMarks
  maxImages?: number
  /** Limit of the jobs that wait. */
  maxQueued: number
  newVisibility?: Visibility
  now(): Date
}

export type AcceptedUpload =
  | { job: SeenJob; isReplay: boolean }
  /** An image that was stored before answers the upload at once. */
  | { uploaded: UploadedImage }

export interface Acceptance {
  /**
   * Accepts an upload, durably.
   *
   * @throws TintypeError those of an upload before its picture is made; `busy` where too many jobs wait
   */
  upload(projectId: string, file: AsyncIterable<Uint8Array>, options: UploadOptions): Promise<AcceptedUpload>
  /** Accepts a failed job again, with another pending image. Undefined where it has not failed, or was accepted again. */
  again(job: Job): Promise<SeenJob | undefined>
}

/**
 * Pending images for each millisecond for which an accepted upload waits for others: every revision holds the list of them
 * whole, 32 bytes an entry. So jobs write 16 MB of it a second at most, as long as {@link MOST_GATHER_MS} suffices.
 */
const PENDING_PER_MS = 500

/** Longest such time, in milliseconds: a client waits for the response. */
const MOST_GATHER_MS = 50

/** Time of a waiting job that `Retry-After` counts with, in seconds. */
const RETRY_SECONDS = 10

export const createAcceptance = (options: AcceptOptions): Acceptance => {
  const { store, jobs, queue, endings, answers, marks, maxImages, maxQueued, newVisibility, now } = options

  const assertRoom = (): void => {
    const { queued } = jobs.counts()
    if (queued < maxQueued) return
    throw new TintypeError('busy', `${queued} jobs are waiting already.`, { retryAfterSeconds: RETRY_SECONDS })
  }

  /** Makes the image pending, and lets the job wait. */
  const admit = async (job: Job, stage: Stage, terms: UploadTerms): Promise<SeenJob> => {
    const { job_id: jobId, project_id: projectId, image_id: pendingId, by } = job
    try {
      const atMs = now().getTime()
      const { asset } = terms
      const { visibility } = job.upload
      const change = { type: 'add_pending', pendingId, atMs, by, visibility, terms: { asset, maxImages } } as const
      const pending = store.recent(projectId)?.pending?.length ?? 0
      const gatherMs = Math.min(MOST_GATHER_MS, Math.floor(pending / PENDING_PER_MS))
      await store.commit(projectId, change, { stage, gatherMs })
      await jobs.admit(jobId)
    } catch (error) {
      await endings.undo(job, stage)
      throw error
    }
    await queue.offer([{ jobId, projectId, class: 'first' }])
    return { job, state: 'queued', attempts: job.attempts, startedAt: null }
  }

  const accept = async (
    projectId: string,
    file: AsyncIterable<Uint8Array>,
    terms: UploadTerms,
    { by, confirm, details }: UploadOptions,
  ): Promise<AcceptedUpload> => {
    const { idempotencyKey: key, dedupe, asset } = terms
    const isAnswered = (await answers.assertUseful(projectId, terms, by)) || (key && (await jobs.findByKey(key)))
    if (!isAnswered) assertRoom()
    const stage = await store.stage(projectId)
    try {
      const { bytes, sha256 } = await receiveInto(stage, file, readsImages(terms))
      const all = details?.() ?? {}
      const before = key === undefined ? undefined : await jobs.findByKey(key)
      const uploaded = before || !sha256 ? undefined : await answers.find(projectId, { sha256, ...all }, terms, by)
      await confirm?.()
      if (before) return replayOf(before, sha256)
      if (uploaded) return { uploaded }
      const upload = {
        bytes,
        sha256,
        key,
        dedupe,
        asset: asset && copyOf(asset),
        visibility: newVisibility,
        details: all,
      }
      const job = newJob(projectId, stage.imageId, upload, by, now())
      const other = await jobs.prepare(job, stage)
      return other ? replayOf(other, sha256) : { job: await admit(job, stage, terms), isReplay: false }
    } finally {
      await stage.discard()
    }
  }

  return {
    async upload(projectId, file, request) {
      const { by, dedupe, asset } = request
      if (request.idempotencyKey === undefined) return accept(projectId, file, { dedupe, maxImages, asset }, request)
      const idempotencyKey = idempotencyKeyOf(projectId, request.idempotencyKey, by)
      const mark = await marks.take(idempotencyKey)
      if (!mark) throw stillRunning()
      try {
        return await accept(projectId, file, { idempotencyKey, dedupe, maxImages, asset }, request)
      } finally {
        await mark.release()
      }
    },

    async again(failed) {
      assertRoom()
      const stage = await store.stage(failed.project_id)
      try {
        const job: Job = { ...failed, state: 'accepted', image_id: stage.imageId, retries: failed.retries + 1 }
        const reopened = await jobs.reopen(job, stage)
        return reopened && (await admit(reopened, stage, { asset: job.upload.asset }))
      } finally {
        await stage.discard()
      }
    },
  }
}

const newJob = (
  projectId: string,
  imageId: string,
  upload: Job['upload'],
  by: Principal | undefined,
  at: Date,
): Job => ({
  job_id: newJobId(at.getTime(), by),
  kind: 'upload',
  state: 'accepted',
  project_id: projectId,
  image_id: imageId,
  by,
  created_at: at.toISOString(),
  started_at: null,
  finished_at: null,
  attempts: 0,
  problem: null,
  upload,
  retries: 0,
})

/** @throws TintypeError `idempotency_conflict` where the key came with another file */
const replayOf = (before: SeenJob, sha256: string | undefined): AcceptedUpload => {
  if (before.job.upload.sha256 !== sha256) throw idempotencyConflict()
  return { job: before, isReplay: true }
}

const copyOf = ({ name, expected }: NonNullable<UploadTerms['asset']>): NonNullable<Job['upload']['asset']> => ({
  name,
  expected:
    typeof expected === 'object' ? { imageIds: [...expected.imageIds], revisions: [...expected.revisions] } : expected,
})
