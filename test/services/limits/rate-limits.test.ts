// Rate limits of clients: each kind and client has its own count in each window.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRateLimits, type RateLimitOptions } from '../../../src/services/limits/rate-limits.ts'
import { silent } from '../../support/store/file-store.ts'

const create = (options: Omit<RateLimitOptions, 'log'>) => createRateLimits({ log: silent, ...options })

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a limit', () => {
  it('accepts the allowed number of requests, and refuses the next one', async () => {
    const limits = create({ reads: 3, windowSeconds: 10 })
    const states = []
    for (let n = 0; n < 5; n++) states.push(await limits.take('read', 'bo'))
    expect(states.map((state) => [state?.remaining, state?.isExceeded])).toEqual([
      [2, false],
      [1, false],
      [0, false],
      [0, true],
      [0, true],
    ])
    expect(states[0]).toMatchObject({ kind: 'read', limit: 3, windowSeconds: 10, resetSeconds: 10 })
  })

  it('resets with the next window, whose start is rounded up to seconds', async () => {
    const limits = create({ reads: 1, windowSeconds: 10 })
    await limits.take('read', 'bo')
    await vi.advanceTimersByTimeAsync(8500)
    expect(await limits.take('read', 'bo')).toMatchObject({ isExceeded: true, resetSeconds: 2 })
    await vi.advanceTimersByTimeAsync(1400)
    expect(await limits.take('read', 'bo')).toMatchObject({ isExceeded: true, resetSeconds: 1 })
    await vi.advanceTimersByTimeAsync(101)
    expect(await limits.take('read', 'bo')).toMatchObject({ isExceeded: false, resetSeconds: 10 })
  })

  it('counts each client and each kind separately', async () => {
    const limits = create({ reads: 1, writes: 1, signIns: 1 })
    for (const kind of ['read', 'write', 'sign_in'] as const)
      for (const client of ['bo', 'al'])
        expect(await limits.take(kind, client)).toMatchObject({ kind, isExceeded: false, remaining: 0 })
    expect(await limits.take('write', 'bo')).toMatchObject({ isExceeded: true })
  })
})

describe('the defaults', () => {
  it('are unlimited reads and writes, and 10 sign-ins per minute', async () => {
    const limits = create({})
    expect([limits.limitOf('read'), limits.limitOf('write'), limits.limitOf('sign_in')]).toEqual([0, 0, 10])
    expect(await limits.take('read', 'bo')).toBeUndefined()
    expect(await limits.take('write', 'bo')).toBeUndefined()
    expect(await limits.take('sign_in', 'bo')).toMatchObject({ limit: 10, windowSeconds: 60, remaining: 9 })
  })

  it('are a quarter of the reads for writes, rounded up', () => {
    for (const [reads, writes] of [
      [1, 1],
      [4, 1],
      [5, 2],
      [600, 150],
    ] as const)
      expect(create({ reads }).limitOf('write')).toBe(writes)
  })

  it('do not replace 0, which means no limit', async () => {
    const limits = create({ reads: 8, writes: 0, signIns: 0 })
    for (const kind of ['write', 'sign_in'] as const) {
      expect(limits.limitOf(kind)).toBe(0)
      expect(await limits.take(kind, 'bo')).toBeUndefined()
    }
  })
})
