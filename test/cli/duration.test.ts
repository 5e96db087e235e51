// Durations of flags.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { timeIn } from '../../src/cli/duration.ts'

const NOW_MS = Date.UTC(2026, 10, 28, 12)

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS }))
afterEach(() => void vi.useRealTimers())

it.each([
  ['1s', 1000],
  ['90s', 90_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['30d', 2_592_000_000],
  ['007d', 604_800_000],
  ['999999s', 999_999_000],
])('"%s" ends after %i ms', (text, ms) => {
  expect(timeIn(text).getTime()).toBe(NOW_MS + ms)
})

it.each([
  '',
  '0s',
  '000000d',
  '1000000s',
  '1',
  's',
  '-1s',
  '1.5h',
  '1 h',
  ' 1h',
  '1h ',
  '1H',
  '1w',
  '1ms',
  '1h30m',
  'ten',
])('"%s" is refused with the expected form', (text) => {
  expect(() => timeIn(text)).toThrow(
    expect.objectContaining({
      code: 'invalid_parameter',
      message: `--expires: expected a time such as 90s, 15m, 1h or 30d, got "${text}"`,
    }),
  )
})
