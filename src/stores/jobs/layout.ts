// Layout of jobs as files.
//
//   .jobs/records/<day>/<job id>.json                    the job; replaced when it has finished
//   .jobs/uploads/<job id>                               its upload, until it has succeeded or was cancelled
//   .jobs/new/<job id>.<n>.<owner>@<project>             marker: being accepted by a process
//   .jobs/queued/<job id>.<n>@<project>                  marker: waits, after n attempts that count
//   .jobs/running/<job id>.<n>.<owner>@<project>         marker: attempt n by a process
//   .jobs/failed/<job id>.0@<project>                    marker: failed, can be tried again
//   .jobs/finished/<thousands>/<number>.json             hard links to records, in the order in which the jobs finished
//   .jobs/keys/<hash of key and principal>               id of the job of an Idempotency-Key
//   .jobs/batches/<batch id>.json                        a batch: the ids of its jobs; never changed
//
// A job has one marker, an empty file whose name says it all. A change of state is a rename, which one process wins. The
// owner is the name of the process's workspace (.tmp/<owner>): it is swept as a whole, so that an owner without a
// workspace can neither publish, commit nor finish anything, and its markers can be taken.
//
// Every path is made of ids that were checked here: another text, such as `/../..`, could lead to any file.

import { join } from 'node:path'
import { TintypeError } from '../../core/errors.ts'
import { isJobId, jobTimeOf } from '../../core/jobs/job.ts'
import { isProjectId } from '../../core/names.ts'
import { folderOf, type Paths, projectIdOf } from '../file/paths.ts'

/** Folders of markers. */
export type MarkerFolder = 'new' | 'queued' | 'running' | 'failed'

export interface Marker {
  jobId: string
  projectId: string
  attempts: number
  owner?: string
}

/** Finished jobs of one folder. */
const PER_FOLDER = 1000

const OWNER = /^[0-9a-z]{12}$/

/** One part of a path. */
const PART = /^(?!\.{1,2}$)[^/\\\0]+$/

const MARKER = /^([0-9a-z]{24})\.(\d{1,6})(?:\.([0-9a-z]{12}))?@(.+)$/

export type JobPaths = ReturnType<typeof createJobPaths>

/** @throws TintypeError `internal` where a part of a path would be no id of its kind; so do all functions of the paths */
export const createJobPaths = ({ root, tmp }: Paths) => {
  const jobs = join(root, '.jobs')
  const records = join(jobs, 'records')
  const finished = join(jobs, 'finished')
  return {
    root,
    jobs,
    records,
    uploads: join(jobs, 'uploads'),
    keys: join(jobs, 'keys'),
    batches: join(jobs, 'batches'),
    finished,
    markers: (folder: MarkerFolder) => join(jobs, folder),
    marker: (folder: MarkerFolder, marker: Marker) => join(jobs, folder, nameOf(marker)),
    day: (jobId: string) => join(records, dayOf(jobId)),
    record: (jobId: string) => join(records, dayOf(jobId), `${jobIdOf(jobId)}.json`),
    upload: (jobId: string) => join(jobs, 'uploads', jobIdOf(jobId)),
    key: (key: string) => join(jobs, 'keys', checked(PART.test(key), 'the hash of a key', key)),
    batch: (batchId: string) => join(jobs, 'batches', `${jobIdOf(batchId)}.json`),
    finishedFolder: (number: number) => join(finished, String(Math.floor(number / PER_FOLDER))),
    finishedEntry: (number: number) => join(finished, String(Math.floor(number / PER_FOLDER)), `${number}.json`),
    workspace: (owner: string) => join(tmp, ownerOf(owner)),
  }
}

const checked = (isValid: boolean, expected: string, received: string): string => {
  if (isValid) return received
  throw new TintypeError(
    'internal',
    `Expected ${expected} as a part of a path, got ${JSON.stringify(received.slice(0, 100))}.`,
  )
}

const jobIdOf = (jobId: string): string => checked(isJobId(jobId), 'the id of a job or batch', jobId)

const ownerOf = (owner: string): string => checked(OWNER.test(owner), 'the name of a workspace', owner)

/** UTC. */
const dayOf = (jobId: string): string => new Date(jobTimeOf(jobIdOf(jobId))).toISOString().slice(0, 10)

const nameOf = ({ jobId, projectId, attempts, owner }: Marker): string =>
  `${jobIdOf(jobId)}.${attempts}${owner === undefined ? '' : `.${ownerOf(owner)}`}@` +
  folderOf(checked(isProjectId(projectId), 'a project id', projectId))

/** Undefined for a name that is no marker's. */
export const parseMarker = (name: string): Marker | undefined => {
  const [, jobId = '', attempts, owner, folder = ''] = MARKER.exec(name) ?? []
  const projectId = projectIdOf(folder)
  if (!isJobId(jobId) || projectId === undefined) return undefined
  return { jobId, projectId, attempts: Number(attempts), ...(owner === undefined ? {} : { owner }) }
}
