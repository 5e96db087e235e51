// Jobs as objects in a bucket; layout.ts describes them.

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TintypeError } from '../../../core/errors.ts'
import { type FinishedJob, isFinished, isJobId, type Job, type SeenJob } from '../../../core/jobs/job.ts'
import { isProjectId } from '../../../core/names.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { storeError, throwStoreError } from '../../file/fs/durable.ts'
import { createPaths } from '../../file/paths.ts'
import { createRecordFormat } from '../../private/records.ts'
import { createBucketLog } from '../../s3/append-log.ts'
import type { Bucket } from '../../s3/client/bucket.ts'
import type { Leases } from '../../s3/leases.ts'
import { fileBodyOf } from '../../s3/staging.ts'
import type { Stage } from '../../store.ts'
import type { Claim, JobStore, PruneTimes } from '../job-store.ts'
import { createFinishedJobs } from './finished.ts'
import { createHolding, type Held, queuedMarker, requireHold } from './holding.ts'
import { createBucketBatches, createBucketJobKeys } from './job-keys.ts'
import { createBucketJobReader } from './job-reader.ts'
import { jobEntrySchema, jobKeys, logOf } from './layout.ts'

export interface BucketJobsOptions {
  bucket: Bucket
  leases: Pick<Leases, 'hold' | 'isAlive'>
  /** Name of this process, see `Store.owner`. */
  owner(): string
  /** Local folder of the store: uploads of jobs are fetched into the workspace of this process. */
  workDir: string
  /** Longest time until jobs of other servers are found without a hint, in milliseconds. */
  staleMs: number
  log: Logger
}

export const createBucketJobs = (options: BucketJobsOptions): JobStore => {
  const { bucket, owner, workDir, staleMs, log: logger } = options
  const { tmp } = createPaths(workDir)
  const log = createBucketLog({
    bucket,
    format: createRecordFormat(jobEntrySchema, 'a job'),
    prefix: jobKeys.log,
    // Read by a listing each time, which needs no age of entries.
    ...{ isRemovable: true, keep: 1, minAgeMs: 0 },
  })
  const holding = createHolding({ ...options, log, logger })
  const { held, take, prepared, claimed, move, letGo, removeAll, adopt, repair } = holding
  const reader = createBucketJobReader({ bucket, log, staleMs })
  const findJob = async (jobId: string) => (isJobId(jobId) ? reader.find(jobId) : undefined)
  const keys = createBucketJobKeys({ bucket, find: findJob })
  const batches = createBucketBatches({ bucket, find: findJob })
  const finished = createFinishedJobs(bucket)
  /** Claims whose jobs this process has added to the finished ones. */
  const ending = new WeakSet<Claim>()
  const listeners = new Set<(job: FinishedJob) => void>()

  /** Lets a held job wait. False where it was taken. */
  const queue = async (hold: Held, attempts: number): Promise<boolean> => {
    const { number, entry } = hold
    const marker = queuedMarker(entry.job, number + 1, attempts)
    await bucket.put(marker, '')
    const isOurs = await move(hold, ({ job }) => ({ job, phase: 'queued', attempts, started_at: null }))
    if (!isOurs) await bucket.remove(marker)
    return isOurs
  }

  const settleAs = (hold: Held, job: Job) =>
    move(hold, () => ({ job, phase: 'settled', attempts: 0, started_at: null }))

  const withdraw = (jobId: string): Promise<void> =>
    letGo(prepared(jobId), async (hold) => {
      const { job } = hold.entry
      if (job.retries > 0) {
        const failed: Job = { ...job, state: 'failed', finished_at: job.finished_at ?? new Date().toISOString() }
        if ((await settleAs(hold, failed)) && isFinished(failed)) await finished.append(failed)
        return
      }
      // Where the outcome of its admission was unknown, this shows it.
      const isOurs = await move(hold, () => ({ job, phase: 'gone', attempts: 0, started_at: null }))
      if (isOurs) await removeAll(jobId)
    })

  const prepare = async (job: Job, stage: Stage): Promise<SeenJob | undefined> => {
    const { job_id: jobId } = job
    await bucket.put(jobKeys.upload(jobId), await fileBodyOf(stage.uploadPath))
    try {
      const taken = await take(undefined, { job, phase: 'new', attempts: 0, started_at: null })
      if (!taken) throw storeError(new Error(`the id of job ${jobId} is taken`))
      const before = job.upload.key === undefined ? undefined : await keys.take(jobId, job.upload.key)
      if (before) await withdraw(jobId)
      return before
    } catch (error) {
      if (held.has(jobId)) await withdraw(jobId)
      throw error
    }
  }

  const claim: JobStore['claim'] = async (jobId, projectId) => {
    // Of a message, which may hold any text.
    if (!isJobId(jobId) || !isProjectId(projectId)) return undefined
    const newest = await log.newest(logOf(jobId))
    if (newest?.entry.phase !== 'queued') {
      await reader.forget(jobId, newest?.number ?? Number.POSITIVE_INFINITY)
      return undefined
    }
    const { job, attempts } = newest.entry
    if (job.project_id !== projectId) return undefined
    const next = { job, phase: 'running', attempts: attempts + 1, started_at: new Date().toISOString() } as const
    const taken = await take(newest, next)
    if (!taken) return undefined
    reader.changed('taken')
    await bucket.remove(queuedMarker(job, newest.number, attempts))
    return { job, attempt: attempts + 1, owner: taken.owner }
  }

  const reopen = async (job: Job): Promise<Job | undefined> => {
    const newest = await log.newest(logOf(job.job_id))
    if (newest?.entry.phase !== 'settled' || newest.entry.job.state !== 'failed') return undefined
    const taken = await take(newest, { job, phase: 'new', attempts: 0, started_at: null })
    return taken && job
  }

  const withUpload: JobStore['withUpload'] = async (jobId, use) => {
    const path = join(tmp, owner(), `job-${jobId}`)
    try {
      const { found } = await bucket.head(jobKeys.upload(jobId))
      if (!found) throw new TintypeError('internal', `The upload of job ${jobId} is missing.`)
      await writeFile(path, bucket.read(jobKeys.upload(jobId), 0, found.bytes)).catch(throwStoreError)
      return await use(path)
    } finally {
      await rm(path, { force: true })
    }
  }

  const finish: JobStore['finish'] = async (claim, job) => {
    const jobId = claim.job.job_id
    const isOurs = await move(requireHold(claimed(claim), jobId), ({ attempts, owner: holder, started_at }) => ({
      ...{ job, phase: 'ended', attempts, owner: holder, started_at },
    }))
    if (!isOurs) throw storeError(new Error(`job ${jobId} was taken from this process`))
    await finished.append(job)
    ending.add(claim)
  }

  const settle: JobStore['settle'] = (claim) =>
    letGo(claimed(claim), async (hold) => {
      const { job } = hold.entry
      const { job_id: jobId } = job
      if (!isFinished(job)) throw new Error(`job ${jobId} has not finished`)
      if (!ending.has(claim)) await finished.append(job)
      if (job.state !== 'succeeded') await settleAs(hold, job)
      if (job.state !== 'failed') await bucket.remove(jobKeys.upload(jobId))
      for (const listener of listeners) listener(job)
    })

  const prune = async ({ finishedBeforeMs, keysBeforeMs }: PruneTimes): Promise<number> => {
    await keys.prune(keysBeforeMs)
    const count = await finished.prune(finishedBeforeMs, async ({ job_id: jobId, finished_at, retries }) => {
      const newest = (await log.newest(logOf(jobId)))?.entry.job
      // A job that was tried again has a later entry.
      if (newest?.finished_at === finished_at && newest.retries === retries) await removeAll(jobId)
    })
    await batches.prune(finishedBeforeMs)
    return count
  }

  return {
    prepare: (job, stage) => prepare(job, stage).catch(throwStoreError),
    reopen: (job) => reopen(job).catch(throwStoreError),

    async admit(jobId) {
      const hold = requireHold(prepared(jobId), jobId)
      if (!(await queue(hold, 0).catch(throwStoreError)))
        throw storeError(new Error(`job ${jobId} was taken from this process`))
      await letGo(hold, async () => {})
      reader.changed('added')
    },

    withdraw,
    leave: async (jobId) => void held.delete(jobId),

    find: (jobId) => findJob(jobId).catch(throwStoreError),
    mayHaveEnded: (jobId) => !isJobId(jobId) || reader.mayHaveEnded(jobId),
    findByKey: (key) => keys.find(key).catch(throwStoreError),
    list: (page) => reader.list(page).catch(throwStoreError),
    addBatch: (batch, stage) => batches.write(batch, stage).catch(throwStoreError),
    findBatch: (batchId) => batches.read(batchId).catch(throwStoreError),
    waiting: () => reader.waiting().catch(throwStoreError),
    mayHaveChanged: reader.mayHaveChanged,
    counts: reader.counts,

    claim: (jobId, projectId) => claim(jobId, projectId).catch(throwStoreError),
    withUpload,

    putBack: async (claim, counts) => {
      const hold = claimed(claim)
      if (!hold) return
      await letGo(hold, () => queue(hold, counts ? claim.attempt : claim.attempt - 1))
      reader.changed('added')
    },

    finish: (done, job, stage) => finish(done, job, stage).catch(throwStoreError),
    settle,

    adopt: () => adopt().catch(throwStoreError),
    repair: () => repair().catch(throwStoreError),
    prune: (before) => prune(before).catch(throwStoreError),

    finishedAfter: (cursor, limit) => finished.after(cursor, limit).catch(throwStoreError),
    newestFinished: () => finished.newest().catch(throwStoreError),
    onFinished(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
