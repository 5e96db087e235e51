// Reads when a photo was taken from its EXIF data (CIPA DC-008), and nothing else of it.
//
// Not left to exif-reader: it reads every entry of every directory with all of its values, so that 64 KB of hostile EXIF
// in a JPEG file take gigabytes of memory. Three values are read here, each of bounded length, in linear time.

const EXIF_DIRECTORY = 0x8769
const DATE_TIME_ORIGINAL = 0x9003
const OFFSET_TIME_ORIGINAL = 0x9011

const ASCII = 2

/** Bytes of a value that are read. */
const MAX_VALUE_BYTES = 32

/** A date with its separators as EXIF wants them, or as some programs write them. */
const DATE_TIME = /^(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d*)?$/
const OFFSET = /^(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/

/** Year of the first photo, and the last year that is no mistake of a camera. */
const YEARS = { first: 1826, last: 2099 }

/**
 * The time of the exposure: ISO 8601 in the time of its place, with the offset where EXIF has one. Undefined where there
 * is none, or no possible one. Never throws.
 *
 * @param exif a TIFF structure, with or without `Exif\0\0` before it: the content of an APP1 segment, or a TIFF file
 */
export const takenAtOf = (exif: Buffer): string | undefined => {
  const tiff = tiffIn(exif)
  const main = tiff && directoryAt(tiff, tiff.uint32(4))
  const pointer = main?.(EXIF_DIRECTORY)
  const photo = tiff && pointer !== undefined && directoryAt(tiff, tiff.uint32(pointer + 8))
  if (!photo) return undefined
  const time = isoOf(textAt(tiff, photo(DATE_TIME_ORIGINAL)))
  const offset = textAt(tiff, photo(OFFSET_TIME_ORIGINAL))
  return time === undefined ? undefined : `${time}${OFFSET.test(offset) ? offset : ''}`
}

interface Tiff {
  bytes: Buffer
  /** Numbers at a position; 0 behind the end. */
  uint16(at: number): number
  uint32(at: number): number
}

const tiffIn = (exif: Buffer): Tiff | undefined => {
  const bytes = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif
  const order = bytes.toString('latin1', 0, 4)
  if (order !== 'II*\0' && order !== 'MM\0*') return undefined
  const isLittle = order === 'II*\0'
  const number = (at: number, length: number) =>
    at + length > bytes.length ? 0 : isLittle ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length)
  return { bytes, uint16: (at) => number(at, 2), uint32: (at) => number(at, 4) }
}

/** Finds entries of a directory by their tags: their positions. The first of several counts. */
const directoryAt = ({ bytes, uint16 }: Tiff, at: number) => {
  const end = Math.min(at + 2 + 12 * uint16(at), bytes.length - 11)
  return (tag: number): number | undefined => {
    for (let entry = at + 2; entry < end; entry += 12) if (uint16(entry) === tag) return entry
    return undefined
  }
}

/** Text of an entry up to its first NUL; empty where there is none. */
const textAt = ({ bytes, uint16, uint32 }: Tiff, entry: number | undefined): string => {
  if (entry === undefined || uint16(entry + 2) !== ASCII) return ''
  const length = uint32(entry + 4)
  const start = length <= 4 ? entry + 8 : uint32(entry + 8)
  const text = bytes.toString('latin1', start, start + Math.min(length, MAX_VALUE_BYTES))
  return (text.split('\0', 1)[0] ?? '').trim()
}

const isoOf = (text: string): string | undefined => {
  const [year, month, day, hour, minute, second] = DATE_TIME.exec(text)?.slice(1) ?? []
  const time = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const date = new Date(`${time}Z`)
  // A date that does not exist becomes another one, or none.
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(time)) return undefined
  return Number(year) >= YEARS.first && Number(year) <= YEARS.last ? time : undefined
}
