// Pictures that are small as files and large, long or endless as pictures, of each format that is accepted.

import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { plain, segment, withSegments } from './pictures.ts'

/** Of one colour, which every format packs to almost nothing. */
export const blank = {
  jpeg: (width: number, height: number) => plain(width, height).jpeg().toBuffer(),
  png: (width: number, height: number) => plain(width, height).png().toBuffer(),
  webp: (width: number, height: number) => plain(width, height).webp({ effort: 0 }).toBuffer(),
  gif: (width: number, height: number) => plain(width, height).gif({ effort: 1 }).toBuffer(),
  tiff: (width: number, height: number) => plain(width, height).tiff({ compression: 'deflate' }).toBuffer(),
  avif: (width: number, height: number) => plain(width, height).avif({ effort: 0 }).toBuffer(),
}

/** What a small picture of each format says of its size is replaced by 60,000 x 60,000 or the most that fits. */
export const lyingHeads = async (): Promise<Record<string, Buffer>> => {
  const [jpeg, png, gif, webp, tiff, avif] = await Promise.all([
    blank.jpeg(64, 48),
    blank.png(64, 48),
    blank.gif(64, 48),
    plain(64, 48).webp({ lossless: true }).toBuffer(),
    blank.tiff(64, 48),
    blank.avif(64, 48),
  ])
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  jpeg.writeUInt16BE(60_000, frame + 5)
  jpeg.writeUInt16BE(60_000, frame + 7)
  png.writeUInt32BE(60_000, 16)
  png.writeUInt32BE(60_000, 20)
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
  // The frame as well: where it is small, readers take its size and not that of the screen.
  const descriptor = gif.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 64, 0, 48, 0]))
  for (const at of [6, 8, descriptor + 5, descriptor + 7]) gif.writeUInt16LE(60_000, at)
  // VP8L: 14 bits of width and of height behind the signature.
  webp.writeUInt32LE((webp.readUInt32LE(21) & 0xf0000000) | (16_383 << 14) | 16_383, 21)
  for (let at = tiff.readUInt32LE(4) + 2, left = tiff.readUInt16LE(tiff.readUInt32LE(4)); left > 0; at += 12, left--)
    if ([256, 257].includes(tiff.readUInt16LE(at))) tiff.writeUInt32LE(60_000, at + 8)
  const extents = avif.indexOf('ispe')
  avif.writeUInt32BE(60_000, extents + 8)
  avif.writeUInt32BE(60_000, extents + 12)
  return { jpeg, png, gif, webp, tiff, avif }
}

const pngChunk = (type: string, content: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** A PNG file with more chunks behind its head. */
export const withChunk = (png: Buffer, type: string, content: Buffer): Buffer =>
  Buffer.concat([png.subarray(0, 33), pngChunk(type, content), png.subarray(33)])

/** Packed parts that unpack to hundreds of megabytes. */
export const packedBombs = async (): Promise<Record<string, Buffer>> => {
  const zeros = deflateSync(Buffer.alloc(300_000_000))
  const [jpeg, png] = [await blank.jpeg(64, 48), await blank.png(64, 48)]
  const text = pngChunk('tEXt', Buffer.from('a\0b'))
  const icc = Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\xff', 'latin1'), Buffer.alloc(60_000)])
  return {
    'a packed text in a PNG': withChunk(png, 'zTXt', Buffer.concat([Buffer.from('a\0\0'), zeros])),
    'a packed international text in a PNG': withChunk(
      png,
      'iTXt',
      Buffer.concat([Buffer.from('a\0\x01\0\0\0'), zeros]),
    ),
    'a packed colour profile in a PNG': withChunk(png, 'iCCP', Buffer.concat([Buffer.from('a\0\0'), zeros])),
    'pixels in a PNG beyond its size': Buffer.concat([
      png.subarray(0, 33),
      pngChunk('IDAT', zeros),
      pngChunk('IEND', Buffer.alloc(0)),
    ]),
    '60 parts of a colour profile in a JPEG': withSegments(jpeg, ...Array(60).fill(segment(0xe2, icc))),
    '100,000 segments in a JPEG': withSegments(
      jpeg,
      Buffer.concat(Array(100_000).fill(segment(0xfe, Buffer.from('x')))),
    ),
    '20,000 texts in a PNG': Buffer.concat([png.subarray(0, 33), ...Array(20_000).fill(text), png.subarray(33)]),
  }
}

/** Thousands of frames, scans or pages. */
export const longPictures = async (): Promise<Record<string, Buffer>> => {
  const gif = await blank.gif(64, 48)
  const colours = 13 + 3 * 2 ** ((gif.readUInt8(10) & 7) + 1)
  const frame = gif.subarray(colours, -1)
  const frames = 2000
  const strip = { width: 16, height: 16 * frames, channels: 3, pageHeight: 16 } as const
  const noise = Buffer.from(Uint8Array.from({ length: strip.width * strip.height * 3 }, (_, at) => (at * 7919) >> 5))
  const progressive = await plain(4000, 3500).jpeg({ progressive: true }).toBuffer()
  const scan = progressive.subarray(progressive.lastIndexOf(Buffer.from([0xff, 0xda])), -2)
  const tiff = await blank.tiff(64, 48)
  // The list of pages leads back to its beginning.
  const first = tiff.readUInt32LE(4)
  tiff.writeUInt32LE(first, first + 2 + 12 * tiff.readUInt16LE(first))
  return {
    'a GIF of 20,000 frames': Buffer.concat([
      gif.subarray(0, colours),
      ...Array(20_000).fill(frame),
      Buffer.from([0x3b]),
    ]),
    'a WebP of 2,000 frames': await sharp(noise, { raw: strip }).webp({ effort: 0, quality: 20 }).toBuffer(),
    'a JPEG of 20,000 scans': Buffer.concat([
      progressive.subarray(0, -2),
      ...Array(20_000).fill(scan),
      Buffer.from([0xff, 0xd9]),
    ]),
    'a TIFF whose pages go round in a circle': tiff,
    'a GIF that never ends': Buffer.concat([gif.subarray(0, -1), Buffer.alloc(3_000_000, 0x21)]),
  }
}
