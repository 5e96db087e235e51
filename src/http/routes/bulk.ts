// Route of bulk uploads.

import type { BulkUploadOptions } from '../../services/images/bulk-files.ts'
import type { BulkLimits } from '../../services/images/bulk-limits.ts'
import type { ImageService } from '../../services/images/images.ts'
import type { AcceptedBatch, BatchOutcome } from '../../services/jobs/batches.ts'
import type { JobService } from '../../services/jobs/jobs.ts'
import type { Observer } from '../../telemetry/observer.ts'
import type { Context } from '../context.ts'
import type { Guard } from '../guard.ts'
import { type BulkBody, bulkBodyOf } from '../request/bulk-body.ts'
import { type BulkFiles, readBulkForm } from '../request/bulk-form.ts'
import { openLongBody } from '../request/long-body.ts'
import { counted } from '../request/multipart.ts'
import { dedupeOf, idempotencyKeyOf, prefersAsync, projectIdOf } from '../request/params.ts'
import { batchHeaders, batchUrl, batchView } from '../response/batch-view.ts'
import { answerEarly } from '../response/early-response.ts'
import type { Failures } from '../response/failures.ts'
import { jobView } from '../response/job-view.ts'
import type { Views } from '../response/views.ts'
import type { AcceptedBulkView, BulkResultView, BulkView } from '../schemas/images/bulk.ts'

export interface BulkRouteOptions {
  images: Pick<ImageService, 'uploadAll' | 'filesOf'>
  /** @default every upload is waited for */
  jobs?: Pick<JobService, 'batches'>
  views: Views
  guard: Guard
  failures: Failures
  observer: Pick<Observer, 'received'>
  maxUploadBytes: number
  maxBulkFiles: number
  maxBulkBytes: number
}

export const createBulkRoutes = (options: BulkRouteOptions) => {
  const { images, jobs, views, guard, failures, observer } = options
  const limits: BulkLimits = {
    maxFiles: options.maxBulkFiles,
    maxBytes: options.maxBulkBytes,
    maxUploadBytes: options.maxUploadBytes,
  }

  const open = (projectId: string, body: BulkBody, chunks: AsyncIterable<Uint8Array>): BulkFiles =>
    'form' in body
      ? readBulkForm(body.form, chunks, limits)
      : { files: images.filesOf({ type: body.archive, projectId, chunks, limits }), ignoredFields: () => [] }

  const resultOf = (c: Context, { index, result, ...file }: BatchOutcome): BulkResultView => {
    const name = file.name ?? null
    if ('error' in result) {
      const { status, body } = failures(c, result.error)
      return { index, name, status, problem: { ...body } }
    }
    if ('skipped' in result) return { index, name, status: 204, skipped: result.skipped }
    if ('job' in result) {
      const job = jobView(views, result.job)
      return { index, name, status: 202, job, ...(result.isReplay ? { replayed: true } : {}) }
    }
    const { isNew, isReplay } = result.uploaded
    const image = views.upload(result.uploaded)
    return { index, name, status: isNew ? 201 : 200, image, ...(isReplay ? { replayed: true } : {}) }
  }

  /** Members of both answers that describe the files. */
  const summaryOf = (
    c: Context,
    results: BulkResultView[],
    broken: { error: unknown } | undefined,
    files: BulkFiles,
  ) => {
    const ignored = files.ignoredFields()
    return {
      existing: results.filter(({ status }) => status === 200).length,
      skipped: results.filter(({ skipped }) => skipped).length,
      failed: results.filter(({ problem }) => problem).length,
      results,
      ...(broken ? { problem: { ...failures(c, broken.error).body } } : {}),
      ...(ignored.length > 0 ? { ignored_fields: [...ignored] } : {}),
    }
  }

  const acceptedResponse = (c: Context, accepted: AcceptedBatch<BulkResultView>, files: BulkFiles) => {
    const { reports, broken } = accepted
    const answer: AcceptedBulkView = {
      ...batchView(views, accepted),
      accepted: reports.filter(({ status }) => status === 202).length,
      ...summaryOf(c, reports, broken, files),
    }
    const headers = {
      Location: batchUrl(views, accepted),
      'Preference-Applied': 'respond-async',
      ...batchHeaders(accepted),
    }
    return respond(c, 202, answer, headers)
  }

  return {
    async upload(c: Context) {
      const projectId = projectIdOf(c)
      guard.requireUploader(c, 'upload', projectId)
      // As for a single upload: errors of checks that need no project reveal nothing about it.
      const [idempotencyKey, dedupe] = [idempotencyKeyOf(c), dedupeOf(c)]
      const body = bulkBodyOf(c, limits)
      const { chunks, stop } = openLongBody(c)
      const files = open(projectId, body, counted(chunks, observer))
      const by = await guard.require(c, 'upload', projectId)
      const report = (outcome: BatchOutcome) => resultOf(c, outcome)
      const request: BulkUploadOptions = {
        by,
        signal: c.req.raw.signal,
        stop,
        confirm: () => guard.requireStill(c, 'upload', projectId),
        idempotencyKey,
        dedupe,
      }
      if (jobs && prefersAsync(c, by))
        return acceptedResponse(c, await jobs.batches.accept(projectId, files.files, report, request), files)
      const { reports, broken } = await images.uploadAll(projectId, files.files, report, request)
      if (broken && reports.length === 0) throw broken.error
      const answer: BulkView = {
        project_id: projectId,
        stored: reports.filter(({ status }) => status === 201).length,
        ...summaryOf(c, reports, broken, files),
      }
      return respond(c, 200, answer)
    },
  }
}

/** The rest of a request that broke off may still be on its way. */
const respond = (c: Context, status: 200 | 202, answer: BulkView | AcceptedBulkView, headers = {}): Promise<Response> =>
  answerEarly(c, {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    text: JSON.stringify(answer),
  })
