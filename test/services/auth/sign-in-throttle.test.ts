import { describe, expect, it, vi } from 'vitest'
import { TintypeError } from '../../../src/core/errors.ts'
import { createSignInThrottle, pauseAfter } from '../../../src/services/auth/sign-in-throttle.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'

const log = createLogger({ level: 'silent' })
const wrong = () => Promise.reject(new TintypeError('wrong_credentials', 'Wrong.'))
const right = () => Promise.resolve('in')
/** The code of an attempt, or what it gave. */
const codeOf = (attempt: Promise<unknown>) => attempt.then(String, (error: TintypeError) => error.code)

describe('the pause before the next attempt', () => {
  it('is none for five failures, then doubles, up to five minutes', () => {
    expect([0, 4, 5, 6, 7, 13, 14, 100].map(pauseAfter)).toEqual([0, 0, 1, 2, 4, 256, 300, 300])
  })
})

describe('attempts on an account', () => {
  it('are allowed once in each pause, and a success resets the failures', async () => {
    vi.useFakeTimers()
    try {
      const throttle = createSignInThrottle({ log })
      for (let n = 0; n < 6; n++) expect(await codeOf(throttle.run('bo', undefined, wrong))).toBe('wrong_credentials')
      expect(await codeOf(throttle.run('bo', undefined, right))).toBe('rate_limited')
      await vi.advanceTimersByTimeAsync(1001)
      expect(await codeOf(throttle.run('bo', undefined, wrong))).toBe('wrong_credentials')
      await vi.advanceTimersByTimeAsync(1001)
      expect(await codeOf(throttle.run('bo', undefined, right))).toBe('rate_limited')
      await vi.advanceTimersByTimeAsync(1001)
      expect(await codeOf(throttle.run('bo', undefined, right))).toBe('in')
      for (let n = 0; n < 6; n++) expect(await codeOf(throttle.run('bo', undefined, wrong))).toBe('wrong_credentials')
    } finally {
      vi.useRealTimers()
    }
  })

  it('are throttled also where they are simultaneous', async () => {
    const throttle = createSignInThrottle({ log })
    const codes = await Promise.all(Array.from({ length: 200 }, () => codeOf(throttle.run('bo', undefined, wrong))))
    expect(codes.filter((code) => code === 'wrong_credentials')).toHaveLength(6)
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(194)
  })

  it('do not count as failures on other errors', async () => {
    const throttle = createSignInThrottle({ log })
    const broken = () => Promise.reject(new TintypeError('busy', 'Busy.'))
    for (let n = 0; n < 20; n++) expect(await codeOf(throttle.run('bo', undefined, broken))).toBe('busy')
    expect(await codeOf(throttle.run('bo', undefined, right))).toBe('in')
  })

  it('on one account do not throttle another', async () => {
    const throttle = createSignInThrottle({ log })
    for (let n = 0; n < 8; n++) await codeOf(throttle.run('bo', undefined, wrong))
    expect(await codeOf(throttle.run('al', undefined, right))).toBe('in')
  })
})

describe('attempts from a known network', () => {
  const HOME = '5.5.5.5'
  const AWAY = '6.6.6.6'
  const isPaused = async (attempt: Promise<unknown>) => (await codeOf(attempt)) === 'rate_limited'

  it('succeed during attempts from other networks, which stay throttled', async () => {
    const throttle = createSignInThrottle({ log })
    expect(await codeOf(throttle.run('bo', HOME, right))).toBe('in')
    for (let n = 0; n < 6; n++) expect(await codeOf(throttle.run('bo', AWAY, wrong))).toBe('wrong_credentials')
    for (let n = 0; n < 20; n++) {
      expect(await isPaused(throttle.run('bo', AWAY, wrong))).toBe(true)
      expect(await codeOf(throttle.run('bo', HOME, right))).toBe('in')
    }
    // That the owner got in is no new beginning for them.
    expect(await isPaused(throttle.run('bo', AWAY, right))).toBe(true)
    expect(await isPaused(throttle.run('bo', '7.7.7.7', right))).toBe(true)
  })

  it('are throttled by their own failures, which do not count for other networks', async () => {
    const throttle = createSignInThrottle({ log })
    await throttle.run('bo', HOME, right)
    for (let n = 0; n < 6; n++) expect(await codeOf(throttle.run('bo', HOME, wrong))).toBe('wrong_credentials')
    expect(await isPaused(throttle.run('bo', HOME, right))).toBe(true)
    expect(await codeOf(throttle.run('bo', AWAY, right))).toBe('in')
  })

  it('count for this account alone', async () => {
    const throttle = createSignInThrottle({ log })
    await throttle.run('al', HOME, right)
    for (let n = 0; n < 6; n++) await codeOf(throttle.run('bo', AWAY, wrong))
    expect(await isPaused(throttle.run('bo', HOME, right))).toBe(true)
  })

  it('are recognized only after a correct password, or a refreshed session', async () => {
    const throttle = createSignInThrottle({ log })
    expect(await codeOf(throttle.run('bo', HOME, wrong))).toBe('wrong_credentials')
    for (let n = 0; n < 6; n++) await codeOf(throttle.run('bo', AWAY, wrong))
    expect(await isPaused(throttle.run('bo', HOME, right))).toBe(true)
    await throttle.remember('bo', HOME)
    expect(await codeOf(throttle.run('bo', HOME, right))).toBe('in')
  })

  it('are recognized for three weeks after the last sign-in', async () => {
    vi.useFakeTimers()
    try {
      const day = 86_400_000
      const throttle = createSignInThrottle({ log })
      const strangersTry = async () => {
        for (let n = 0; n < 8; n++) await codeOf(throttle.run('bo', AWAY, wrong))
      }
      await throttle.run('bo', HOME, right)
      await vi.advanceTimersByTimeAsync(20 * day)
      await strangersTry()
      expect(await codeOf(throttle.run('bo', HOME, right))).toBe('in')
      await vi.advanceTimersByTimeAsync(20 * day)
      await strangersTry()
      expect(await codeOf(throttle.run('bo', HOME, right))).toBe('in')
      await vi.advanceTimersByTimeAsync(22 * day)
      await strangersTry()
      expect(await isPaused(throttle.run('bo', HOME, right))).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })
})
