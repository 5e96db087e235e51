// Checks the jobs: their records can be read, their uploads are there, and what waits can be made.

import { join } from 'node:path'
import { batchSchema } from '../../../../core/jobs/batch.ts'
import { isJobId, type Job } from '../../../../core/jobs/job.ts'
import { isPending } from '../../../../core/jobs/pending.ts'
import { createJobPaths, type JobPaths, type MarkerFolder, parseMarker } from '../../../jobs/layout.ts'
import { sync, writeNew } from '../../fs/durable.ts'
import { confirmedFindings, type DoctorContext } from '../context.ts'
import type { Problem, ProblemKind } from '../problem.ts'
import { describeType, iterateNames, listNames, parseJson, readText, statOf } from '../read/files.ts'
import {
  FINISHED_FOLDER,
  type FoundMarker,
  finishedNumber,
  jobIdOfRecord,
  olderFinished,
  readJob,
  readMarkers,
  recordedJobs,
} from '../read/jobs.ts'
import { moveToLost, unknownEntry } from './strays.ts'

interface Fault {
  kind: ProblemKind
  path: string
  detail: string
  isRemains?: boolean
  /** Entries that a repair takes out of the store. */
  files: readonly string[]
  /** Marker that a repair makes instead. */
  marker?: string
}

const MARKER_FOLDERS = ['new', 'queued', 'running', 'failed'] as const satisfies readonly MarkerFolder[]

/** Age from which an upload without a record is of no process that is still at it, in milliseconds. */
const ABANDONED_MS = 3_600_000

export async function* checkJobs(context: DoctorContext): AsyncGenerator<Problem> {
  const paths = createJobPaths(context.paths)
  yield* checkNames(context, paths)
  for (const fault of await confirmedFindings(context, () => findFaults(context, paths)))
    yield problemOf(context, fault)
}

const problemOf = (context: DoctorContext, { files, marker, path, ...fault }: Fault): Problem => ({
  ...fault,
  path: context.relativePath(path),
  async repair() {
    if (marker !== undefined) {
      await writeNew(marker, '', false)
      await sync(join(marker, '..'))
      return 'it waits again'
    }
    const done: string[] = []
    for (const file of files) if (await statOf(file)) done.push(await moveToLost(context, file))
    return done.join(', ') || 'already gone'
  },
})

/** Entries that no version has written. */
async function* checkNames(context: DoctorContext, paths: JobPaths): AsyncGenerator<Problem> {
  const { records, uploads, keys, batches, finished } = paths
  const known = [records, uploads, keys, batches, finished, ...MARKER_FOLDERS.map(paths.markers)]
  for (const name of await listNames(paths.jobs)) {
    const path = join(paths.jobs, name)
    const stats = await statOf(path)
    if (!known.includes(path)) yield unknownEntry(context, path)
    // Links are reported with those in place of other folders.
    else if (stats && !stats.isDirectory() && !stats.isSymbolicLink())
      yield {
        kind: 'odd_entry',
        path: context.relativePath(path),
        detail: `expected a folder, found ${describeType(stats)}; no job can be kept`,
        repair: () => moveToLost(context, path),
      }
  }
  for (const folder of MARKER_FOLDERS.map(paths.markers))
    for await (const name of iterateNames(folder))
      if (!parseMarker(name)) yield unknownEntry(context, join(folder, name))
  for await (const name of iterateNames(uploads)) if (!isJobId(name)) yield unknownEntry(context, join(uploads, name))
  for await (const name of iterateNames(batches))
    if (jobIdOfRecord(name) === undefined) yield unknownEntry(context, join(batches, name))
  for (const day of await listNames(records))
    for await (const name of iterateNames(join(records, day)))
      if (jobIdOfRecord(name) === undefined) yield unknownEntry(context, join(records, day, name))
  for (const folder of await listNames(finished)) {
    if (!FINISHED_FOLDER.test(folder)) yield unknownEntry(context, join(finished, folder))
    else
      for await (const name of iterateNames(join(finished, folder)))
        if (finishedNumber(paths, folder, name) === undefined) yield unknownEntry(context, join(finished, folder, name))
  }
}

/** By a key that is the same as long as the fault is. */
const findFaults = async (context: DoctorContext, paths: JobPaths): Promise<ReadonlyMap<string, Fault>> => {
  const faults = new Map<string, Fault>()
  const add = (fault: Fault | undefined) => fault && faults.set(`${fault.kind} ${fault.path}`, fault)
  const markers = await readMarkers(paths)
  for (const marker of markers.values()) if (marker.folder !== 'new') add(await faultOfMarked(context, paths, marker))
  for await (const jobId of recordedJobs(paths)) if (!markers.has(jobId)) add(await faultOfUnmarked(paths, jobId))
  for await (const jobId of iterateNames(paths.uploads))
    if (isJobId(jobId) && !markers.has(jobId)) add(await faultOfUpload(paths, jobId))
  for await (const path of olderFinished(paths)) add(await faultOfFinished(path))
  for await (const name of iterateNames(paths.batches))
    if (jobIdOfRecord(name) !== undefined) add(await faultOfBatch(join(paths.batches, name)))
  return faults
}

/** A job that waits, runs, or has failed and can be tried again. */
const faultOfMarked = async (
  context: DoctorContext,
  paths: JobPaths,
  { jobId, projectId, folder, path }: FoundMarker,
): Promise<Fault | undefined> => {
  const [record, upload] = [paths.record(jobId), paths.upload(jobId)]
  const found = await readJob(record)
  if (!('job' in found)) {
    const detail = `the record ${found.fault}, so that the job cannot be made`
    return { kind: 'job_damaged', path: record, detail, files: [record, upload, path] }
  }
  const { state } = found.job
  const isOpen = state === 'accepted' && (await isPendingIn(context, found.job))
  const needsUpload = isOpen || (state === 'failed' && folder === 'failed')
  if (needsUpload && !(await statOf(upload))?.isFile()) {
    const after = state === 'failed' ? 'it cannot be tried again' : 'its image cannot be made'
    return {
      kind: 'job_upload_missing',
      path: upload,
      detail: `the upload of a job is missing: ${after}`,
      files: state === 'failed' ? [path] : [path, record],
    }
  }
  if (state !== 'accepted' || folder === 'failed' || (await statOf(context.paths.project(projectId)))) return undefined
  return {
    kind: 'job_stranded',
    path,
    detail: `there is no project "${projectId}"; a server ends the job as cancelled`,
    isRemains: true,
    files: [path, record, upload],
  }
}

/** False where an earlier attempt has made the image, so that the job only ends; also where the project cannot be read. */
const isPendingIn = async ({ heads }: DoctorContext, { project_id: projectId, image_id: imageId }: Job) => {
  const head = await heads.read(projectId).catch(() => undefined)
  return head !== undefined && isPending(head.state, imageId)
}

const faultOfUnmarked = async (paths: JobPaths, jobId: string): Promise<Fault | undefined> => {
  const record = paths.record(jobId)
  const found = await readJob(record)
  if (!('job' in found)) {
    if (found.isMissing) return undefined
    const files = [record, paths.upload(jobId)]
    return { kind: 'job_damaged', path: record, detail: `the record of a job ${found.fault}`, files }
  }
  if (found.job.state !== 'accepted' || (await statOf(paths.upload(jobId)))) return undefined
  const detail = 'the job waits, but its upload and its marker are missing: its image cannot be made'
  return { kind: 'job_upload_missing', path: record, detail, files: [record] }
}

/** What a backup or a power cut has torn apart, which a start of a server repairs. */
const faultOfUpload = async (paths: JobPaths, jobId: string): Promise<Fault | undefined> => {
  const upload = paths.upload(jobId)
  const found = await readJob(paths.record(jobId))
  const left = { path: upload, isRemains: true, files: [upload] }
  if ('job' in found) {
    const { state, project_id: projectId } = found.job
    if (state === 'succeeded' || state === 'cancelled')
      return { ...left, kind: 'temporary_left', detail: 'its job has ended; the next start of a server removes it' }
    const marker = paths.marker(state === 'failed' ? 'failed' : 'queued', { jobId, projectId, attempts: 0 })
    return { ...left, kind: 'job_left', detail: 'its job has no marker; the next start of a server makes it', marker }
  }
  const stats = await statOf(upload)
  if (!found.isMissing || !stats || Date.now() - stats.ctimeMs < ABANDONED_MS) return undefined
  return { ...left, kind: 'temporary_left', detail: 'it has no job; the next start of a server removes it' }
}

const faultOfFinished = async (path: string): Promise<Fault | undefined> => {
  const found = await readJob(path)
  if ('job' in found || found.isMissing) return undefined
  return {
    kind: 'job_damaged',
    path,
    detail: `the record of a finished job ${found.fault}; webhooks do not tell of it`,
    files: [path],
  }
}

const faultOfBatch = async (path: string): Promise<Fault | undefined> => {
  const file = await readText(path)
  if (file.type === 'missing' || (file.type === 'text' && batchSchema.safeParse(parseJson(file.text)).success))
    return undefined
  const what = file.type === 'unusable' ? file.description : 'damaged'
  return { kind: 'job_damaged', path, detail: `the record of a batch is ${what}; its jobs are not`, files: [path] }
}
