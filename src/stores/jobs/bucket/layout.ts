// Layout of jobs as objects in a bucket.
//
//   .jobs/log/<reversed job id>/<number, 12 digits>.json   the job with its state; the highest number counts
//   .jobs/uploads/<job id>                                 its upload, until it has succeeded or was cancelled
//   .jobs/queued/<job id>.<number>.<n>@<project>           marker: waits since that entry, after n attempts that count
//   .jobs/held/<owner>/<job id>.<number>@<project>         marker: held by a process since that entry
//   .jobs/finished/<number, 12 digits>.json                finished jobs in their order
//   .jobs/keys/<hash of key and principal>                 id of the job of an Idempotency-Key
//   .jobs/batches/<batch id>.json                          a batch: the ids of its jobs; never changed
//
// The log of a job is the truth: a change of state is an entry that one process creates, so that a process which was taken
// for dead can finish nothing. Markers only lead to it. Each is written before its entry and has a name of its own, so that
// it can be removed at any time once a later entry exists.
//
// Job ids sort by their time. In the names of the logs each character is replaced by its counterpart, so that a listing
// begins with the newest job.

import { z } from 'zod'
import { isJobId, jobSchema } from '../../../core/jobs/job.ts'
import { isProjectId } from '../../../core/names.ts'
import { folderOf, projectIdOf } from '../../file/paths.ts'

export const jobEntrySchema = z.object({
  job: jobSchema,
  /** `ended`: the outcome is durable, its process still cleans up; `gone`: it was never accepted. */
  phase: z.enum(['new', 'queued', 'running', 'ended', 'settled', 'gone']),
  /** Attempts that were begun and count, since the job was admitted. */
  attempts: z.int().min(0),
  /** The process that holds it: of `new`, `running` and `ended`. */
  owner: z.string().optional(),
  /** Time of the claim, while it runs. */
  started_at: z.iso.datetime().nullable(),
  /** Tokens of the last writers, newest last. */
  commits: z.array(z.string()).optional(),
})

export type JobEntry = z.infer<typeof jobEntrySchema>

export interface JobMarker {
  jobId: string
  projectId: string
  /** Number of the entry to which it leads. */
  number: number
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'

/** Turns an id into the name of its log, and back. */
const reversed = (id: string): string => [...id].map((letter) => DIGITS[35 - DIGITS.indexOf(letter)]).join('')

const JOBS = '.jobs/'
const QUEUED = `${JOBS}queued/`
const HELD = `${JOBS}held/`
const LOGS = `${JOBS}log/`
const UPLOADS = `${JOBS}uploads/`

export const jobKeys = {
  logs: LOGS,
  log: (name: string) => `${LOGS}${name}/`,
  /** Behind the log of a job and before those of older ones. */
  behind: (jobId: string) => `${LOGS}${reversed(jobId)}0`,
  uploads: UPLOADS,
  upload: (jobId: string) => UPLOADS + jobId,
  queued: QUEUED,
  queuedMarker: ({ jobId, projectId, number }: JobMarker, attempts: number) =>
    `${QUEUED}${jobId}.${number}.${attempts}@${folderOf(projectId)}`,
  held: HELD,
  heldMarker: ({ jobId, projectId, number }: JobMarker, owner: string) =>
    `${HELD}${owner}/${jobId}.${number}@${folderOf(projectId)}`,
  finished: `${JOBS}finished/`,
  keys: `${JOBS}keys/`,
  batches: `${JOBS}batches/`,
  batch: (batchId: string) => `${JOBS}batches/${batchId}.json`,
}

export const logOf = reversed

/** Id of the job of a log, undefined where the name is none. */
export const jobIdOfLog = (name: string): string | undefined => (isJobId(name) ? reversed(name) : undefined)

const MARKER = /^(?:([0-9a-z]+)\/)?([0-9a-z]{24})\.(\d{1,12})(?:\.(\d{1,6}))?@(.+)$/

/** Undefined for a key that is no marker's. @param prefix `queued` or `held` */
export const parseJobMarker = (prefix: string, key: string) => {
  const [, owner = '', jobId = '', number, attempts, folder = ''] = MARKER.exec(key.slice(prefix.length)) ?? []
  const projectId = projectIdOf(folder)
  if (!isJobId(jobId) || projectId === undefined || !isProjectId(projectId)) return undefined
  return { key, owner, jobId, projectId, number: Number(number), attempts: Number(attempts ?? 0) }
}
