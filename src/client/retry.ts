// Retries: which failures pass, and how long to wait for them.

import { retryAfterOf, TintypeClientError } from './error.ts'

export interface RetryOptions {
  /** Attempts of a request in all; 1 never repeats one. @default 6 */
  attempts?: number
  /** Wait before the second attempt, in milliseconds. Each further one waits twice as long. @default 500 */
  firstWaitMs?: number
  /** Longest wait, in milliseconds. A failure whose `Retry-After` is longer is not repeated. @default 30000 */
  longestWaitMs?: number
}

export type Retry = Required<RetryOptions>

/** @throws TypeError for a value that no retry can have */
export const resolveRetry = ({ attempts = 6, firstWaitMs = 500, longestWaitMs = 30_000 }: RetryOptions): Retry => {
  if (!Number.isInteger(attempts) || attempts < 1)
    throw new TypeError(`retry.attempts: expected a whole number of at least 1, received ${attempts}`)
  for (const [name, value] of Object.entries({ firstWaitMs, longestWaitMs }))
    if (!(value >= 0)) throw new TypeError(`retry.${name}: expected milliseconds, at least 0, received ${value}`)
  return { attempts, firstWaitMs, longestWaitMs }
}

/** Statuses that pass: of a server that is busy or starts again, or of a proxy before it. */
const PASSING: ReadonlySet<number | undefined> = new Set([502, 503, 504])

/** Codes of 503 that do not pass within the patience of a request. */
const LASTING: ReadonlySet<string> = new Set(['read_only', 'encoder_failed'])

/** Whether a request that only reads is worth another attempt after this answer. */
export const isPassingAnswer = (response: Response, { longestWaitMs }: Pick<Retry, 'longestWaitMs'>): boolean =>
  PASSING.has(response.status) && (retryAfterOf(response) ?? 0) * 1000 <= longestWaitMs

/**
 * Whether the same upload may succeed a moment later. No status of 400 and above does, but that of an upload whose first
 * attempt, of a lost connection, is still running.
 */
export const isPassing = ({ code, status }: TintypeClientError): boolean =>
  code === 'connection_failed' || code === 'idempotency_running' || (PASSING.has(status) && !LASTING.has(code))

/**
 * Wait after a failed attempt, in milliseconds: `Retry-After`, or a time that doubles with each attempt, half of it by chance,
 * so that clients of one failure do not come again at once. Undefined where it would be longer than the longest.
 *
 * @param failed number of failed attempts, from 1
 */
export const waitAfter = (
  { firstWaitMs, longestWaitMs }: Pick<Retry, 'firstWaitMs' | 'longestWaitMs'>,
  failed: number,
  retryAfter?: number,
): number | undefined => {
  const backOffMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (failed - 1)) * (0.5 + Math.random() / 2)
  const askedMs = (retryAfter ?? 0) * 1000
  return askedMs > longestWaitMs ? undefined : Math.max(askedMs, backOffMs)
}

/** @throws the reason of the signal, at once */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })

/** Waits for work that does not know of a signal. @throws the reason of the signal, at once */
export const unlessAborted = <Result>(work: Promise<Result>, signal: AbortSignal | null | undefined): Promise<Result> =>
  new Promise((resolve, reject) => {
    const stop = () => reject(signal?.reason)
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal?.removeEventListener('abort', stop))
  })

/**
 * Attempts a request until it succeeds, fails for good, or the attempts are used up.
 *
 * @param attempt resolves with an answer, or throws a {@link TintypeClientError}; knows whether it is the last one
 * @throws what the last attempt threw, or the reason of the signal
 */
export const withRetry = async <Result>(
  attempt: (isLast: boolean) => Promise<Result>,
  { retry, signal }: { retry: Retry; signal?: AbortSignal | undefined },
): Promise<Result> => {
  for (let failed = 1; ; failed++) {
    signal?.throwIfAborted()
    try {
      return await attempt(failed >= retry.attempts)
    } catch (error) {
      if (failed >= retry.attempts || !(error instanceof TintypeClientError) || !isPassing(error)) throw error
      const ms = waitAfter(retry, failed, error.retryAfter)
      if (ms === undefined) throw error
      await sleep(ms, signal)
    }
  }
}
