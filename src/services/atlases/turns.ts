// Turns: work that is done one piece at a time, of which only so much may wait.

import { TintypeError } from '../../core/errors.ts'

export interface Turns {
  /** @throws TintypeError `busy` where too much waits; the signal's reason; errors of `work` */
  take<Result>(work: (signal: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result>
}

const RETRY_SECONDS = 5

export const createTurns = (mostWaiting: number): Turns => {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return {
    async take(work, signal) {
      if (waiting > mostWaiting)
        throw new TintypeError('busy', `${waiting} pages of atlases are waiting already.`, {
          retryAfterSeconds: RETRY_SECONDS,
        })
      waiting++
      const before = last
      const mine = (async () => {
        await before
        signal.throwIfAborted()
        return work(signal)
      })()
      last = mine.catch(() => {})
      try {
        return await mine
      } finally {
        waiting--
      }
    },
  }
}
