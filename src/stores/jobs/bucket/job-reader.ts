// Reads of jobs in a bucket.

import { basename } from 'node:path/posix'
import { jobTimeOf, type SeenJob, tagOf } from '../../../core/jobs/job.ts'
import type { BucketLog } from '../../s3/append-log.ts'
import type { Bucket } from '../../s3/client/bucket.ts'
import type { JobCounts, JobPage, WaitingJob } from '../job-store.ts'
import { type JobEntry, jobIdOfLog, jobKeys, logOf, parseJobMarker } from './layout.ts'

export interface BucketJobReaderOptions {
  bucket: Bucket
  log: BucketLog<JobEntry>
  /** Age up to which the jobs that wait, and the state of a job in memory, count as known, in milliseconds. */
  staleMs: number
}

const READ_AT_ONCE = 16

export const createBucketJobReader = ({ bucket, log, staleMs }: BucketJobReaderOptions) => {
  let listedMs = Number.NEGATIVE_INFINITY
  let counts: JobCounts = { queued: 0, oldestMs: undefined }
  /** Markers of jobs that wait, by job, as they were listed. */
  let markers = new Map<string, { key: string; number: number }[]>()

  const find = async (jobId: string): Promise<SeenJob | undefined> => {
    const entry = (await log.newest(logOf(jobId)))?.entry
    return entry && seen(entry)
  }

  return {
    find,

    async list({ tag, after, limit, matches = () => true }: JobPage): Promise<SeenJob[]> {
      const found: SeenJob[] = []
      let from: string | undefined
      do {
        const page = await bucket.list({
          prefix: jobKeys.logs,
          delimiter: '/',
          ...(from === undefined ? { after: after === undefined ? undefined : jobKeys.behind(after) } : { from }),
        })
        from = page.next
        const ids = page.folders
          .flatMap((folder) => jobIdOfLog(basename(folder)) ?? [])
          .filter((id) => (tag === undefined || tagOf(id) === tag) && (after === undefined || id < after))
        for (let at = 0; at < ids.length && found.length < limit; at += READ_AT_ONCE) {
          const jobs = await Promise.all(ids.slice(at, at + READ_AT_ONCE).map(find))
          found.push(...jobs.flatMap((job) => (job && matches(job) ? [job] : [])))
        }
      } while (from !== undefined && found.length < limit)
      return found.slice(0, limit)
    },

    async waiting(): Promise<readonly WaitingJob[]> {
      const beganMs = performance.now()
      const { objects } = await bucket.listAll(jobKeys.queued)
      const newest = new Map<string, WaitingJob & { number: number }>()
      markers = new Map()
      for (const { key } of objects) {
        const marker = parseJobMarker(jobKeys.queued, key)
        if (!marker) continue
        const { jobId, projectId, attempts, number } = marker
        markers.set(jobId, [...(markers.get(jobId) ?? []), { key, number }])
        if ((newest.get(jobId)?.number ?? 0) < number) newest.set(jobId, { jobId, projectId, attempts, number })
      }
      const all = [...newest.values()].sort((one, other) => (one.jobId < other.jobId ? -1 : 1))
      const [oldest] = all
      listedMs = beganMs
      counts = { queued: all.length, oldestMs: oldest && jobTimeOf(oldest.jobId) }
      return all.map(({ number: _, ...job }) => job)
    },

    /** Removes markers of a job that lead to no entry by which it waits. @param number of its newest entry */
    async forget(jobId: string, number: number): Promise<void> {
      for (const marker of markers.get(jobId) ?? []) if (marker.number <= number) await bucket.remove(marker.key)
    },

    mayHaveChanged: () => performance.now() - listedMs >= staleMs,

    counts: () => counts,

    /** Counts changes of this process, until the next listing. */
    changed(change: 'added' | 'taken'): void {
      const queued = Math.max(0, counts.queued + (change === 'added' ? 1 : -1))
      counts = { queued, oldestMs: queued === 0 ? undefined : (counts.oldestMs ?? Date.now()) }
    },

    mayHaveEnded(jobId: string): boolean {
      const phase = log.current(logOf(jobId), staleMs)?.entry.phase
      return phase === undefined || phase === 'ended' || phase === 'settled' || phase === 'gone'
    },
  }
}

/** A job as clients see it: undefined before it is admitted. One that failed can be tried again once it is settled. */
const seen = ({ job, phase, attempts, started_at }: JobEntry): SeenJob | undefined => {
  if (phase === 'gone' || (phase === 'new' && job.retries === 0)) return undefined
  if (phase === 'running') return { job, state: 'running', attempts: job.attempts + attempts, startedAt: started_at }
  if (phase === 'new' || phase === 'queued' || job.state === 'accepted')
    return { job, state: 'queued', attempts: job.attempts + attempts, startedAt: null }
  const state = phase === 'ended' && job.state !== 'succeeded' ? 'running' : job.state
  return { job, state, attempts: job.attempts, startedAt: job.started_at }
}
