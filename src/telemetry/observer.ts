// Observer interface through which the store and the encoders report their work, to be counted as metrics.

import type { ErrorCode } from '../core/errors.ts'
import type { FinalState } from '../core/jobs/job.ts'

/** Outcome of an encoder job: done, cancelled before it began because its request was aborted, or an error. */
export type JobOutcome = 'done' | 'given_up' | ErrorCode

/** Times of a job, in seconds: until its last attempt began, and of that attempt. */
export interface JobTime {
  waitedSeconds: number
  workedSeconds: number
}

export interface Observer {
  /** Received bytes of an upload, stored or not. */
  received(bytes: number): void
  /** A job of the encoders was refused, cancelled or finished. */
  jobEnded(kind: 'encode' | 'render', outcome: JobOutcome): void
  /** Time of a job in an encoder, in seconds. */
  encoded(kind: 'encode' | 'render', seconds: number): void
  /** Time that a commit waited for the lock of a project, in seconds; also where it did not get it. */
  waitedForLock(seconds: number): void
  /** A revision became durable. @param changes number of changes in it */
  committed(changes: number): void
  /** A commit was retried, because another writer was first. */
  retriedCommit(): void
  /** Remains of dead processes were swept. @param owners number of these processes */
  swept(owners: number): void
  /** A job has ended. */
  jobFinished(state: FinalState, time: JobTime): void
  /** A message was sent to a receiver, which accepted it or not. */
  sentWebhook(outcome: 'delivered' | 'failed'): void
  /** The response was an error. */
  failed(code: ErrorCode): void
}

export const NO_OBSERVER: Observer = {
  received() {},
  jobEnded() {},
  encoded() {},
  waitedForLock() {},
  committed() {},
  retriedCommit() {},
  swept() {},
  jobFinished() {},
  sentWebhook() {},
  failed() {},
}
