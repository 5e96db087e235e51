// Reads the first directory of TIFF files (TIFF 6.0, BigTIFF; both byte orders) without decoding them.
//
// Own code instead of a library: uploads are hostile, and the answer has to be the one of libtiff, which decodes them.
// Its rules are followed: of a repeated tag the first one counts, and tags need not be sorted.

import { TintypeError } from '../../../core/errors.ts'

export interface TiffDirectory {
  width: number
  height: number
  compression: number
  photometric: number
  /** Bits of a sample; each sample has its own where they differ. */
  bits: readonly number[]
  /** 1 unsigned, 2 signed, 3 float, 4 undefined, 5 and 6 complex. */
  sampleFormats: readonly number[]
  samplesPerPixel: number
  /** Meanings of samples beyond the colours: 0 unspecified, 1 premultiplied alpha, 2 alpha. */
  extraSamples: readonly number[]
  /** True where each sample of a pixel lies in a plane of its own. */
  isPlanar: boolean
  predictor: number
  /** True where the first pixel of a byte is in its lowest bits. */
  isLowBitFirst: boolean
  /** 1 for CMYK. */
  inkSet: number
  /** Pixels for each sample of chroma, across and down, where it is YCbCr. */
  chroma: readonly [across: number, down: number]
  /** Undefined where the pixels are in strips. */
  tile: { width: number; height: number } | undefined
  /** At most the height. */
  rowsPerStrip: number
  /** Number of strips or tiles that the file lists, at most that of its pixels. */
  chunks: number
  /** The place of a strip or tile. */
  chunkAt: (index: number) => TiffChunk
  /** False where libtiff ignores the palette, since the depth is not known when it comes to it. */
  hasSortedPalette: boolean
  /** Tables shared by JPEG strips and tiles, as an abbreviated JPEG file. */
  jpegTables: Buffer | undefined
}

/** A strip or a tile. It need not lie within the file. */
export interface TiffChunk {
  offset: number
  /** Undefined where the file does not say. */
  bytes: number | undefined
}

const TAGS = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripBytes: 279,
  planar: 284,
  predictor: 317,
  palette: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileBytes: 325,
  inkSet: 332,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  chroma: 530,
} as const

const TAG_NUMBERS: readonly number[] = Object.values(TAGS)

/** Bytes of a value by its type; those of the integer types can be read. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]
const INTEGER_TYPES = [1, 3, 4, 6, 8, 9, 13, 16, 17, 18]

/** Limit of libvips, and above any picture. */
const MAX_SAMPLES = 10_000

interface Entry {
  type: number
  count: number
  /** Position of the first value. */
  at: number
}

/**
 * The first directory, in linear time.
 *
 * @throws TintypeError `damaged_image` where it breaks off or a tag is missing without which nothing can be decoded
 */
export const readTiffDirectory = (bytes: Buffer): TiffDirectory => {
  const file = openTiff(bytes)
  const entries = readEntries(file)
  const numbers = (tag: keyof typeof TAGS, most: number): number[] | undefined => {
    const entry = entries.get(TAGS[tag])
    if (!entry || !INTEGER_TYPES.includes(entry.type)) return undefined
    return Array.from({ length: Math.min(entry.count, most) }, (_, index) => numberAt(file, entry, index) ?? 0)
  }
  const number = (tag: keyof typeof TAGS, usual?: number): number => {
    const value = numbers(tag, 1)?.[0] ?? usual
    if (value === undefined) throw damagedTiff(`its ${tag} is missing`)
    return value
  }
  const [width, height] = [number('width'), number('height')]
  if (width === 0 || height === 0) throw damagedTiff('it has no width or no height')
  const samplesPerPixel = number('samplesPerPixel', 1)
  if (samplesPerPixel < 1 || samplesPerPixel > MAX_SAMPLES) throw damagedTiff('its number of samples is invalid')
  const isTiled = entries.has(TAGS.tileWidth)
  const tile = isTiled ? { width: number('tileWidth'), height: number('tileHeight') } : undefined
  const rowsPerStrip = Math.min(height, Math.max(1, number('rowsPerStrip', height)))
  const isPlanar = number('planar', 1) === 2
  const [across = 2, down = 2] = numbers('chroma', 2) ?? []
  const tables = entries.get(TAGS.jpegTables)
  const directory = {
    width,
    height,
    compression: number('compression', 1),
    photometric: number('photometric'),
    bits: distinct(numbers('bits', samplesPerPixel) ?? [1]),
    sampleFormats: distinct(numbers('sampleFormat', samplesPerPixel) ?? [1]),
    samplesPerPixel,
    extraSamples: numbers('extraSamples', samplesPerPixel) ?? [],
    isPlanar,
    predictor: number('predictor', 1),
    isLowBitFirst: number('fillOrder', 1) === 2,
    inkSet: number('inkSet', 1),
    chroma: [across, down] as const,
    tile,
    rowsPerStrip,
    hasSortedPalette: isBefore(entries, TAGS.bits, TAGS.palette),
    jpegTables: tables && bytes.subarray(tables.at, tables.at + tables.count),
  }
  const offsets = entries.get(isTiled ? TAGS.tileOffsets : TAGS.stripOffsets)
  const sizes = entries.get(isTiled ? TAGS.tileBytes : TAGS.stripBytes)
  const valueAt = (entry: Entry | undefined, index: number) => entry && (numberAt(file, entry, index) ?? 0)
  return {
    ...directory,
    chunks: Math.min(offsets?.count ?? 0, chunkCount(directory)),
    // Read one by one: a list of hostile length would take gigabytes.
    chunkAt: (index) => ({ offset: valueAt(offsets, index) ?? 0, bytes: valueAt(sizes, index) }),
  }
}

/** Number of strips or tiles that a picture consists of. */
export const chunkCount = (
  layout: Pick<TiffDirectory, 'width' | 'height' | 'tile' | 'rowsPerStrip' | 'isPlanar' | 'samplesPerPixel'>,
): number => {
  const { width, height, tile, rowsPerStrip, isPlanar, samplesPerPixel } = layout
  const inPlane = tile
    ? Math.ceil(width / Math.max(1, tile.width)) * Math.ceil(height / Math.max(1, tile.height))
    : Math.ceil(height / rowsPerStrip)
  return isPlanar ? inPlane * samplesPerPixel : inPlane
}

export const damagedTiff = (reason: string, cause?: unknown): TintypeError =>
  new TintypeError('damaged_image', `The TIFF file is damaged: ${reason}.`, { cause })

interface TiffFile {
  bytes: Buffer
  isBig: boolean
  /** Unsigned integers at a position. @throws TintypeError `damaged_image` beyond the end */
  uint: (at: number, size: number) => number
}

const openTiff = (bytes: Buffer): TiffFile => {
  const isLittle = bytes.toString('latin1', 0, 2) === 'II'
  const uint = (at: number, size: number): number => {
    if (at + size > bytes.length) throw damagedTiff('its directory breaks off')
    if (size === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
    return isLittle ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size)
  }
  return { bytes, isBig: uint(2, 2) === 43, uint }
}

const readEntries = ({ bytes, isBig, uint }: TiffFile): Map<number, Entry> => {
  const word = isBig ? 8 : 4
  const start = uint(word, word)
  const count = uint(start, isBig ? 8 : 2)
  const entryBytes = 4 + 2 * word
  const first = start + (isBig ? 8 : 2)
  if (count === 0 || count > 65_535 || first + count * entryBytes > bytes.length)
    throw damagedTiff('its directory breaks off')
  const entries = new Map<number, Entry>()
  for (let at = first; at < first + count * entryBytes; at += entryBytes) {
    const tag = uint(at, 2)
    if (!TAG_NUMBERS.includes(tag) || entries.has(tag)) continue
    const entry = { type: uint(at + 2, 2), count: uint(at + 4, word), at: at + 4 + word }
    const size = (TYPE_BYTES[entry.type] ?? 0) * entry.count
    if (size > word) entry.at = uint(entry.at, word)
    if (size === 0) continue
    if (entry.at + size > bytes.length) throw damagedTiff(`the values of tag ${tag} are not in the file`)
    entries.set(tag, entry)
  }
  return entries
}

/** A value of an integer type; undefined of other types, and beyond the last value. */
const numberAt = ({ uint }: TiffFile, { type, count, at }: Entry, index: number): number | undefined => {
  const size = TYPE_BYTES[type] ?? 0
  return index < count && INTEGER_TYPES.includes(type) ? uint(at + index * size, size) : undefined
}

/** True also where the second tag is absent. */
const isBefore = (entries: ReadonlyMap<number, Entry>, first: number, second: number): boolean => {
  const tags = [...entries.keys()]
  return !tags.includes(second) || tags.indexOf(first) < tags.indexOf(second)
}

const distinct = (values: readonly number[]): number[] => {
  const [first = 1] = values
  return values.every((value) => value === first) ? [first] : [...values]
}
