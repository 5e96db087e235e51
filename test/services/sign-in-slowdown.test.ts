import { describe, expect, it, vi } from 'vitest'
import { TintypeError } from '../../src/core/errors.ts'
import { createSlowdown, pauseAfter } from '../../src/services/sign-in-slowdown.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

const log = createLogger({ level: 'silent' })
const wrong = () => Promise.reject(new TintypeError('wrong_credentials', 'Wrong.'))
const right = () => Promise.resolve('in')
const codeOf = (attempt: Promise<unknown>) => attempt.then(String, (error: TintypeError) => error.code)

describe('the pause before the next attempt', () => {
  it('is none for five failures, then doubles, up to five minutes', () => {
    expect([0, 4, 5, 6, 7, 13, 14, 100].map(pauseAfter)).toEqual([0, 0, 1, 2, 4, 256, 300, 300])
  })
})

describe('attempts on an account', () => {
  it('are let through one in each pause, and a success forgets the failures', async () => {
    vi.useFakeTimers()
    try {
      const slowdown = createSlowdown({ log })
      for (let n = 0; n < 6; n++) expect(await codeOf(slowdown('bo', wrong))).toBe('wrong_credentials')
      expect(await codeOf(slowdown('bo', right))).toBe('rate_limited')
      await vi.advanceTimersByTimeAsync(1001)
      expect(await codeOf(slowdown('bo', wrong))).toBe('wrong_credentials')
      await vi.advanceTimersByTimeAsync(1001)
      expect(await codeOf(slowdown('bo', right))).toBe('rate_limited')
      await vi.advanceTimersByTimeAsync(1001)
      expect(await codeOf(slowdown('bo', right))).toBe('in')
      for (let n = 0; n < 6; n++) expect(await codeOf(slowdown('bo', wrong))).toBe('wrong_credentials')
    } finally {
      vi.useRealTimers()
    }
  })

  it('are not free because they come all at once', async () => {
    const slowdown = createSlowdown({ log })
    const codes = await Promise.all(Array.from({ length: 200 }, () => codeOf(slowdown('bo', wrong))))
    expect(codes.filter((code) => code === 'wrong_credentials')).toHaveLength(6)
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(194)
  })

  it('are no failures where something else went wrong', async () => {
    const slowdown = createSlowdown({ log })
    const broken = () => Promise.reject(new TintypeError('busy', 'Busy.'))
    for (let n = 0; n < 20; n++) expect(await codeOf(slowdown('bo', broken))).toBe('busy')
    expect(await codeOf(slowdown('bo', right))).toBe('in')
  })

  it('on one account are nothing to another', async () => {
    const slowdown = createSlowdown({ log })
    for (let n = 0; n < 8; n++) await codeOf(slowdown('bo', wrong))
    expect(await codeOf(slowdown('al', right))).toBe('in')
  })
})
