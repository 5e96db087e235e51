// Pictures made in code, and what tests need to look into them.

import { createHash, randomBytes, randomInt } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Color, type Sharp } from 'sharp'
import { SIZES, type VariantName } from '../../../src/core/names.ts'
import type { EncodeJob } from '../../../src/image/encoder.ts'
import { type PhotoOptions, photoPixels } from './photo.mjs'

export { photo } from './photo.mjs'

/** A photo as a sharp pipeline, to be written in any format. */
export const photoAs = async ({ width, height, seed }: PhotoOptions): Promise<Sharp> =>
  sharp(await photoPixels({ width, height, seed }), { raw: { width, height, channels: 3 } })

/** A picture of one colour as a sharp pipeline; transparent where its alpha is 0. */
export const plain = (width: number, height: number, color: Color = '#a05030'): Sharp => {
  const hasAlpha = typeof color === 'object' && 'alpha' in color
  return sharp({ create: { width, height, channels: hasAlpha ? 4 : 3, background: color } })
}

/**
 * Pixels of a drawing with soft edges, RGBA: a disc of changing colours whose alpha falls from its middle to its rim, on
 * invisible pixels of other colours.
 */
export const spritePixels = (width: number, height: number): Buffer => {
  const pixels = Buffer.alloc(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const distance = Math.hypot((2 * x) / width - 1, (2 * y) / height - 1)
      const alpha = Math.round(255 * Math.min(1, Math.max(0, 2 - 2 * distance)))
      pixels.set([(x * 255) / width, (y * 255) / height, 0x40, alpha], (y * width + x) * 4)
    }
  return pixels
}

/** {@link spritePixels} as a sharp pipeline, to be written in any format. */
export const sprite = (width = 96, height = 64): Sharp =>
  sharp(spritePixels(width, height), { raw: { width, height, channels: 4 } })

/** A JPEG file of one colour. */
export const plainJpeg = (width: number, height: number, color?: Color): Promise<Buffer> =>
  plain(width, height, color).jpeg().toBuffer()

let madeSmallPhoto: Promise<Buffer> | undefined

/** A JPEG file of 640 x 480 in one colour, made once. */
export const smallPhoto = async (): Promise<Buffer> => {
  madeSmallPhoto ??= plainJpeg(640, 480)
  return Buffer.from(await madeSmallPhoto)
}

/** Noise as a sharp pipeline, which no format compresses much. @param sigma standard deviation in levels of 255 */
export const noise = (width: number, height: number, sigma: number, mean = 128): Sharp =>
  sharp({
    create: { width, height, channels: 3, background: '#808080', noise: { type: 'gaussian', mean, sigma } },
  })

/** A picture like no other: its colours follow from its number. */
export const numberedPicture = (number: number, format: 'jpeg' | 'png' = 'jpeg', width = 80): Promise<Buffer> => {
  const dot = Buffer.from([number * 7, number * 13, number * 29].map((value) => value % 256))
  return plain(width, 60, { r: number % 256, g: number >> 8, b: 90 })
    .composite([{ input: dot, raw: { width: 1, height: 1, channels: 3 }, left: 9, top: 9 }])
    [format]()
    .toBuffer()
}

export interface HashedPicture {
  bytes: Buffer
  /** Of the bytes, in hex: the record of an image names the upload that it came from. */
  sha256: string
}

/** Sides in pixels: files of one block up to many. */
const SIDES = [16, 16, 16, 64, 64, 200]

/** A JPEG file of noise, 1 to 40 KB, or every fourth time a small transparent PNG; no two of them alike. */
export const noisePicture = async (): Promise<HashedPicture> => {
  const isTransparent = randomInt(4) === 0
  const side = isTransparent ? 16 : (SIDES[randomInt(SIDES.length)] ?? 16)
  const channels = isTransparent ? 4 : 3
  const picture = sharp(randomBytes(side * side * channels), { raw: { width: side, height: side, channels } })
  const bytes = await (isTransparent ? picture.png() : picture.jpeg()).toBuffer()
  return { bytes, sha256: sha256Of(bytes) }
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** What a phone writes beside the picture: place, serial numbers, owner. */
export const SECRETS = ['PrivateOwner', 'SERIAL-0815', 'PrivateComment', 'PrivatePlace'] as const

/** A photo with EXIF (orientation, GPS, serial number), XMP, a comment and an embedded preview. */
export const phonePhoto = async (options: PhotoOptions & { orientation?: number }): Promise<Buffer> => {
  const preview = await (await photoAs({ width: 160, height: 120 })).jpeg().toBuffer()
  const file = await (await photoAs(options))
    .withMetadata({ orientation: options.orientation ?? 1 })
    .withExifMerge({
      IFD0: { Make: 'Tintype', Artist: SECRETS[0] },
      IFD2: { BodySerialNumber: SECRETS[1] },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 12/1', GPSMapDatum: SECRETS[3] },
    })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><GPSLatitude>52,31.2N</GPSLatitude></x:xmpmeta>')
    .jpeg()
    .toBuffer()
  const comment = segment(0xfe, Buffer.from(SECRETS[2]))
  const multiPicture = segment(0xe2, Buffer.from('MPF\0MM\0*\0\0\0\x08'))
  return Buffer.concat([file.subarray(0, 2), comment, multiPicture, file.subarray(2), preview])
}

/** One JPEG segment. */
export const segment = (marker: number, content: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

/** A JPEG file with more segments behind its first two bytes. */
export const withSegments = (jpeg: Buffer, ...segments: readonly Buffer[]): Buffer =>
  Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)])

/** The markers of a JPEG file in order, up to its end and without what lies inside scans. */
export const markersOf = (jpeg: Buffer): number[] => {
  const markers: number[] = []
  for (let at = 2; at < jpeg.length; ) {
    const marker = jpeg.readUInt8(at + 1)
    markers.push(marker)
    if (marker === 0xd9) return markers
    at += 2 + jpeg.readUInt16BE(at + 2)
    if (marker === 0xda) while (jpeg[at] !== 0xff || [0, ...RESTARTS].includes(jpeg[at + 1] ?? 0)) at++
  }
  return markers
}

const RESTARTS = [0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7]

/** RGB as a decoder gives it, not turned, colour profile not applied. */
export const storedPixels = (file: Buffer | string): Promise<Buffer> =>
  sharp(file, { ignoreIcc: true }).toColourspace('srgb').raw().toBuffer()

/** Red, green, blue of one pixel as shown. */
export const pixelAt = async (file: Buffer | string, left: number, top: number): Promise<number[]> => {
  const shown = sharp(file).autoOrient().removeAlpha().toColourspace('srgb').raw()
  const { data, info } = await shown.toBuffer({ resolveWithObject: true })
  const at = (top * info.width + left) * info.channels
  return [...data.subarray(at, at + info.channels)]
}

/** Mean difference of two pictures of the same size, in levels of 255. */
export const meanDifference = (one: Buffer, other: Buffer): number => {
  if (one.length !== other.length) throw new Error(`${one.length} and ${other.length} bytes can't be compared`)
  let sum = 0
  for (let index = 0; index < one.length; index++) sum += Math.abs(one.readUInt8(index) - other.readUInt8(index))
  return sum / one.length
}

/** An upload in a folder, and where its variants are to go. */
export const jobFor = async (folder: string, upload: Buffer) => {
  const source = join(folder, 'upload')
  await writeFile(source, upload)
  return { source, targets: targetsIn(folder) } satisfies EncodeJob
}

export const targetsIn = (folder: string): Record<VariantName, string> => {
  const [original, medium, thumb, game] = SIZES.map((size) => join(folder, `${size}.jpg`))
  if (!original || !medium || !thumb || !game) throw new Error('a size is missing')
  return { original, medium, thumb, game, source: join(folder, 'source.png') }
}
