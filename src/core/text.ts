// Text: clips untrusted values, formats numbers of bytes, folds case for comparisons, checks escapes.

/** Characters of an untrusted value that a response quotes. */
const MAX_QUOTED = 80

/** An untrusted value, cut to be quoted in a response. */
export const clip = (value: string): string => (value.length > MAX_QUOTED ? `${value.slice(0, MAX_QUOTED)}…` : value)

/** Number of code points. */
export const characters = (text: string): number => [...text].length

/** Text for a comparison without case: `Straße` is `STRASSE`, and each form of sigma is one letter. */
export const folded = (text: string): string => text.normalize('NFC').toUpperCase().toLowerCase().replaceAll('ς', 'σ')

/**
 * Parts of a list, trimmed, without empty ones. Separators alone are one part, which its parser refuses: `API_KEYS=","`
 * is a mistake, and no list of no keys.
 */
export const partsOf = (list: string, separator: string): string[] => {
  const whole = list.trim()
  const parts = whole
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.length === 0 && whole !== '' ? [whole] : parts
}

/** True where every `%` begins an escape, and all escapes are UTF-8. */
export const isPercentEncoded = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const

/** Bytes with a unit that people read: `26214400 bytes (25 MiB)`. */
export const bytesText = (bytes: number): string => {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length)
  const unit = UNITS[power - 1]
  return unit === undefined
    ? `${bytes} bytes`
    : `${bytes} bytes (${Number((bytes / 2 ** (10 * power)).toFixed(1))} ${unit})`
}
