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

/** Owner of markers that this process could not bring to an end: no workspace has this name. */
const NOBODY = 'nobody000000'

const FAILED = { folder: 'failed', attempts: 0, owner: undefined } as const

export const createFileJobs = ({ storageDir, store, log }: FileJobsOptions): JobStore => {
  const paths = createJobPaths(createPaths(storageDir))
  const syncFolder = createSharedSync()
  const records = createJobRecords(paths)
  const markers = createMarkers(paths, syncFolder)
  const finishedLog = createFinishedLog(paths, records, syncFolder)
  const batches = createBatchRecords({ paths, records, syncFolder })
  /** Markers that this process holds, by job id. */
  const held = new Map<string, PlacedMarker>()
  /** Jobs that this process has finished, until their claims end. */
  const finished = new Map<string, FinishedJob>()
  const listeners = new Set<(job: FinishedJob) => void>()
  const reader = createReader({ paths, records, markers, held })
  const keys = createJobKeys({ paths, find: reader.find, syncFolder })
  const { adopt, repair } = createRepair({ paths, records, markers, held, store, log })

  const holdOf = (jobId: string): PlacedMarker => {
    const marker = held.get(jobId)
    if (!marker) throw storeError(new Error(`job ${jobId} is not held by this process`))
    return marker
  }

  /** Moves a held marker on. False where it was taken. */
  const move = async (jobId: string, to: Partial<PlacedMarker>, isDurable = false): Promise<boolean> => {
    const { owner, ...from } = holdOf(jobId)
    return markers.move({ ...from, owner }, { ...from, ...to }, isDurable)
  }

  /** Ends a hold. What fails is left to any process. */
  const letGo = async (jobId: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      log.warn({ error, jobId }, 'could not bring a job to its next state; leaving it to a sweep')
      await move(jobId, { owner: NOBODY }).catch(() => {})
    } finally {
      held.delete(jobId)
      finished.delete(jobId)
    }
  }

  const letWait = async (jobId: string, attempts: number): Promise<void> => {
    await letGo(jobId, () => move(jobId, { folder: 'queued', attempts, owner: undefined }))
    reader.changed('added')
  }

  const removeAll = async (jobId: string): Promise<void> => {
    const marker = holdOf(jobId)
    await removeFile(paths.upload(jobId))
    await removeFile(paths.record(jobId))
    await markers.remove(marker)
  }

  const restoreFailed = async (job: Job, stage: Stage): Promise<void> => {
    const jobId = job.job_id
    if (!isFinished(job)) await records.write({ ...job, state: 'failed' }, stage)
    await syncFolder(paths.day(jobId))
    await finishedLog.append(jobId)
    await move(jobId, FAILED, true)
  }

  const prepare = async (job: Job, stage: Stage): Promise<SeenJob | undefined> => {
    const { job_id: jobId, project_id: projectId } = job
    const marker: PlacedMarker = { folder: 'new', jobId, projectId, attempts: 0, owner: store.owner() }
    if (!existsSync(paths.uploads)) await makeFolder(paths.uploads)
    refuseLinks(paths.root, paths.uploads)
    held.set(jobId, marker)
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
      if (before) await letGo(jobId, () => removeAll(jobId))
      return before
    } catch (error) {
      await letGo(jobId, () => removeAll(jobId))
      throw error
    }
  }

  const reopen = async (job: Job, stage: Stage): Promise<Job | undefined> => {
    const { job_id: jobId, project_id: projectId } = job
    const failed: PlacedMarker = { folder: 'failed', jobId, projectId, attempts: 0 }
    const marker: PlacedMarker = { ...failed, folder: 'new', owner: store.owner() }
    if (!(await markers.move(failed, marker, true))) return undefined
    held.set(jobId, marker)
    try {
      await records.write(job, stage)
      await syncFolder(paths.day(jobId))
      return job
    } catch (error) {
      await letGo(jobId, () => restoreFailed(job, stage))
      throw error
    }
  }

  const finish = async ({ job: { job_id: jobId } }: Claim, job: FinishedJob, stage: Stage): Promise<void> => {
    await records.write(job, stage)
    await syncFolder(paths.day(jobId))
    await finishedLog.append(jobId)
    finished.set(jobId, job)
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
      const isOurs = await move(jobId, { folder: 'queued', owner: undefined }, true).catch(throwStoreError)
      held.delete(jobId)
      if (!isOurs) throw storeError(new Error(`job ${jobId} was taken from this process`))
      reader.changed('added')
    },

    withdraw: (jobId, stage) =>
      letGo(jobId, async () => {
        const job = await records.read(jobId)
        // A process that died at the begin of `reopen` has only moved the marker of a failed job.
        const hasFailed = job && (isFinished(job) || job.retries > 0)
        await (hasFailed ? restoreFailed(job, stage) : removeAll(jobId))
      }),

    leave: (jobId) => letGo(jobId, () => move(jobId, { owner: NOBODY })),

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
      const marker = await markers.take({ jobId, projectId, owner: store.owner() }).catch(throwStoreError)
      if (!marker) return undefined
      held.set(jobId, marker)
      reader.changed('taken')
      const job = await records.read(jobId).catch(async (error: unknown) => {
        await letWait(jobId, marker.attempts - 1)
        throw storeError(error)
      })
      if (job) return { job, attempt: marker.attempts, owner: marker.owner }
      // Missing or damaged: the job cannot go on.
      log.error({ jobId, projectId }, 'the record of a job cannot be read; leaving the job out')
      await letGo(jobId, () => markers.remove(marker))
      return undefined
    },

    async withUpload(jobId, use) {
      const path = paths.upload(jobId)
      if (!plainFileStats(path)) throw new TintypeError('internal', `The upload of job ${jobId} is missing.`)
      return use(path)
    },

    async putBack({ job: { job_id: jobId }, attempt }, counts) {
      await letWait(jobId, counts ? attempt : attempt - 1)
    },

    finish: (claim, job, stage) => finish(claim, job, stage).catch(throwStoreError),

    settle: ({ job: { job_id: jobId } }) =>
      letGo(jobId, async () => {
        const job = finished.get(jobId) ?? (await finishedLog.appendAgain(jobId))
        if (job.state === 'failed') await move(jobId, FAILED, true)
        else {
          await removeFile(paths.upload(jobId))
          await markers.remove(holdOf(jobId))
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
