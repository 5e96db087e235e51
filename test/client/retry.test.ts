import { describe, expect, it } from 'vitest'
import { type ClientErrorCode, connectionFailed, TintypeClientError } from '../../src/client/error.ts'
import {
  isPassing,
  isPassingAnswer,
  resolveRetry,
  sleep,
  unlessAborted,
  waitAfter,
  withRetry,
} from '../../src/client/retry.ts'

const failure = (code: ClientErrorCode, status: number | undefined, retryAfter?: number) =>
  new TintypeClientError({ code, title: code, detail: code, status, retryAfter })

const QUICK = resolveRetry({ firstWaitMs: 0, longestWaitMs: 1000, attempts: 3 })

/** Attempts that fail with these errors, then succeed. */
const failing = (...errors: unknown[]) => {
  const attempts: boolean[] = []
  return {
    attempts,
    attempt: async (isLast: boolean) => {
      attempts.push(isLast)
      if (errors.length >= attempts.length) throw errors[attempts.length - 1]
      return 'stored'
    },
  }
}

describe('a failure', () => {
  it.each([
    ['connection_failed', undefined, true],
    ['idempotency_running', 409, true],
    ['busy', 503, true],
    ['shutting_down', 503, true],
    ['unexpected_response', 502, true],
    ['unexpected_response', 504, true],
    ['read_only', 503, false],
    ['encoder_failed', 503, false],
    ['internal', 500, false],
    ['storage_full', 507, false],
    ['rate_limited', 429, false],
    ['project_exists', 409, false],
    ['idempotency_conflict', 422, false],
    ['unauthenticated', 401, false],
    ['request_timeout', 408, false],
  ] as const)('%s (%s) is repeated: %s', (code, status, passes) => {
    expect(isPassing(failure(code, status))).toBe(passes)
  })

  it('of a read is repeated by its status, unless Retry-After is longer than the longest wait', () => {
    const answered = (seconds: string) => new Response(null, { status: 503, headers: { 'Retry-After': seconds } })
    expect(isPassingAnswer(answered('1'), QUICK)).toBe(true)
    expect(isPassingAnswer(answered('2'), QUICK)).toBe(false)
    expect(isPassingAnswer(new Response(null, { status: 502 }), QUICK)).toBe(true)
    expect(isPassingAnswer(new Response(null, { status: 500 }), QUICK)).toBe(false)
    expect(isPassingAnswer(new Response(null, { status: 404 }), QUICK)).toBe(false)
  })
})

describe('the wait', () => {
  it('doubles with each failure up to the longest, half of it by chance', () => {
    const waits = { firstWaitMs: 100, longestWaitMs: 500 }
    for (const [failed, most] of [
      [1, 100],
      [2, 200],
      [3, 400],
      [4, 500],
      [60, 500],
    ] as const)
      for (let round = 0; round < 20; round++) {
        const ms = waitAfter(waits, failed) ?? Number.NaN
        expect(ms).toBeGreaterThanOrEqual(most / 2)
        expect(ms).toBeLessThanOrEqual(most)
      }
  })

  it('is that of Retry-After where it is longer, and none beyond the longest', () => {
    const waits = { firstWaitMs: 100, longestWaitMs: 5000 }
    expect(waitAfter(waits, 1, 5)).toBe(5000)
    expect(waitAfter(waits, 1, 6)).toBeUndefined()
    expect(waitAfter(waits, 1, 0)).toBeLessThanOrEqual(100)
  })

  it('ends with the reason of its signal, before and during it', async () => {
    const reason = new Error('enough')
    await expect(sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
    const stop = new AbortController()
    const slept = sleep(60_000, stop.signal)
    stop.abort(reason)
    await expect(slept).rejects.toBe(reason)
    await sleep(0, new AbortController().signal)
  })
})

describe('work', () => {
  it('ends with the reason of a signal, before and during it', async () => {
    const reason = new Error('enough')
    const endless = new Promise<never>(() => {})
    await expect(unlessAborted(endless, AbortSignal.abort(reason))).rejects.toBe(reason)
    await expect(unlessAborted(Promise.reject(new Error('late')), AbortSignal.abort(reason))).rejects.toBe(reason)
    const stop = new AbortController()
    const waited = unlessAborted(endless, stop.signal)
    stop.abort(reason)
    await expect(waited).rejects.toBe(reason)
  })

  it('ends by itself, with or without a signal', async () => {
    const failed = new Error('failed')
    for (const signal of [new AbortController().signal, undefined, null]) {
      expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1)
      await expect(unlessAborted(Promise.reject(failed), signal)).rejects.toBe(failed)
    }
  })
})

describe('attempts', () => {
  it('go on until one succeeds', async () => {
    const { attempts, attempt } = failing(connectionFailed('gone'), failure('busy', 503, 0))
    expect(await withRetry(attempt, { retry: QUICK })).toBe('stored')
    expect(attempts).toEqual([false, false, true])
  })

  it('end with the last failure', async () => {
    const errors = [1, 2, 3].map((at) => connectionFailed(at))
    const { attempts, attempt } = failing(...errors)
    await expect(withRetry(attempt, { retry: QUICK })).rejects.toBe(errors[2])
    expect(attempts).toEqual([false, false, true])
  })

  it.each([failure('not_an_image', 415), failure('busy', 503, 2), new Error('a bug')])(
    'end at once with %s',
    async (error) => {
      const { attempts, attempt } = failing(error)
      await expect(withRetry(attempt, { retry: QUICK })).rejects.toBe(error)
      expect(attempts).toHaveLength(1)
    },
  )

  it('do not begin where the signal has aborted', async () => {
    const { attempts, attempt } = failing()
    const reason = new Error('enough')
    await expect(withRetry(attempt, { retry: QUICK, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(attempts).toEqual([])
  })
})

describe('options', () => {
  it('have defaults', () => {
    expect(resolveRetry({})).toEqual({ attempts: 6, firstWaitMs: 500, longestWaitMs: 30_000 })
  })

  it.each([
    [{ attempts: 0 }, 'retry.attempts'],
    [{ attempts: 1.5 }, 'retry.attempts'],
    [{ firstWaitMs: -1 }, 'retry.firstWaitMs'],
    [{ longestWaitMs: Number.NaN }, 'retry.longestWaitMs'],
  ])('%j are refused', (options, name) => {
    expect(() => resolveRetry(options)).toThrow(name)
  })
})
