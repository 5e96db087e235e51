// Follows the pixel data of the first frame of a GIF (GIF89a, appendix F), since decoders take a frame that ends early for
// a whole one and show the rest as transparent.

import { DESCRIPTOR_BYTES, findFirstFrame, tableBytes } from './gif.ts'

/** Number of codes. */
const CODES = 4096

/** False where the data of the first frame is invalid or ends before its last pixel; true where there is no frame. */
export const isWholeGif = (file: Buffer): boolean => {
  const at = findFirstFrame(file)
  if (at === undefined) return true
  const pixels = file.readUInt16LE(at + 5) * file.readUInt16LE(at + 7)
  const data = at + DESCRIPTOR_BYTES + tableBytes(file.readUInt8(at + 9))
  const codeSize = file[data] ?? 0
  return codeSize >= 1 && codeSize <= 8 && hasPixels(file, data + 1, codeSize, pixels)
}

/** @param start of the first block of data */
const hasPixels = (file: Buffer, start: number, codeSize: number, pixels: number): boolean => {
  const clear = 1 << codeSize
  /** Number of pixels of each code. */
  const lengths = new Uint32Array(CODES).fill(1, 0, clear)
  let [next, size, previous, length]: [number, number, number, number] = [clear + 2, codeSize + 1, -1, 0]
  let [held, bits]: [number, number] = [0, 0]
  /** Bytes of the current block that are not read yet. */
  let left = file[start] ?? 0
  let at = start + 1
  while (length < pixels) {
    while (bits < size) {
      if (left === 0 || at >= file.length) return false
      held |= (file[at++] ?? 0) << bits
      bits += 8
      if (--left === 0) left = file[at++] ?? 0
    }
    const code = held & ((1 << size) - 1)
    held >>>= size
    bits -= size
    if (code === clear + 1) return false
    if (code === clear) {
      next = clear + 2
      size = codeSize + 1
      previous = -1
      continue
    }
    if (code > next || (code === next && (previous < 0 || next >= CODES))) return false
    if (previous >= 0 && next < CODES) {
      lengths[next++] = (lengths[previous] ?? 0) + 1
      if (next === 1 << size && size < 12) size++
    }
    length += lengths[code] ?? 0
    previous = code
  }
  return true
}
