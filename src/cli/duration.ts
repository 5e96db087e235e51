// Parses durations of flags: 90s, 15m, 1h, 30d.

import { TintypeError } from '../core/errors.ts'

const UNITS_MS = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** The time after a duration, counted from now. @throws TintypeError `invalid_parameter` */
export const timeIn = (text: string): Date => {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const unitMs = UNITS_MS.get(unit)
  if (unitMs === undefined || Number(count) === 0)
    throw new TintypeError('invalid_parameter', `--expires: expected a time such as 90s, 15m, 1h or 30d, got "${text}"`)
  return new Date(Date.now() + Number(count) * unitMs)
}
