// Jobs on plain files; layout.ts describes them.

import { existsSync } from 'node:fs'
import { rename, rmdir } from 'node:fs/promises'
import { TintypeError } from '../../core/errors.ts'
import { type FinishedJob, isFinished, isJobId, type Job, type SeenJob } from '../../core/jobs/job.ts'
import { isProjectId } from '../../core/names.ts'
import type { Logger } from '../../telemetry/logger.ts'
import {
  allDone,
  createSharedSync,
  makeFolder,
  removeFile,
  storeError,
  sync,
  throwStoreError,
} from '../file/fs/durable.ts'
import { plainFileStats, refuseLinks } from '../file/fs/no-follow.ts'
import { createPaths } from '../file/paths.ts'
import type { Stage, Store } from '../store.ts'
import { createBatchRecords } from './batches.ts'
import { createFinishedLog } from './finished-log.ts'
import { createHolds, requireHold } from './holds.ts'
import type { Claim, JobStore, PruneTimes } from './job-store.ts'
import { createJobKeys } from './keys.ts'
import { createJobPaths } from './layout.ts'
import { createMarkers, type PlacedMarker } from './markers.ts'
import { createReader } from './reader.ts'
import { createJobRecords } from './records.ts'
import { createRepair } from './repair.ts'

export interface FileJobsOptions {
  /** Folder of the store. */
  storageDir: string
  store: Pick<Store, 'owner' | 'sweep'>
  log: Logger
}

const FAILED = { folder: 'failed', attempts: 0, owner: undefined } as const

export const createFileJobs = ({ storageDir, store, log }: FileJobsOptions): JobStore => {
  const paths = createJobPaths(createPaths(storageDir))
  const syncFolder = createSharedSync()
  const records = createJobRecords(paths)
  const markers = createMarkers(paths, syncFolder)
  const finishedLog = createFinishedLog(paths, records, syncFolder)
  const batches = createBatchRecords({ paths, records, syncFolder })
  const holds = createHolds(markers, log)
  const { move, letGo } = holds
  /** Jobs that this process has finished, by their claims. */
  const finished = new WeakMap<Claim, FinishedJob>()
  const listeners = new Set<(job: FinishedJob) => void>()
  const reader = createReader({ paths, records, markers, held: holds.held })
  const keys = createJobKeys({ paths, find: reader.find, syncFolder })
  const { adopt, repair } = createRepair({ paths, records, markers, holds, store, log })

  const letWait = async (hold: PlacedMarker | undefined, attempts: number): Promise<void> => {
    if (!hold) return
    await letGo(hold, () => move(hold, { folder: 'queued', attempts, owner: undefined }))
    reader.changed('added')
  }

  /** Of one job: most of the time of an asynchronous read goes to threads. */
  const readClaimed = async (hold: PlacedMarker): Promise<Job | undefined> => {
    try {
      return records.readNow(hold.jobId)
    } catch (error) {
      await letWait(hold, hold.attempts - 1)
      throw storeError(error)
    }
  }

  const removeAll = async (hold: PlacedMarker): Promise<void> => {
    await removeFile(paths.upload(hold.jobId))
    await removeFile(paths.record(hold.jobId))
    await markers.remove(hold)
  }

  const restoreFailed = async (hold: PlacedMarker, job: Job, stage: Stage): Promise<void> => {
    const jobId = job.job_id
    if (!isFinished(job)) await records.write({ ...job, state: 'failed' }, stage)
    await syncFolder(paths.day(jobId))
    await finishedLog.append(jobId)
    await move(hold, FAILED, true)
  }

  const prepare = async (job: Job, stage: Stage): Promise<SeenJob | undefined> => {
    const { job_id: jobId, project_id: projectId } = job
    const marker: PlacedMarker = { folder: 'new', jobId, projectId, attempts: 0, owner: store.owner() }
    if (!existsSync(paths.uploads)) await makeFolder(paths.uploads)
    refuseLinks(paths.root, paths.uploads)
    holds.hold(marker)
    try {
      // Before the upload: one without a marker would be repaired by a process that starts, or stay behind a killed one.
      await markers.create(marker, false)
      await rename(stage.uploadPath, paths.upload(jobId))
      await records.write(job, stage)
      await allDone([
        sync(paths.upload(jobId)),
        syncFolder(paths.uploads),
        syncFolder(paths.day(jobId)),
        syncFolder(paths.markers('new')),
      ])
      const before = job.upload.key === undefined ? undefined : await keys.take(jobId, job.upload.key, stage)
      if (before) await letGo(marker, removeAll)
      return before
    } catch (error) {
      await letGo(marker, removeAll)
      throw error
    }
  }

  const reopen = async (job: Job, stage: Stage): Promise<Job | undefined> => {
    const { job_id: jobId, project_id: projectId } = job
    const failed: PlacedMarker = { folder: 'failed', jobId, projectId, attempts: 0 }
    const marker: PlacedMarker = { ...failed, folder: 'new', owner: store.owner() }
    const isOurs = async () => ((await markers.move(failed, marker, true)) ? marker : undefined)
    if (!(await holds.take(jobId, isOurs))) return undefined
    try {
      await records.write(job, stage)
      await syncFolder(paths.day(jobId))
      return job
    } catch (error) {
      await letGo(marker, () => restoreFailed(marker, job, stage))
      throw error
    }
  }

  const finish = async (claim: Claim, job: FinishedJob, stage: Stage): Promise<void> => {
    const jobId = claim.job.job_id
    requireHold(holds.claimed(claim), jobId)
    await records.write(job, stage)
    await syncFolder(paths.day(jobId))
    await finishedLog.append(jobId)
    finished.set(claim, job)
  }

  const prune = async ({ finishedBeforeMs, keysBeforeMs }: PruneTimes): Promise<number> => {
    await keys.prune(keysBeforeMs)
    const count = await finishedLog.prune(finishedBeforeMs, async ({ job_id: jobId, project_id: projectId }) => {
      await markers.remove({ folder: 'failed', jobId, projectId, attempts: 0 })
      await removeFile(paths.upload(jobId))
      await removeFile(paths.record(jobId))
      // Fails where other jobs of the day are kept.
      await rmdir(paths.day(jobId)).catch(() => {})
    })
    await batches.prune(finishedBeforeMs)
    return count
  }

  return {
    prepare: (job, stage) => prepare(job, stage).catch(throwStoreError),
    reopen: (job, stage) => reopen(job, stage).catch(throwStoreError),

    async admit(jobId) {
      const hold = requireHold(holds.prepared(jobId), jobId)
      const isOurs = await move(hold, { folder: 'queued', owner: undefined }, true).catch(throwStoreError)
      holds.drop(hold)
      if (!isOurs) throw storeError(new Error(`job ${jobId} was taken from this process`))
      reader.changed('added')
    },

    withdraw: (jobId, stage) =>
      letGo(holds.prepared(jobId), async (hold) => {
        const job = await records.read(jobId)
        // A process that died at the begin of `reopen` has only moved the marker of a failed job.
        const hasFailed = job && (isFinished(job) || job.retries > 0)
        await (hasFailed ? restoreFailed(hold, job, stage) : removeAll(hold))
      }),

    leave: holds.leave,

    find: (jobId) => reader.find(jobId).catch(throwStoreError),
    mayHaveEnded: finishedLog.mayHave,
    findByKey: (key) => keys.find(key).catch(throwStoreError),
    list: (page) => reader.list(page).catch(throwStoreError),
    addBatch: (batch, stage) => batches.write(batch, stage).catch(throwStoreError),
    findBatch: (batchId) => batches.read(batchId).catch(throwStoreError),
    waiting: () => reader.waiting().catch(throwStoreError),
    mayHaveChanged: reader.mayHaveChanged,
    counts: reader.counts,

    async claim(jobId, projectId) {
      // Of a message, which may hold any text.
      if (!isJobId(jobId) || !isProjectId(projectId)) return undefined
      const take = () => markers.take({ jobId, projectId, owner: store.owner() })
      const marker = await holds.take(jobId, take).catch(throwStoreError)
      if (!marker) return undefined
      reader.changed('taken')
      const job = await readClaimed(marker)
      if (job) return { job, attempt: marker.attempts, owner: marker.owner }
      // Missing or damaged: the job cannot go on.
      log.error({ jobId, projectId }, 'the record of a job cannot be read; leaving the job out')
      await letGo(marker, markers.remove)
      return undefined
    },

    async withUpload(jobId, use) {
      const path = paths.upload(jobId)
      if (!plainFileStats(path)) throw new TintypeError('internal', `The upload of job ${jobId} is missing.`)
      return use(path)
    },

    putBack: (claim, counts) => letWait(holds.claimed(claim), counts ? claim.attempt : claim.attempt - 1),

    finish: (claim, job, stage) => finish(claim, job, stage).catch(throwStoreError),

    settle: (claim) =>
      letGo(holds.claimed(claim), async (hold) => {
        const job = finished.get(claim) ?? (await finishedLog.appendAgain(hold.jobId))
        if (job.state === 'failed') await move(hold, FAILED, true)
        else {
          await removeFile(paths.upload(hold.jobId))
          await markers.remove(hold)
        }
        for (const listener of listeners) listener(job)
      }),

    adopt: () => adopt().catch(throwStoreError),
    repair: () => repair().catch(throwStoreError),
    prune: (before) => prune(before).catch(throwStoreError),

    finishedAfter: (cursor, limit) => finishedLog.after(cursor, limit).catch(throwStoreError),
    newestFinished: () => finishedLog.newest().catch(throwStoreError),
    onFinished(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
