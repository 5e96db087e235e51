// Reads of jobs: a record, and the marker that says whether it waits or runs.

import { lstatSync } from 'node:fs'
import { isFinished, type Job, jobTimeOf, MAX_ATTEMPTS, type SeenJob } from '../../core/jobs/job.ts'
import type { JobCounts, JobPage, WaitingJob } from './job-store.ts'
import type { JobPaths } from './layout.ts'
import type { Markers, PlacedMarker } from './markers.ts'
import type { JobRecords } from './records.ts'

export interface JobReader {
  find(jobId: string): Promise<SeenJob | undefined>
  list(page: JobPage): Promise<SeenJob[]>
  waiting(): Promise<readonly WaitingJob[]>
  mayHaveChanged(): boolean
  counts(): JobCounts
  /** Counts changes of this process, until the next listing. */
  changed(change: 'added' | 'taken'): void
}

/** Markers by job id. */
type Snapshot = ReadonlyMap<string, PlacedMarker>

/** Reads of a job that moves meanwhile. */
const MOST_READS = 4

/** Times of files are as coarse as this, in milliseconds: a younger folder may change without a new time. */
const COARSE_MS = 50

const READ_AT_ONCE = 32

export interface ReaderOptions {
  paths: JobPaths
  records: JobRecords
  markers: Markers
  /** Markers that this process holds, by job id. */
  held: ReadonlyMap<string, PlacedMarker>
}

export const createReader = ({ paths, records, markers, held }: ReaderOptions): JobReader => {
  let listed = { mtimeMs: -1, atMs: 0 }
  let counts: JobCounts = { queued: 0, oldestMs: undefined }

  const seen = (job: Job, marker: PlacedMarker | undefined): SeenJob => {
    if (isFinished(job) && !isEnding(job, marker))
      return { job, state: job.state, attempts: job.attempts, startedAt: job.started_at }
    if (isFinished(job)) return { job, state: 'running', attempts: job.attempts, startedAt: job.started_at }
    const attempts = job.attempts + (marker?.attempts ?? 0)
    const startedMs = marker?.folder === 'running' ? markers.changedMs(marker) : undefined
    if (startedMs === undefined) return { job, state: 'queued', attempts, startedAt: null }
    return { job, state: 'running', attempts, startedAt: new Date(startedMs).toISOString() }
  }

  /** The marker of a job that waits, without a listing. */
  const findQueued = ({ job_id: jobId, project_id: projectId }: Job): PlacedMarker | undefined => {
    for (let attempts = 0; attempts <= MAX_ATTEMPTS; attempts++) {
      const marker = { folder: 'queued', jobId, projectId, attempts } as const
      if (markers.exists(marker)) return marker
    }
    return undefined
  }

  const listedIn = async (folder: 'new' | 'running', jobId: string): Promise<PlacedMarker | undefined> =>
    (await markers.list(folder)).find((marker) => marker.jobId === jobId)

  /** The marker of a job that this process works on, without a listing. */
  const findOwn = (jobId: string): PlacedMarker | undefined => {
    const own = held.get(jobId)
    return own?.folder === 'running' && markers.exists(own) ? own : undefined
  }

  const find = async (jobId: string): Promise<SeenJob | undefined> => {
    for (let reads = 1; ; reads++) {
      const job = records.readNow(jobId)
      if (!job) return undefined
      if (isFinished(job)) return seen(job, job.state === 'succeeded' ? undefined : await listedIn('running', jobId))
      const marker = findOwn(jobId) ?? findQueued(job) ?? (await listedIn('running', jobId))
      if (marker) return seen(job, marker)
      if (job.retries === 0 && (await listedIn('new', jobId))) return undefined
      // It moved between two looks, or has finished.
      if (reads === MOST_READS) return seen(job, undefined)
    }
  }

  const snapshot = async (): Promise<Snapshot> => {
    const found = new Map<string, PlacedMarker>()
    // In the order of a job's way, so that one that moves on meanwhile is found.
    for (const folder of ['new', 'queued', 'running'] as const)
      for (const marker of await markers.list(folder)) found.set(marker.jobId, marker)
    return found
  }

  return {
    find,

    async list({ tag, after, limit, matches = () => true }) {
      const found: SeenJob[] = []
      const all = await snapshot()
      const take = async (ids: readonly string[]): Promise<void> => {
        const jobs = await Promise.all(ids.map((id) => records.read(id)))
        for (const job of jobs) {
          const marker = job && all.get(job.job_id)
          if (!job || (marker?.folder === 'new' && job.retries === 0)) continue
          // Accepted, put back or finished since the listing.
          const one = isFinished(job) || marker ? seen(job, marker) : await find(job.job_id)
          if (one && matches(one) && found.length < limit) found.push(one)
        }
      }
      let batch: string[] = []
      for await (const id of records.ids(tag, after)) {
        batch.push(id)
        if (batch.length < READ_AT_ONCE) continue
        await take(batch)
        batch = []
        if (found.length >= limit) return found
      }
      await take(batch)
      return found
    },

    async waiting() {
      const mtimeMs = mtimeOf(paths)
      const atMs = Date.now()
      const all = await markers.list('queued')
      all.sort((one, other) => (one.jobId < other.jobId ? -1 : 1))
      listed = { mtimeMs, atMs }
      const [oldest] = all
      counts = { queued: all.length, oldestMs: oldest && jobTimeOf(oldest.jobId) }
      return all.map(({ jobId, projectId, attempts }) => ({ jobId, projectId, attempts }))
    },

    mayHaveChanged() {
      const mtimeMs = mtimeOf(paths)
      return mtimeMs !== listed.mtimeMs || (mtimeMs > 0 && listed.atMs - mtimeMs < COARSE_MS)
    },

    counts: () => counts,

    changed(change) {
      const queued = Math.max(0, counts.queued + (change === 'added' ? 1 : -1))
      counts = { queued, oldestMs: queued === 0 ? undefined : (counts.oldestMs ?? Date.now()) }
    },
  }
}

/** True until the image of a job that was not made is pending no more, and a failed one can be tried again. */
const isEnding = ({ state }: Job, marker: PlacedMarker | undefined): boolean =>
  state !== 'succeeded' && marker?.folder === 'running'

/** 0 where there is no folder yet. */
const mtimeOf = (paths: JobPaths): number => lstatSync(paths.markers('queued'), { throwIfNoEntry: false })?.mtimeMs ?? 0
