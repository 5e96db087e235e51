// Finds damaged strips and tiles of TIFF files, which libvips leaves black or fills with noise without an error.
//
// libvips 8.18 reports a tile that libtiff cannot decode with `failOn: 'warning'` alone, never a JPEG tile, and no wrong
// checksum: libtiff stops as soon as it has the pixels of a strip, before it has read the checksum.

import { isWholeDeflate } from './deflate.ts'
import { chunkCount, damagedTiff, type TiffDirectory } from './directory.ts'
import { bitsOf, JPEG, YCBCR } from './known.ts'
import { isWholeLzw, isWholePackBits, type Lengths } from './lengths.ts'

/**
 * By compression. CCITT and WebP data has neither a checksum nor a length; JPEG has neither, but damage of it is
 * reported by its decoder.
 */
const CHECKS: Record<number, (data: Buffer, lengths: Lengths, rows: number) => boolean | Promise<boolean>> = {
  1: (data, { least }) => data.length >= least,
  4: (data, _, rows) => !isOverwrittenFax(data, rows),
  5: isWholeLzw,
  8: isWholeDeflate,
  32773: isWholePackBits,
  32946: isWholeDeflate,
}

/** A JPEG file, and the dimensions that it may have. */
export interface JpegChunk {
  jpeg: Buffer
  width: number
  /** The last strip may or may not be padded to the height of the others. */
  heights: readonly number[]
}

/**
 * Checks that all strips or tiles are there, and each one whose compression allows it.
 *
 * @param assertWholeJpeg throws where a JPEG file is damaged
 * @throws TintypeError `damaged_image`
 */
export const assertWholeTiff = async (
  bytes: Buffer,
  tiff: TiffDirectory,
  assertWholeJpeg: (chunk: JpegChunk) => Promise<void>,
): Promise<void> => {
  const name = tiff.tile ? 'tile' : 'strip'
  const expected = chunkCount(tiff)
  if (tiff.chunks < expected) throw damagedTiff(`it has ${tiff.chunks} of ${expected} ${name}s`)
  const isReversed = tiff.isLowBitFirst && ![NONE, JPEG].includes(tiff.compression)
  for (let index = 0; index < expected; index++) {
    const { offset, bytes: length = Math.max(0, bytes.length - offset) } = tiff.chunkAt(index)
    if (length === 0) throw damagedTiff(`${name} ${index + 1} of ${expected} is empty`)
    if (offset + length > bytes.length) throw damagedTiff(`${name} ${index + 1} of ${expected} is not in the file`)
    const stored = bytes.subarray(offset, offset + length)
    const data = isReversed ? reversed(stored) : stored
    const { width, height, fullHeight } = sizeOf(tiff, index)
    const lengths = { least: bytesOf(tiff, width, height), most: bytesOf(tiff, width, fullHeight) }
    if (tiff.compression === JPEG)
      await assertWholeJpeg({ jpeg: jpegOf(data, tiff), width, heights: [height, fullHeight] })
    else if ((await CHECKS[tiff.compression]?.(data, lengths, fullHeight)) === false)
      throw damagedTiff(`${name} ${index + 1} of ${expected} cannot be decoded`)
  }
}

const NONE = 1

/**
 * CCITT Group 4 data of ones alone repeats an empty row, one bit a row. More of them than rows were written over the data;
 * the decoder stops behind the last row.
 */
const isOverwrittenFax = (data: Buffer, rows: number): boolean =>
  data.length > rows / 8 + 1 && data.every((byte) => byte === 0xff)

/** Pixels of a strip or tile. */
const sizeOf = ({ width, height, tile, rowsPerStrip }: TiffDirectory, index: number) => {
  if (tile) return { ...tile, fullHeight: tile.height }
  const strip = index % Math.ceil(height / rowsPerStrip)
  return { width, height: Math.min(rowsPerStrip, height - strip * rowsPerStrip), fullHeight: rowsPerStrip }
}

const bytesOf = (tiff: TiffDirectory, width: number, height: number): number => {
  const samples = tiff.isPlanar ? 1 : tiff.samplesPerPixel
  if (tiff.photometric !== YCBCR) return Math.ceil((width * samples * bitsOf(tiff)) / 8) * height
  const [across, down] = tiff.chroma
  return Math.ceil(width / across) * Math.ceil(height / down) * (across * down + 2)
}

/** A JPEG file from the tables that all strips or tiles share and its own data, each of which is a file of its own. */
const jpegOf = (data: Buffer, { jpegTables }: TiffDirectory): Buffer =>
  jpegTables && jpegTables.length >= 4 ? Buffer.concat([jpegTables.subarray(0, -2), data.subarray(2)]) : data

const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) =>
  Array.from({ length: 8 }, (_, bit) => ((byte >> bit) & 1) << (7 - bit)).reduce((sum, value) => sum + value),
)

const reversed = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => REVERSED[byte] ?? 0))
