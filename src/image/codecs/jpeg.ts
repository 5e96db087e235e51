// Parses JPEG files (ITU-T T.81) without decoding them, and rewrites them losslessly without metadata.

import { TintypeError } from '../../core/errors.ts'
import {
  APP0,
  APP1,
  DAC,
  isFrame,
  MAX_SEGMENTS,
  PLAIN_FRAMES,
  SOI,
  SOS,
  TABLES,
} from '../../core/headers/jpeg-header.ts'
import { isProfileChunk, joinProfile, type Profile, splitProfile } from './colour/icc.ts'

export interface JpegLayout {
  /** Pixels as stored, before the orientation is applied. */
  width: number
  height: number
  /**
   * True where every browser shows it: 8 bit, Huffman-coded (baseline, extended, progressive), grey or YCbCr. False for
   * CMYK, RGB, 12 bit, arithmetic or lossless coding; then `parts` is empty.
   */
  plain: boolean
  /** Tables, frame and scans in order, as slices of the file. */
  parts: readonly Buffer[]
  /** The colour profile, reduced to the tags that colours need; undefined where it is absent or invalid. */
  profile: Profile | undefined
}

const EOI = 0xd9
const APP2 = 0xe2
const APP14 = 0xee

/** Segments that a plain picture does not need: number of lines, JPG0 to JPG13, comments, all APPn. */
const isSkipped = (marker: number): boolean => marker === 0xdc || marker >= APP0
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7

interface Frame {
  marker: number
  precision: number
  width: number
  height: number
  /** Component ids in order. */
  components: readonly number[]
}

/**
 * Parses the structure of a file in one pass and linear time. Stops once the picture is known not to be plain.
 *
 * @throws TintypeError `damaged_image` where it is truncated or invalid
 */
export const readJpeg = (bytes: Buffer): JpegLayout => {
  const parts: [start: number, end: number][] = []
  const chunks: Buffer[] = []
  let tables: [start: number, end: number][] = []
  let frame: Frame | undefined
  let isJfif = false
  let adobeTransform: number | undefined
  let at = 2
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xff00 + SOI) throw damaged('it does not begin with an SOI marker')

  for (let segments = 0; segments < MAX_SEGMENTS; segments++) {
    const start = nextMarker(bytes, at)
    const marker = bytes.readUInt8(start + 1)
    if (marker === EOI) {
      if (!frame || parts.length === 0) throw damaged('it has no scan')
      const profile = joinProfile(chunks, frame.components.length)
      return { ...frame, plain: true, parts: joined(parts).map(([from, to]) => bytes.subarray(from, to)), profile }
    }
    const end = segmentEnd(bytes, start)
    const content = bytes.subarray(start + 4, end)
    at = end
    if (marker === APP0) isJfif ||= content.toString('latin1', 0, 5) === 'JFIF\0'
    else if (marker === APP14 && content.toString('latin1', 0, 5) === 'Adobe') adobeTransform = content[11]
    else if (marker === APP2 && isProfileChunk(content)) chunks.push(content)
    else if (TABLES.includes(marker)) tables.push([start, end])
    else if (isFrame(marker)) {
      if (frame) throw damaged('it has a second frame header')
      frame = readFrame(marker, content)
      tables.push([start, end])
    } else if (marker === SOS) {
      if (!frame) throw damaged('a scan comes before the frame header')
      if (!isPlain(frame, isJfif, adobeTransform)) return { ...frame, plain: false, parts: [], profile: undefined }
      at = scanEnd(bytes, end)
      parts.push(...tables, [start, at])
      tables = []
    } else if (marker !== DAC && !isSkipped(marker)) throw damaged(`marker ${marker.toString(16)} is unknown`)
  }
  throw damaged(`it has more than ${MAX_SEGMENTS} segments`)
}

/**
 * The file without metadata, in parts to be written in order; it decodes to identical pixels. For plain layouts only.
 *
 * @param orientation EXIF orientation, 1 to 8, which is kept
 */
export const rewriteJpeg = (layout: JpegLayout, orientation: number): Buffer[] => [
  Buffer.from([0xff, SOI]),
  // JFIF means YCbCr or grey, whatever the component ids are, so an Adobe segment is not needed.
  segment(APP0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
  ...(orientation === 1 ? [] : [segment(APP1, exifOf(orientation))]),
  ...(layout.profile ? splitProfile(layout.profile.bytes).map((chunk) => segment(APP2, chunk)) : []),
  ...layout.parts,
  Buffer.from([0xff, EOI]),
]

/** Position of the next marker. Skips stray bytes, as decoders do. */
const nextMarker = (bytes: Buffer, from: number): number => {
  for (let at = nextFf(bytes, from); at + 1 < bytes.length; at = nextFf(bytes, at + 1)) {
    const code = bytes.readUInt8(at + 1)
    // 00 escapes the byte ff, ff is fill; RSTn and TEM have no content and no meaning here.
    if (code !== 0 && code !== 0xff && code !== 1 && !isRestart(code)) return at
  }
  throw damaged('it breaks off')
}

/** End of the coded data of a scan: the first marker that is no restart. */
const scanEnd = (bytes: Buffer, from: number): number => {
  for (let at = nextFf(bytes, from); at + 1 < bytes.length; at = nextFf(bytes, at + 1)) {
    const code = bytes.readUInt8(at + 1)
    if (code !== 0 && code !== 0xff && !isRestart(code)) return at
  }
  throw damaged('it breaks off')
}

/** Searches near bytes without the cost of the fast search, since hostile files are full of them. */
const nextFf = (bytes: Buffer, from: number): number => {
  const near = Math.min(from + 8, bytes.length)
  for (let at = from; at < near; at++) if (bytes[at] === 0xff) return at
  const far = bytes.indexOf(0xff, near)
  return far < 0 ? bytes.length : far
}

const segmentEnd = (bytes: Buffer, start: number): number => {
  const length = start + 4 <= bytes.length ? bytes.readUInt16BE(start + 2) : 0
  const end = start + 2 + length
  if (length < 2 || end > bytes.length) throw damaged('a segment is longer than the file')
  return end
}

const readFrame = (marker: number, content: Buffer): Frame => {
  const count = content[5] ?? 0
  if (count === 0 || content.length !== 6 + 3 * count) throw damaged('its frame header has a wrong length')
  const frame = {
    marker,
    precision: content.readUInt8(0),
    height: content.readUInt16BE(1),
    width: content.readUInt16BE(3),
    components: Array.from({ length: count }, (_, index) => content.readUInt8(6 + 3 * index)),
  }
  if (frame.width === 0 || frame.height === 0) throw damaged('it has no width or no height')
  return frame
}

/** Follows libjpeg, where all decoders agree with it. */
const isPlain = (frame: Frame, isJfif: boolean, adobeTransform: number | undefined): boolean => {
  if (!PLAIN_FRAMES.includes(frame.marker) || frame.precision !== 8) return false
  if (frame.components.length === 1) return true
  if (frame.components.length !== 3) return false
  if (adobeTransform !== undefined) return adobeTransform === 1
  const ids = String(frame.components)
  return ids === '1,2,3' || (isJfif && ids !== String([...Buffer.from('RGB')]))
}

const segment = (marker: number, content: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

/** The smallest EXIF with an orientation: a TIFF header and one directory with one entry (0x0112, SHORT). */
const exifOf = (orientation: number): Buffer =>
  Buffer.from(
    ['Exif\0\0', 'MM\0*\0\0\0\x08', '\0\x01', `\x01\x12\0\x03\0\0\0\x01\0${String.fromCharCode(orientation)}\0\0`]
      .concat('\0\0\0\0')
      .join(''),
    'latin1',
  )

const joined = (ranges: readonly [start: number, end: number][]): [start: number, end: number][] => {
  const result: [start: number, end: number][] = []
  for (const [start, end] of ranges) {
    const last = result.at(-1)
    if (last?.[1] === start) last[1] = end
    else result.push([start, end])
  }
  return result
}

const damaged = (reason: string): TintypeError =>
  new TintypeError('damaged_image', `The JPEG file is damaged: ${reason}.`)
