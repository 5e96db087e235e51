// Pixels in memory as an uncompressed TIFF file (TIFF 6.0), through which a decoder beside libvips hands them over.

import type { PixelSize } from '../levels.ts'

export interface PixelLayout extends PixelSize {
  /** 8 bit RGB, or RGB and alpha. */
  channels: 3 | 4
}

const SHORT = 3
const LONG = 4
const HEADER_BYTES = 8
const ENTRY_BYTES = 12

/** Rows that libtiff reads at a time. */
const STRIP_ROWS = 64

/**
 * A file without pixels.
 *
 * @returns the file, and the part of it for the pixels: rows without padding
 */
export const newTiff = ({ width, height, channels }: PixelLayout) => {
  const row = width * channels
  const strips = Array.from({ length: Math.ceil(height / STRIP_ROWS) }, (_, index) => index * STRIP_ROWS * row)
  const fields = channels === 4 ? 11 : 10
  const bitsAt = HEADER_BYTES + 2 + fields * ENTRY_BYTES + 4
  const positionsAt = bitsAt + 2 * channels
  const lengthsAt = positionsAt + 4 * strips.length
  const start = lengthsAt + 4 * strips.length
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, channels, bitsAt],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, 2],
    // A single value stands in the entry itself.
    [273, LONG, strips.length, strips.length === 1 ? start : positionsAt],
    [277, SHORT, 1, channels],
    [278, LONG, 1, STRIP_ROWS],
    [279, LONG, strips.length, strips.length === 1 ? height * row : lengthsAt],
    [284, SHORT, 1, 1],
  ]
  if (channels === 4) entries.push([338, SHORT, 1, 2])
  // Not filled with zeros, and not from the pool of Node.
  const file = Buffer.allocUnsafeSlow(start + height * row)
  file.fill(0, 0, start)
  file.write('II*\0', 'latin1')
  file.writeUInt32LE(HEADER_BYTES, 4)
  file.writeUInt16LE(entries.length, HEADER_BYTES)
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = HEADER_BYTES + 2 + index * ENTRY_BYTES
    file.writeUInt16LE(tag, at)
    file.writeUInt16LE(type, at + 2)
    file.writeUInt32LE(count, at + 4)
    file.writeUInt32LE(value, at + 8)
  }
  for (let channel = 0; channel < channels; channel++) file.writeUInt16LE(8, bitsAt + 2 * channel)
  for (const [index, strip] of strips.entries()) {
    file.writeUInt32LE(start + strip, positionsAt + 4 * index)
    file.writeUInt32LE(Math.min(STRIP_ROWS * row, height * row - strip), lengthsAt + 4 * index)
  }
  return { file, pixels: file.subarray(start) }
}
