// What the parts tell of their work, so that it can be counted; none of them knows who listens.

import type { ErrorCode } from '../core/errors.ts'

/** How a job of an encoder ended: well, given up before it began because nobody waited, or by an error. */
export type JobOutcome = 'done' | 'given_up' | ErrorCode

export interface Observer {
  /** Bytes of an upload's body that arrived, whether it was kept or not. */
  received(bytes: number): void
  /** A job of the encoders was refused, given up or finished. */
  jobEnded(kind: 'encode' | 'render', outcome: JobOutcome): void
  /** A picture was in an encoder for so long, in seconds. */
  encoded(kind: 'encode' | 'render', seconds: number): void
  /** The lock of a project was waited for, in seconds; also where it was not got. */
  waitedForLock(seconds: number): void
  /** A revision became durable, with so many changes. */
  committed(changes: number): void
  /** A commit had to start again, because another writer was first. */
  retriedCommit(): void
  /** What dead processes left was looked for; so many of them were swept behind. */
  swept(owners: number): void
  /** A request was answered by an error. */
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
  failed() {},
}
