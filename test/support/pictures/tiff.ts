// Writes TIFF files of any layout, sound ones and others.

import { deflateSync } from 'node:zlib'

/** A value of a tag: numbers are SHORT or LONG as they fit, bytes are UNDEFINED. */
type TagValue = number | readonly number[] | Buffer

export interface TiffFileOptions {
  width: number
  height: number
  /** Samples in the file's byte order, pixel by pixel, rows without padding but for the last byte. */
  samples: Buffer
  /** @default 8 */
  bits?: number
  /** @default 3 */
  samplesPerPixel?: number
  /** @default 2, RGB */
  photometric?: number
  /** @default none */
  encoding?: keyof typeof ENCODERS
  /** Side of square tiles. @default strips */
  tile?: number
  /** @default 16 */
  rowsPerStrip?: number
  /** One plane a sample. */
  isPlanar?: boolean
  /** Stores differences of neighbours (predictor 2). For 8 bit. */
  isDifferenced?: boolean
  /** More tags, or other values; undefined leaves a tag out. */
  tags?: Record<number, TagValue | undefined>
  file?: FileOptions
}

export interface FileOptions {
  isBig?: boolean
  /** Motorola byte order. */
  isBigEndian?: boolean
  /** True where the directory lies behind the pixels. */
  isDirectoryLast?: boolean
  /** Writes the tags in descending order. */
  isUnsorted?: boolean
}

const identity = (bytes: Buffer): Buffer => bytes

/** Data of a TIFF strip or tile, and the number of its compression. */
export const ENCODERS = {
  none: { compression: 1, encode: identity },
  lzw: { compression: 5, encode: (bytes: Buffer) => lzw(bytes) },
  deflate: { compression: 8, encode: (bytes: Buffer) => deflateSync(bytes) },
  adobeDeflate: { compression: 32946, encode: (bytes: Buffer) => deflateSync(bytes) },
  packBits: { compression: 32773, encode: (bytes: Buffer) => packBits(bytes) },
} as const

/** A whole file from the samples of a picture. */
export const tiffOf = (options: TiffFileOptions): Buffer => {
  const { width, height, bits = 8, samplesPerPixel = 3, photometric = 2, encoding = 'none', tile } = options
  const { rowsPerStrip = 16, isPlanar = false, isDifferenced = false, tags = {}, file } = options
  const step = isPlanar ? 1 : samplesPerPixel
  const stored = chunksOf(options).map((chunk) =>
    isDifferenced ? differences(chunk, (tile ?? width) * step, step) : chunk,
  )
  const chunks = stored.map(ENCODERS[encoding].encode)
  return tiffFile(
    {
      256: width,
      257: height,
      258: Array<number>(samplesPerPixel).fill(bits),
      259: ENCODERS[encoding].compression,
      262: photometric,
      277: samplesPerPixel,
      284: isPlanar ? 2 : 1,
      ...(isDifferenced ? { 317: 2 } : {}),
      ...(tile ? { 322: tile, 323: tile } : { 278: rowsPerStrip }),
      ...tags,
    },
    chunks,
    file,
  )
}

/** Strips or tiles of a picture, not compressed; tiles are padded with zeros. */
export const chunksOf = (options: TiffFileOptions): Buffer[] => {
  const { width, height, samples, bits = 8, samplesPerPixel = 3, tile, rowsPerStrip = 16, isPlanar = false } = options
  const planes = isPlanar ? Array.from({ length: samplesPerPixel }, (_, plane) => planeOf(options, plane)) : [samples]
  const pixelBits = bits * (isPlanar ? 1 : samplesPerPixel)
  const rowBytes = Math.ceil((width * pixelBits) / 8)
  return planes.flatMap((plane) => {
    const row = (y: number) => plane.subarray(y * rowBytes, (y + 1) * rowBytes)
    if (!tile) {
      const strips = Array.from({ length: Math.ceil(height / rowsPerStrip) }, (_, strip) => strip * rowsPerStrip)
      return strips.map((y) => plane.subarray(y * rowBytes, Math.min(height, y + rowsPerStrip) * rowBytes))
    }
    const tileBytes = Math.ceil((tile * pixelBits) / 8)
    const across = Math.ceil(width / tile)
    return Array.from({ length: across * Math.ceil(height / tile) }, (_, index) => {
      const [left, top] = [(index % across) * tileBytes, Math.floor(index / across) * tile]
      const chunk = Buffer.alloc(tileBytes * tile)
      for (let y = top; y < Math.min(height, top + tile); y++)
        row(y)
          .subarray(left, left + tileBytes)
          .copy(chunk, (y - top) * tileBytes)
      return chunk
    })
  })
}

const planeOf = ({ samples, bits = 8, samplesPerPixel = 3 }: TiffFileOptions, plane: number): Buffer => {
  const bytes = bits / 8
  const pixels = samples.length / bytes / samplesPerPixel
  const result = Buffer.alloc(pixels * bytes)
  for (let pixel = 0; pixel < pixels; pixel++)
    samples.copy(
      result,
      pixel * bytes,
      (pixel * samplesPerPixel + plane) * bytes,
      (pixel * samplesPerPixel + plane + 1) * bytes,
    )
  return result
}

const differences = (bytes: Buffer, rowBytes: number, step: number): Buffer =>
  Buffer.from(bytes.map((value, at) => (at % rowBytes < step ? value : value - bytes.readUInt8(at - step))))

/** A file of tags and of strips or tiles as they are to be stored. Their places are added. */
export const tiffFile = (
  tags: Record<number, TagValue | undefined>,
  chunks: readonly Buffer[],
  { isBig = false, isBigEndian = false, isDirectoryLast = false, isUnsorted = false }: FileOptions = {},
): Buffer => {
  const word = isBig ? 8 : 4
  const uint = (value: number, bytes: number): Buffer => {
    const buffer = Buffer.alloc(bytes)
    if (bytes === 8) isBigEndian ? buffer.writeBigUInt64BE(BigInt(value)) : buffer.writeBigUInt64LE(BigInt(value))
    else isBigEndian ? buffer.writeUIntBE(value, 0, bytes) : buffer.writeUIntLE(value, 0, bytes)
    return buffer
  }
  const header = Buffer.concat([
    Buffer.from(isBigEndian ? 'MM' : 'II'),
    uint(isBig ? 43 : 42, 2),
    ...(isBig ? [uint(8, 2), uint(0, 2)] : []),
  ])
  const headerBytes = header.length + word
  const dataBytes = chunks.reduce((sum, { length }) => sum + length + (length & 1), 0)
  const isTiled = 322 in tags
  const placesOf = (from: number) => {
    let at = from
    return chunks.map(({ length }) => {
      const place = at
      at += length + (length & 1)
      return place
    })
  }
  const directoryAt = (at: number, dataAt: number): Buffer => {
    const all: Record<number, TagValue | undefined> = {
      [isTiled ? 324 : 273]: placesOf(dataAt),
      [isTiled ? 325 : 279]: chunks.map(({ length }) => length),
      ...tags,
    }
    const entries = Object.entries(all).filter((entry): entry is [string, TagValue] => entry[1] !== undefined)
    if (isUnsorted) entries.reverse()
    const extra: Buffer[] = []
    let extraAt = at + (isBig ? 8 : 2) + entries.length * (4 + 2 * word) + word
    const written = entries.map(([tag, value]) => {
      const isBytes = Buffer.isBuffer(value)
      const values = isBytes ? [...value] : typeof value === 'number' ? [value] : [...value]
      // Places are LONG, so that the directory has the same length wherever they are.
      const isLong = [273, 279, 324, 325].includes(Number(tag)) || values.some((one) => one > 0xffff)
      const size = isBytes ? 1 : isLong ? 4 : 2
      const data = isBytes ? value : Buffer.concat(values.map((one) => uint(one, size)))
      const head = Buffer.concat([
        uint(Number(tag), 2),
        uint(isBytes ? 7 : isLong ? 4 : 3, 2),
        uint(values.length, word),
      ])
      if (data.length <= word) return Buffer.concat([head, data, Buffer.alloc(word - data.length)])
      const place = uint(extraAt, word)
      extra.push(data, Buffer.alloc(data.length & 1))
      extraAt += data.length + (data.length & 1)
      return Buffer.concat([head, place])
    })
    return Buffer.concat([uint(entries.length, isBig ? 8 : 2), ...written, uint(0, word), ...extra])
  }
  const data = chunks.flatMap((chunk) => [chunk, Buffer.alloc(chunk.length & 1)])
  if (isDirectoryLast)
    return Buffer.concat([
      header,
      uint(headerBytes + dataBytes, word),
      ...data,
      directoryAt(headerBytes + dataBytes, headerBytes),
    ])
  const { length } = directoryAt(headerBytes, 0)
  return Buffer.concat([header, uint(headerBytes, word), directoryAt(headerBytes, headerBytes + length), ...data])
}

/**
 * A file that sharp wrote, in another form: its directory, which sharp puts last, comes first, so that a cut file still
 * has it.
 */
export const relaid = (tiff: Buffer, file: FileOptions = {}): Buffer => {
  const start = tiff.readUInt32LE(4)
  const tags: Record<number, TagValue> = {}
  for (let at = start + 2, left = tiff.readUInt16LE(start); left > 0; at += 12, left--) {
    const [type, count] = [tiff.readUInt16LE(at + 2), tiff.readUInt32LE(at + 4)]
    const bytes = type === 3 ? 2 : type === 4 ? 4 : 1
    // Resolution and text have no part in decoding.
    if (type !== 3 && type !== 4 && type !== 7) continue
    const from = count * bytes > 4 ? tiff.readUInt32LE(at + 8) : at + 8
    tags[tiff.readUInt16LE(at)] =
      type === 7
        ? tiff.subarray(from, from + count)
        : Array.from({ length: count }, (_, index) => tiff.readUIntLE(from + index * bytes, bytes))
  }
  const { 273: strips, 324: tiles, 279: stripBytes, 325: tileBytes, ...others } = tags
  const [offsets, sizes] = [numbersOf(tiles ?? strips), numbersOf(tileBytes ?? stripBytes)]
  const chunks = offsets.map((offset, index) => tiff.subarray(offset, offset + (sizes[index] ?? 0)))
  return tiffFile(others, chunks, file)
}

const numbersOf = (value: TagValue | undefined): number[] =>
  value === undefined ? [] : typeof value === 'number' ? [value] : [...value]

/** TIFF 6.0 LZW: most significant bit first, and codes grow one code early. */
export const lzw = (bytes: Buffer): Buffer => {
  const out: number[] = []
  let [bits, held] = [0, 0]
  const put = (code: number, size: number) => {
    bits = (bits << size) | code
    held += size
    for (; held >= 8; held -= 8) out.push((bits >> (held - 8)) & 0xff)
    bits &= (1 << held) - 1
  }
  let table = new Map<number, number>()
  let next = 258
  const size = () => (next < 512 ? 9 : next < 1024 ? 10 : next < 2048 ? 11 : 12)
  put(256, 9)
  let prefix = -1
  for (const byte of bytes) {
    if (prefix < 0) {
      prefix = byte
      continue
    }
    const key = prefix * 256 + byte
    const known = table.get(key)
    if (known !== undefined) {
      prefix = known
      continue
    }
    put(prefix, size())
    table.set(key, next++)
    prefix = byte
    if (next === 4094) {
      put(256, 12)
      table = new Map()
      next = 258
    }
  }
  if (prefix >= 0) put(prefix, size())
  next++
  put(257, size())
  put(0, 7)
  return Buffer.from(out)
}

/** PackBits: runs of equal bytes, and other bytes as they are. */
export const packBits = (bytes: Buffer): Buffer => {
  const out: number[] = []
  for (let at = 0; at < bytes.length; ) {
    let run = 1
    while (run < 128 && at + run < bytes.length && bytes[at + run] === bytes[at]) run++
    if (run > 1) {
      out.push(257 - run, bytes.readUInt8(at))
      at += run
      continue
    }
    let end = at + 1
    while (end < bytes.length && end - at < 128 && bytes[end] !== bytes[end + 1]) end++
    out.push(end - at - 1, ...bytes.subarray(at, end))
    at = end
  }
  return Buffer.from(out)
}
