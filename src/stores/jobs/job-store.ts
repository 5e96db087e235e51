// JobStore: the interface of every place that keeps jobs with their uploads. test/contracts/jobs.ts is its contract suite.
//
// A job is prepared, then admitted, which is what a client may be told of. From then on it waits, is claimed by one process
// at a time, and finishes once. A process that dies leaves its claims behind; others adopt them, and nothing that the dead
// one began can finish any more.

import type { Batch } from '../../core/jobs/batch.ts'
import type { FinishedJob, Job, SeenJob } from '../../core/jobs/job.ts'
import type { Stage } from '../store.ts'

export interface JobStore {
  /**
   * Writes a job durably, and takes its upload out of the staging area. It is held by this process and known to no reader
   * until it is admitted or withdrawn.
   *
   * @returns the job of an earlier upload with the same `upload.key`, of the last day; undefined where the job was written
   * @throws TintypeError `store_unavailable`, `storage_full`; nothing remains
   */
  prepare(job: Job, stage: Stage): Promise<SeenJob | undefined>
  /** Lets a prepared or reopened job wait for its first attempt, durably. @throws TintypeError `store_unavailable` */
  admit(jobId: string): Promise<void>
  /**
   * Undoes {@link prepare} and {@link reopen}, also those of an adopted job. Never throws: a sweep repeats it.
   *
   * @param stage a staging area of this process
   */
  withdraw(jobId: string, stage: Stage): Promise<void>
  /** Leaves a held job to {@link adopt} of any process, where something could not be brought to its end. Never throws. */
  leave(jobId: string): Promise<void>

  /** A job that was admitted, as it is now. @throws TintypeError `store_unavailable` */
  find(jobId: string): Promise<SeenJob | undefined>
  /** False where a job that was admitted has not ended. Synchronous and cheap: a `stat`. */
  mayHaveEnded(jobId: string): boolean
  /** The job of an upload with this key, of the last day. */
  findByKey(key: string): Promise<SeenJob | undefined>
  /** Jobs newest first. @throws TintypeError `store_unavailable` */
  list(page: JobPage): Promise<SeenJob[]>
  /**
   * Writes a batch durably. Its jobs need not exist any more.
   *
   * @param stage a staging area of this process
   * @throws TintypeError `store_unavailable`, `storage_full`
   */
  addBatch(batch: Batch, stage: Stage): Promise<void>
  /** A batch as it was written. @throws TintypeError `store_unavailable` */
  findBatch(batchId: string): Promise<Batch | undefined>
  /** Jobs that wait, in the order of their ids. */
  waiting(): Promise<readonly WaitingJob[]>
  /** False where the jobs that wait are those of the last {@link waiting}. Synchronous and cheap: a `stat`. */
  mayHaveChanged(): boolean
  /** Numbers of the last {@link waiting}, with the changes of this process since. */
  counts(): JobCounts

  /**
   * Claims a job that waits, for this process. The number of the attempt is durable as far as a killed process is
   * concerned, before it begins. Undefined where another process was first, the job waits no more, or a text is no id: both
   * come from messages.
   *
   * @throws TintypeError `store_unavailable`; the job waits, and the attempt does not count
   */
  claim(jobId: string, projectId: string): Promise<Claim | undefined>
  /** Path of the upload of a job that this process holds. It must not be changed. */
  withUpload<T>(jobId: string, use: (path: string) => Promise<T>): Promise<T>
  /** Lets a claimed job wait again. @param counts false for an attempt that does not count. Never throws. */
  putBack(claim: Claim, counts: boolean): Promise<void>
  /**
   * Finishes a claimed job durably, and adds it to the finished ones.
   *
   * @param stage staging area of the attempt: where it was swept, the claim is another process's, and nothing is written
   * @throws TintypeError `store_unavailable`, `storage_full`
   */
  finish(claim: Claim, job: FinishedJob, stage: Stage): Promise<void>
  /** Ends the claim of a finished job. The upload of a failed one stays, for {@link reopen}. Never throws. */
  settle(claim: Claim): Promise<void>
  /**
   * Opens a failed job again: held by this process, with this record, until it is admitted or withdrawn. Undefined where
   * it has not failed, or another process was first.
   */
  reopen(job: Job, stage: Stage): Promise<Job | undefined>

  /**
   * Adopts jobs that a process which is gone has held, or this one has lost. Each is to be put back, settled or
   * withdrawn. Those of one process at most are adopted by one other. Sweeps the store first where a holder is seen to be
   * dead. A job that fails is left to the next call.
   *
   * @throws TintypeError `store_unavailable` where no job could be adopted
   */
  adopt(): Promise<Adopted[]>
  /** Repairs jobs that a backup or a power cut has torn apart. To be called at the start, once. Returns the number of jobs. */
  repair(): Promise<number>
  /** Removes old jobs and keys, and old batches once all their jobs are removed. Resolves with the number of jobs. */
  prune(times: PruneTimes): Promise<number>

  /**
   * Finished jobs behind a cursor, in the order in which they became durable: gapless, so that none is ever added behind
   * a cursor that was handed out. A job that finished may occur twice, after a crash and where it was tried again.
   *
   * @param cursor of the last one that is known; 0 for the oldest that is kept
   */
  finishedAfter(cursor: number, limit: number): Promise<FinishedEntry[]>
  /** Cursor of the newest finished job; 0 where there is none. */
  newestFinished(): Promise<number>
  /** Calls a listener after each job that this process finishes. A hint: others finish jobs too. @returns ends it */
  onFinished(listener: (job: FinishedJob) => void): () => void
}

/** In milliseconds since 1970. */
export interface PruneTimes {
  finishedBeforeMs: number
  keysBeforeMs: number
}

export interface JobPage {
  /** Part of the ids of one principal's jobs, see `principalTag`. @default all */
  tag?: string
  /** Job behind which the page begins. @default the newest */
  after?: string
  limit: number
  /** @default every job */
  matches?(seen: SeenJob): boolean
}

export interface WaitingJob {
  jobId: string
  projectId: string
  /** Attempts that were begun and count. */
  attempts: number
}

export interface JobCounts {
  queued: number
  /** Time of the oldest job that waits, in milliseconds since 1970; undefined where none does. */
  oldestMs: number | undefined
}

export interface Claim {
  job: Job
  /** Number of this attempt, from 1, since the job was admitted. */
  attempt: number
  /** Begins the id of the staging area that the attempt is to have: in another one it is not fenced. */
  owner: string
}

export interface Adopted {
  /** `prepared`: it was never admitted. `claimed`: an attempt, or the end of one. */
  was: 'prepared' | 'claimed'
  claim: Claim
}

export interface FinishedEntry {
  cursor: number
  job: FinishedJob
}
