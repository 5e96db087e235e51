// Reads the header of a JPEG file (ITU-T T.81, EXIF 2.3): its dimensions and orientation, without decoding it.

export interface JpegHeader {
  /** Pixels as shown: the EXIF orientation is applied. */
  width: number
  height: number
  /**
   * True where nothing changes how the pixels are shown: a Huffman-coded frame, and only tables and JFIF segments before
   * it. False with an orientation, a colour profile, any other APPn segment or a comment.
   */
  isPlain: boolean
}

/** Reads `bytes` bytes at `position`; fewer at the end of the file. */
export type ReadAt = (position: number, bytes: number) => Buffer

export const SOI = 0xd8
export const SOS = 0xda
export const APP0 = 0xe0
export const APP1 = 0xe1
export const DHT = 0xc4
/** Huffman-coded frames: baseline, extended, progressive. */
export const PLAIN_FRAMES = [0xc0, 0xc1, 0xc2]
/** Segments that belong to the next scan: quantisation tables, Huffman tables, restart interval. */
export const TABLES = [0xdb, DHT, 0xdd]

/** JPG and DAC, which like DHT lie between the numbers of the frame headers. */
const JPG = 0xc8
export const DAC = 0xcc

/** Limit on segments, above that of any file that a camera or the store writes. */
export const MAX_SEGMENTS = 4096
/** Enough for the first directory of any EXIF that names an orientation. */
const EXIF_BYTES = 4096
const ORIENTATION = 0x0112

/** @returns undefined where it is no JPEG file, breaks off before its frame header, or has no width or height */
export const readJpegHeader = (readAt: ReadAt): JpegHeader | undefined => {
  const start = readAt(0, 2)
  if (start.length < 2 || start.readUInt16BE(0) !== 0xff00 + SOI) return undefined
  let isPlain = true
  let isTurned = false
  let at = 2
  for (let segments = 0; segments < MAX_SEGMENTS; segments++) {
    const head = readAt(at, 9)
    const marker = head[1]
    if (head.length < 9 || head[0] !== 0xff || marker === undefined) return undefined
    const bytes = head.readUInt16BE(2)
    if (marker === SOS || bytes < 2) return undefined
    if (isFrame(marker)) {
      const [height, width] = [head.readUInt16BE(5), head.readUInt16BE(7)]
      if (width === 0 || height === 0) return undefined
      isPlain &&= PLAIN_FRAMES.includes(marker)
      return isTurned ? { width: height, height: width, isPlain } : { width, height, isPlain }
    }
    if (marker !== APP0 && !TABLES.includes(marker)) isPlain = false
    if (marker === APP1) isTurned ||= swapsSides(readAt(at + 4, Math.min(bytes - 2, EXIF_BYTES)))
    at += 2 + bytes
  }
  return undefined
}

export const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== DHT && marker !== JPG && marker !== DAC

/** True where the EXIF orientation swaps width and height. */
const swapsSides = (content: Buffer): boolean => {
  if (content.length < 14 || content.toString('latin1', 0, 6) !== 'Exif\0\0') return false
  const tiff = content.subarray(6)
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const short = (at: number) => (at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  for (let entry = 0; entry < short(directory); entry++) {
    const at = directory + 2 + 12 * entry
    if (at + 12 > tiff.length) return false
    if (short(at) === ORIENTATION) return short(at + 8) >= 5 && short(at + 8) <= 8
  }
  return false
}
