// Decodes an upload to pixels: upright, 8 bit sRGB.

import sharp, { type Sharp, type SharpOptions } from 'sharp'
import { TintypeError } from '../../core/errors.ts'
import { refusalOf } from '../codecs/sniff.ts'
import type { AcceptedType } from '../encoder.ts'
import { decodedWhole, type Watch } from './checks/damage.ts'
import { assertPixels } from './checks/limits.ts'
import type { Decodable } from './decodable/decodable.ts'
import type { PixelSize } from './levels.ts'
import { assertKnownLayout, type Colour, type Meaning, meaningOf } from './meaning.ts'
import { type Pixels, readSamples, type Samples, toSrgb, toSrgbPicture } from './samples.ts'

export interface DecodeOptions {
  /** Most pixels (width × height) of an upload. */
  maxPixels: number
  /** CSS colour behind transparent pixels. */
  background: string
}

/** Header of an upload. */
export interface Header {
  /** Pixels as shown: the orientation is applied. */
  shown: PixelSize
  /** EXIF orientation, 1 to 8. */
  orientation: number
  /** What its samples mean. */
  meaning: Meaning
  /** EXIF data, absent from TIFF files, which are their own. */
  exif: Buffer | undefined
}

/** Pixels in memory, 8 bit without padding: RGB, or RGBA with four channels. */
export interface Level extends PixelSize {
  pixels: Buffer
  channels: 3 | 4
}

const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8]

/** Names of the formats in sharp. AVIF is HEIF with AV1. */
const SHARP_FORMATS: Partial<Record<AcceptedType, string>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/tiff': 'tiff',
  'image/avif': 'heif',
}

/**
 * Reads the header only: a picture of any size is refused within milliseconds.
 *
 * @throws TintypeError `damaged_image`, `too_many_pixels`, `unsupported_image_type`, `unsupported_image_layout`
 */
export const readHeader = async ({ bytes, type, pixels }: Decodable, maxPixels: number): Promise<Header> => {
  if (pixels) return headerOfPixels(bytes, type, pixels)
  const header = await orDamaged(sharp(bytes, { ...ONE_PAGE, limitInputPixels: false }).metadata())
  if (header.format !== SHARP_FORMATS[type])
    throw new TintypeError('damaged_image', `Expected ${type}, as the file begins; its content is another format.`)
  if (type === 'image/avif' && header.compression !== 'av1') throw refusalOf('image/heic')
  const { width, height, icc } = header
  assertPixels(width, height, maxPixels)
  const layout = { space: header.space, depth: header.depth, bands: header.channels }
  assertKnownLayout(layout)
  const orientation = ORIENTATIONS.find((value) => value === header.orientation) ?? 1
  return {
    shown: orientation >= 5 ? { width: height, height: width } : { width, height },
    orientation,
    meaning: meaningOf(bytes, type, layout, icc),
    exif: header.exif,
  }
}

const headerOfPixels = (bytes: Buffer, type: AcceptedType, { width, height, channels }: Pixels): Header => ({
  shown: { width, height },
  orientation: 1,
  meaning: meaningOf(bytes, type, { space: 'srgb', depth: 'uchar', bands: channels }, undefined),
  exif: undefined,
})

/** An upload in memory, and its local path. */
export interface Upload {
  path: string
  bytes: Buffer
  /** True for a TIFF file in tiles. */
  isTiled?: boolean
  /** Its pixels, where they have been decoded. Their memory is used for the result. */
  pixels?: Pixels | undefined
}

/**
 * Decodes a plain JPEG at the scale of `size`: libjpeg skips the frequencies that the smaller picture cannot show. Its
 * colours are converted at that scale, not at the stored one: at 16 MP 0.05 s instead of 0.5 s.
 *
 * @param colour of its samples, by the profile that its original keeps; undefined where they are sRGB
 * @throws TintypeError `damaged_image`
 */
export const decodeJpeg = (
  upload: Upload,
  { shown }: Header,
  size: PixelSize,
  colour: Colour | undefined,
  { maxPixels }: DecodeOptions,
): Promise<Level> => {
  const options = { ...STRICT, limitInputPixels: maxPixels, ignoreIcc: true }
  const picture = sharp(halvedJpeg(upload.path, shown, size) ?? upload.bytes, options)
    .autoOrient()
    .resize({ ...size, fit: 'fill' })
  return orDamaged(
    decodedWhole((watch) => (colour ? inSrgb(watch(picture), colour).then(toLevel) : toLevel(watch(picture)))),
  )
}

/**
 * Decodes a JPEG and converts its samples to sRGB with three channels.
 *
 * @param picture scaled, its samples not converted
 */
export const inSrgb = async (picture: Sharp, colour: Colour | undefined): Promise<Sharp> => {
  const samples = await readSamples(() => picture, { space: 'srgb', depth: 'uchar', bands: 3 })
  return toSrgbPicture(samples, colour, false)
}

/**
 * Decodes the first page or frame, or the primary picture, at its full size, with its alpha channel if it has one.
 *
 * @throws TintypeError `damaged_image`
 */
export const decodeWhole = async (
  { bytes, isTiled = false, pixels }: Upload,
  { meaning }: Header,
  { maxPixels }: DecodeOptions,
): Promise<Level> => {
  const { layout, colour, isPremultiplied } = meaning
  if (pixels && !colour && !isPremultiplied) return levelOf(pixels)
  if (pixels) return inSrgbLevel({ ...pixels, depth: 'uchar', bands: pixels.channels }, meaning)
  // libvips reports unreadable tiles at this level alone; in tiles it refuses nothing else. In strips it would refuse tags
  // in wrong order.
  const failOn = isTiled ? 'warning' : 'error'
  const work = async (watch: Watch): Promise<Level> => {
    const open = (options: SharpOptions) =>
      watch(sharp(bytes, { ...STRICT, failOn, limitInputPixels: maxPixels, ...options })).autoOrient()
    if (layout.space === 'cmyk') return toLevel(open({}))
    const isWide = layout.depth === 'uint' || layout.depth === 'float'
    if (!isWide && !isPremultiplied && !colour)
      // Three channels of 8 bits before anything else.
      return toLevel(open({ ignoreIcc: true }).pipelineColourspace('srgb'))
    return inSrgbLevel(await readSamples(() => open({ ignoreIcc: true }), layout), meaning)
  }
  return orDamaged(decodedWhole(work))
}

const inSrgbLevel = async (samples: Samples, { colour, isPremultiplied }: Meaning): Promise<Level> =>
  colour?.by === 'tables'
    ? toLevel(await toSrgbPicture(samples, colour, isPremultiplied))
    : levelOf(toSrgb(samples, colour?.model, isPremultiplied))

const levelOf = ({ data, ...size }: Pixels): Level => ({ pixels: data, ...size })

/**
 * Input for sharp that makes libjpeg halve a plain JPEG while it decodes; undefined where the file itself is the input.
 *
 * sharp halves a picture only when scaling to less than a third, to avoid odd dimensions, which do not matter where both
 * sides are given. Pictures of 8 to 18 MP lie between a half and a third. A libvips option behind the file name
 * requests it: such a decode takes 35 % less time, with errors like those of sharp at a third (36.8 against 38.4 dB to
 * a full decode on the most detailed photo, over 48 dB on others).
 *
 * @param from dimensions of the picture, oriented like `to`
 * @param to dimensions that it is scaled to, before it is cropped
 */
export const halvedJpeg = (path: string, from: PixelSize, to: PixelSize): string | undefined => {
  const factor = Math.min(from.width / to.width, from.height / to.height)
  return factor >= 2 && factor < 3 ? `${path}[shrink=2]` : undefined
}

/** The first page or frame. With `page: 0`, sharp would take the first picture of an AVIF file, not the primary one. */
const ONE_PAGE = { pages: 1, animated: false } as const satisfies SharpOptions
const STRICT = { ...ONE_PAGE, failOn: 'error' } as const satisfies SharpOptions

const toLevel = async (picture: Sharp): Promise<Level> => {
  const { data, info } = await picture.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  return { pixels: data, width: info.width, height: info.height, channels: info.channels === 4 ? 4 : 3 }
}

/** Errors of libvips expose internals such as its loaders: they are kept for the log. */
const orDamaged = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work
  } catch (cause) {
    throw new TintypeError('damaged_image', 'The picture is damaged and cannot be decoded.', { cause })
  }
}
