// Marks of uploads under way, one for each `Idempotency-Key`, so that a repetition meanwhile is answered
// `idempotency_running`. test/contracts/idempotency.ts checks these promises.
//
// Only for that answer: of two concurrent uploads with one key, the commit stores one. So a mark that is lost or cannot be
// set does no harm.

export interface IdempotencyMarks {
  /**
   * Sets a mark. Never throws: a store that fails sets none, and the upload goes on.
   *
   * @param name of `0-9 a-z`
   * @returns undefined where a living process holds the mark. Release it in every case; that never throws.
   */
  take(name: string): Promise<{ release(): Promise<void> } | undefined>
  /** Removes marks of processes that are gone. */
  sweep(): Promise<void>
}
