import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createObjectChecks } from '../../../src/services/sources/object-checks.ts'

const NOW = Date.parse('2026-03-04T05:06:07Z')

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }))
afterEach(() => void vi.useRealTimers())

it('keeps a result for a minute, that of a failure for 5 s, to the millisecond', () => {
  const checks = createObjectChecks()
  checks.keep('a', { etag: 'one' })
  checks.keepBriefly('b', { etag: 'one' })
  for (const [afterMs, found] of [
    [4999, [true, true]],
    [5000, [true, false]],
    [59_999, [true, false]],
    [60_000, [false, false]],
  ] as const) {
    vi.setSystemTime(NOW + afterMs)
    expect([checks.find('a') !== undefined, checks.find('b') !== undefined], `after ${afterMs} ms`).toEqual(found)
  }
})

it('forgets a result where the clock was set back', () => {
  const checks = createObjectChecks()
  checks.keep('a', { etag: 'one' })
  vi.setSystemTime(NOW - 1)
  expect(checks.find('a')).toBeUndefined()
})

it('keeps 10,000 results, and forgets the oldest of more', () => {
  const checks = createObjectChecks()
  for (let n = 0; n < 10_000; n++) checks.keep(`key ${n}`, { etag: undefined })
  expect(checks.find('key 0')).toEqual({ etag: undefined })
  checks.keep('one more', { etag: undefined })
  expect([checks.find('key 1'), checks.find('key 2')]).toEqual([undefined, { etag: undefined }])
})
