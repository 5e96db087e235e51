// Checks that LZW and PackBits data of TIFF files (TIFF 6.0, sections 9 and 13) stands for the right number of bytes.
//
// Neither has a checksum. Overwritten data almost always has an invalid code, ends early, or stands for too much.

/** Range of lengths: a whole strip; the last one may or may not be padded to the height of the others. */
export interface Lengths {
  least: number
  most: number
}

const [CLEAR, END, FIRST, LAST] = [256, 257, 258, 4095]

/** Bytes of padding that may follow the data. */
const MAX_PADDING = 3

/**
 * True where LZW data ends, by its end code or at its last byte, with the right length.
 *
 * The first TIFF writers put the lowest bit first, and lengthened codes one code later. libtiff recognises their data by
 * its first two bytes, a clear code in that order.
 */
export const isWholeLzw = (data: Buffer, { least, most }: Lengths): boolean => {
  const isOld = data.length >= 2 && data[0] === 0 && ((data[1] ?? 0) & 1) === 1
  /** Length of the string of each code. */
  const lengths = new Uint32Array(LAST + 1).fill(1, 0, CLEAR)
  let [next, size, previous, length]: [number, number, number, number] = [FIRST, 9, -1, 0]
  let [held, bits, at]: [number, number, number] = [0, 0, 0]
  while (length <= most) {
    for (; bits < size && at < data.length; bits += 8, at++)
      held = isOld ? held | ((data[at] ?? 0) << bits) : (held << 8) | (data[at] ?? 0)
    if (bits < size || (length === least && data.length - at <= MAX_PADDING)) return length >= least
    bits -= size
    const code = isOld ? held & ((1 << size) - 1) : held >>> bits
    held = isOld ? held >>> size : held & ((1 << bits) - 1)
    if (code === END) return length >= least
    if (code === CLEAR) {
      next = FIRST
      size = 9
      previous = -1
      continue
    }
    if (code > next || (code === next && previous < 0)) return false
    if (previous >= 0 && next <= LAST) lengths[next++] = (lengths[previous] ?? 0) + 1
    length += lengths[code] ?? 0
    previous = code
    if (size < 12 && next > (1 << size) - (isOld ? 1 : 2)) size++
  }
  return false
}

/** True where PackBits data ends with the right length, at the end of a run. */
export const isWholePackBits = (data: Buffer, { least, most }: Lengths): boolean => {
  let [at, length]: [number, number] = [0, 0]
  while (length <= most) {
    if (at >= data.length || (length === least && data.length - at <= MAX_PADDING)) return length >= least
    const head = data[at] ?? 0
    // 128 means nothing.
    const run = head < 128 ? head + 1 : head > 128 ? 257 - head : 0
    at += head < 128 ? 1 + run : head > 128 ? 2 : 1
    if (at > data.length) return false
    length += run
  }
  return false
}
