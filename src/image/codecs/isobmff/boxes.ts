// Reads the boxes of ISO base media files (ISO/IEC 14496-12), which AVIF and HEIC files consist of. No field is read
// behind the end of the box around it.

import { TintypeError } from '../../../core/errors.ts'

/** Above the number of boxes in a row in any real file: a thousand items or properties. */
const MAX_BOXES = 4096

export interface Box {
  type: string
  /** Behind the header of the box. */
  content: Buffer
  /** Position of the header in the bytes that the box was read from. */
  start: number
  /** True of the last box of a file that ends too early. */
  isCut: boolean
}

/** Reads big-endian numbers of 0 to 8 bytes, one behind the other. */
export interface Reader {
  readonly left: number
  /** @throws TintypeError `damaged_image` behind the end, and of 8 bytes above 2^53 */
  uint(bytes: number): number
  take(bytes: number): Buffer
  text(): string
}

/** @throws TintypeError `damaged_image`, always */
export const failDamaged = (reason: string): never => {
  throw new TintypeError('damaged_image', 'The picture is damaged and cannot be decoded.', { cause: new Error(reason) })
}

export const readerOf = (bytes: Buffer): Reader => {
  let at = 0
  const take = (count: number): Buffer => {
    if (count > bytes.length - at) failDamaged('a box ends too early')
    at += count
    return bytes.subarray(at - count, at)
  }
  return {
    get left() {
      return bytes.length - at
    },
    take,
    uint(count) {
      const field = take(count)
      if (count === 0) return 0
      if (count <= 6) return field.readUIntBE(0, count)
      const value = Number(field.readBigUInt64BE(0))
      return Number.isSafeInteger(value) ? value : failDamaged('a number has more than 53 bits')
    },
    text() {
      const end = bytes.indexOf(0, at)
      const text = take((end < 0 ? bytes.length : end) - at).toString('latin1')
      if (end >= 0) at++
      return text
    },
  }
}

/**
 * The boxes that the bytes consist of.
 *
 * @param isFile true for the bytes of a file: its last box may be cut off, and what is no box ends it
 * @throws TintypeError `damaged_image`
 */
export const boxesIn = (bytes: Buffer, isFile = false): Box[] => {
  const boxes: Box[] = []
  for (let start = 0; start < bytes.length; ) {
    if (boxes.length === MAX_BOXES) failDamaged('the file has too many boxes')
    const { header, length } = headerAt(bytes, start)
    const isSound = header <= bytes.length - start && length >= header
    if (!isSound && isFile) break
    if (!isSound || (length > bytes.length - start && !isFile)) failDamaged('a box does not fit into the one around it')
    const end = Math.min(start + length, bytes.length)
    boxes.push({
      type: bytes.toString('latin1', start + 4, start + 8),
      content: bytes.subarray(start + header, end),
      start,
      isCut: start + length > end,
    })
    start = end
  }
  return boxes
}

/** Bytes of a header, and of the whole box. A length of 0 reaches to the end, 1 announces one of 64 bits. */
const headerAt = (bytes: Buffer, start: number) => {
  const left = bytes.length - start
  const short = left < 8 ? 0 : bytes.readUInt32BE(start)
  if (short !== 1) return { header: 8, length: short === 0 ? left : short }
  return { header: 16, length: left < 16 ? 0 : Number(bytes.readBigUInt64BE(start + 8)) }
}

/** The first box of a type. */
export const boxOf = (boxes: readonly Box[], type: string): Box | undefined => boxes.find((box) => box.type === type)

/** Reads the version and the flags at the start of a full box. */
export const fullBox = (content: Buffer) => {
  const reader = readerOf(content)
  return { version: reader.uint(1), flags: reader.uint(3), reader }
}
