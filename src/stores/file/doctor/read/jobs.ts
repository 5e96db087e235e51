// Reads the files of jobs, as far as the doctor compares them: markers, records and uploads.

import { join } from 'node:path'
import { isJobId, type Job, jobSchema } from '../../../../core/jobs/job.ts'
import { type JobPaths, type Marker, type MarkerFolder, parseMarker } from '../../../jobs/layout.ts'
import { iterateNames, listNames, parseJson, readText } from './files.ts'

export interface FoundMarker extends Marker {
  folder: MarkerFolder
  path: string
}

/** A record, or why there is none that can be used, as the end of a sentence. */
export type FoundJob = { job: Job } | { fault: string; isMissing: boolean }

/** In the order of a job's way. Those that wait are listed twice: an attempt may be put back meanwhile. */
const FOLDERS = ['new', 'queued', 'running', 'failed', 'queued'] as const satisfies readonly MarkerFolder[]

/** The newest marker of each job. */
export const readMarkers = async (paths: JobPaths): Promise<Map<string, FoundMarker>> => {
  const found = new Map<string, FoundMarker>()
  for (const folder of FOLDERS)
    for (const name of await listNames(paths.markers(folder))) {
      const marker = parseMarker(name)
      if (marker) found.set(marker.jobId, { ...marker, folder, path: join(paths.markers(folder), name) })
    }
  return found
}

export const readJob = async (path: string): Promise<FoundJob> => {
  const file = await readText(path)
  if (file.type === 'missing') return { fault: 'is missing', isMissing: true }
  if (file.type === 'unusable') return { fault: `is ${file.description}`, isMissing: false }
  const { data } = jobSchema.safeParse(parseJson(file.text))
  return data ? { job: data } : { fault: 'is damaged', isMissing: false }
}

/** Ids of the jobs that have a record, day by day. */
export async function* recordedJobs(paths: JobPaths): AsyncGenerator<string> {
  for (const day of await listNames(paths.records))
    for await (const name of iterateNames(join(paths.records, day))) {
      const jobId = jobIdOfRecord(name)
      if (jobId !== undefined) yield jobId
    }
}

export const jobIdOfRecord = (name: string): string | undefined => {
  const jobId = name.slice(0, -'.json'.length)
  return name.endsWith('.json') && isJobId(jobId) ? jobId : undefined
}

/** Name of a folder of finished jobs. */
export const FINISHED_FOLDER = /^(?:0|[1-9]\d*)$/

const FINISHED_ENTRY = /^([1-9]\d*)\.json$/

/** Number of an entry of the finished jobs. Undefined for a name that none has in this folder. */
export const finishedNumber = (paths: JobPaths, folder: string, name: string): number | undefined => {
  const number = Number(FINISHED_ENTRY.exec(name)?.[1])
  return paths.finishedEntry(number) === join(paths.finished, folder, name) ? number : undefined
}

/**
 * Paths of the finished jobs, without the newest: the log goes on at its number. Without it the number would be given
 * again, to a job that a webhook takes for delivered.
 */
export async function* olderFinished(paths: JobPaths): AsyncGenerator<string> {
  const folders = (await listNames(paths.finished)).filter((name) => FINISHED_FOLDER.test(name))
  let newest: number | undefined
  for (const folder of folders.sort((one, other) => Number(one) - Number(other))) {
    const names = await listNames(join(paths.finished, folder))
    const numbers = names.flatMap((name) => finishedNumber(paths, folder, name) ?? [])
    for (const number of numbers.sort((one, other) => one - other)) {
      if (newest !== undefined) yield paths.finishedEntry(newest)
      newest = number
    }
  }
}

/**
 * Images of a project that a job has yet to make. Undefined where that is unknown: a record cannot be read.
 *
 * A job is on the disk before its image is pending, and until it is pending no more.
 */
export const imagesOfJobs = async (paths: JobPaths, projectId: string): Promise<ReadonlySet<string> | undefined> => {
  const markers = await readMarkers(paths)
  const ids = new Set(
    [...markers.values()].filter((marker) => marker.projectId === projectId).map((each) => each.jobId),
  )
  // Without a marker they are accepted again at the next start.
  for (const jobId of await listNames(paths.uploads)) if (isJobId(jobId) && !markers.has(jobId)) ids.add(jobId)
  const images = new Set<string>()
  for (const jobId of ids) {
    const found = await readJob(paths.record(jobId))
    if ('job' in found) images.add(found.job.image_id)
    else if (markers.has(jobId) && markers.get(jobId)?.folder !== 'new') return undefined
  }
  return images
}
