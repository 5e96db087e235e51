// Numbers, sizes and times as people read them.

import { language } from '../texts/texts.ts'

const UNITS = ['B', 'kB', 'MB', 'GB'] as const

/** @param bytes as `1.4 MB` */
export const bytesText = (bytes: number): string => {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)))
  const digits = power > 1 ? 1 : 0
  const value = (bytes / 1000 ** power).toLocaleString(language, { maximumFractionDigits: digits })
  return `${value} ${UNITS[power]}`
}

/** @param time in ISO 8601 */
export const timeText = (time: string): string =>
  new Date(time).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })
