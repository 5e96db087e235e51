// Batches: accepts the files of one bulk upload as jobs, and counts these jobs together.

import { isAdmin, type Principal } from '../../core/auth/access.ts'
import { inGroups } from '../../core/in-groups.ts'
import { type Batch, type SeenBatch, unknownBatch } from '../../core/jobs/batch.ts'
import { isOwn, newJobId, type SeenJob } from '../../core/jobs/job.ts'
import type { JobStore } from '../../stores/jobs/job-store.ts'
import type { Store } from '../../stores/store.ts'
import {
  type BegunFile,
  type BulkFile,
  type BulkOutcome,
  type BulkUploaded,
  type BulkUploadOptions,
  createEvent,
  receiveEach,
} from '../images/bulk-files.ts'
import type { UploadOptions } from '../images/upload.ts'
import type { Acceptance, AcceptedUpload } from './accept.ts'

export interface BatchServiceOptions {
  store: Pick<Store, 'stage'>
  jobs: Pick<JobStore, 'addBatch' | 'findBatch' | 'find'>
  acceptance: Pick<Acceptance, 'upload'>
  now(): Date
}

/** The outcome of one file: its job, or the image that answers it. */
export type BatchOutcome = BulkOutcome<AcceptedUpload>

export interface AcceptedBatch<Report> extends SeenBatch, BulkUploaded<Report> {}

export interface BatchService {
  /**
   * Accepts files as jobs. The batch is durable, and so are its jobs. Where a file cannot be accepted, its outcome says why.
   *
   * @param report called for each file, in their order
   * @throws TintypeError where no file was received at all: the reason; `store_unavailable`, `storage_full`
   */
  accept<Report>(
    projectId: string,
    files: AsyncIterable<BulkFile>,
    report: (outcome: BatchOutcome) => Report,
    options?: BulkUploadOptions,
  ): Promise<AcceptedBatch<Report>>
  /** @throws TintypeError `batch_not_found`, also for a batch of another principal */
  find(batchId: string, by: Principal): Promise<SeenBatch>
}

/** Uploads of one request that are made durable at the same time, while the next one is received. */
const AT_ONCE = 8

/** Jobs of a batch that are read at the same time. */
const READ_AT_ONCE = 32

export const createBatchService = ({ store, jobs, acceptance, now }: BatchServiceOptions): BatchService => {
  const begin = (projectId: string, file: BulkFile, request: UploadOptions): BegunFile<AcceptedUpload> => {
    const { happened: received, happen: receive } = createEvent()
    const details = () => {
      const all = file.details()
      receive()
      return all
    }
    const done = acceptance.upload(projectId, file.content, { ...request, details }).finally(receive)
    return { received, done }
  }

  const write = async (projectId: string, ids: string[], by: Principal | undefined): Promise<Batch> => {
    const at = now()
    const batch: Batch = {
      batch_id: newJobId(at.getTime(), by),
      project_id: projectId,
      by,
      created_at: at.toISOString(),
      jobs: ids,
    }
    const stage = await store.stage(projectId)
    try {
      await jobs.addBatch(batch, stage)
      return batch
    } finally {
      await stage.discard()
    }
  }

  return {
    async accept(projectId, files, report, options = {}) {
      const { by, signal, confirm, dedupe } = options
      const underWay = new Set<Promise<unknown>>()
      const beginOne = async (file: BulkFile, idempotencyKey: string | undefined) => {
        while (underWay.size >= AT_ONCE) await Promise.race(underWay)
        const begun = begin(projectId, file, { by, signal, confirm, dedupe, idempotencyKey })
        const ended = begun.done.catch(() => {}).finally(() => underWay.delete(ended))
        underWay.add(ended)
        return begun
      }
      const { reports: outcomes, broken } = await receiveEach(files, beginOne, (outcome) => outcome, options)
      if (broken && outcomes.length === 0) throw broken.error
      const accepted: SeenJob[] = outcomes.flatMap(({ result }) => ('job' in result ? [result.job] : []))
      const ids = accepted.map(({ job }) => job.job_id)
      const batch = await write(projectId, ids, by)
      return { batch, jobs: accepted, reports: outcomes.map(report), broken }
    },

    async find(batchId, by) {
      const batch = await jobs.findBatch(batchId)
      if (!batch || !(isAdmin(by) || isOwn(batch, by))) throw unknownBatch(batchId)
      return { batch, jobs: await inGroups(batch.jobs, READ_AT_ONCE, jobs.find) }
    },
  }
}
