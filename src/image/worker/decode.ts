// From an upload to pixels: upright, 8 bit sRGB, nothing transparent.

import sharp, { type Sharp, type SharpOptions } from 'sharp'
import { TintypeError } from '../../core/errors.ts'
import { isSrgbProfile } from '../codecs/icc.ts'
import { refusalOf } from '../codecs/sniff.ts'
import type { AcceptedType } from '../encoder.ts'
import type { PixelSize } from './levels.ts'

export interface DecodeOptions {
  /** Most pixels (width × height) of an upload. */
  maxPixels: number
  /** What shows through transparent pixels, as a CSS colour. */
  background: string
}

/** What the header of an upload says. */
export interface Header {
  /** Pixels as shown, that is after the orientation is applied. */
  shown: PixelSize
  /** Of EXIF, 1 to 8: how the stored pixels are to be turned. */
  orientation: number
  isGrey: boolean
  is16BitRgb: boolean
  /** The colour profile says no more than sRGB. */
  isTaggedSrgb: boolean
}

/** Pixels in memory, 8 bit RGB without padding. */
export interface Level extends PixelSize {
  pixels: Buffer
}

/** JPEG has 16 bits for each side. */
const MAX_SIDE = 65_535

const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8]

/** What sharp calls the formats. AVIF is HEIF with AV1 in it. */
const FORMATS: Record<AcceptedType, string> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/tiff': 'tiff',
  'image/avif': 'heif',
}

/**
 * Reads the header only, so a picture of any size is refused within milliseconds.
 *
 * @throws TintypeError `damaged_image`, `too_many_pixels`, `unsupported_image_type`
 */
export const readHeader = async (bytes: Buffer, type: AcceptedType, maxPixels: number): Promise<Header> => {
  const header = await orDamaged(sharp(bytes, { ...ONE_PAGE, limitInputPixels: false }).metadata())
  if (header.format !== FORMATS[type])
    throw new TintypeError('damaged_image', `The file begins like ${type}, it is not.`)
  if (type === 'image/avif' && header.compression !== 'av1') throw refusalOf('image/heic')
  const { width, height, icc } = header
  if (width * height > maxPixels)
    throw new TintypeError(
      'too_many_pixels',
      `The picture has ${width} × ${height} pixels; at most ${maxPixels} are accepted.`,
      { details: { width, height, max_pixels: maxPixels } },
    )
  if (Math.max(width, height) > MAX_SIDE)
    throw new TintypeError(
      'too_many_pixels',
      `The picture has ${width} × ${height} pixels; at most ${MAX_SIDE} a side are accepted.`,
      { details: { width, height, max_side: MAX_SIDE } },
    )
  const orientation = ORIENTATIONS.find((value) => value === header.orientation) ?? 1
  return {
    shown: orientation >= 5 ? { width: height, height: width } : { width, height },
    orientation,
    isGrey: header.channels === 1,
    is16BitRgb: header.space === 'rgb16',
    isTaggedSrgb: icc !== undefined && isSrgbProfile(icc),
  }
}

/** A file in memory, and where it lies. */
export interface Upload {
  path: string
  bytes: Buffer
}

/**
 * Decodes a plain JPEG at the scale of `size`: libjpeg leaves out the frequencies that the smaller picture can't show.
 *
 * @param hasProfile whether its colours follow a profile of their own
 * @throws TintypeError `damaged_image`
 */
export const decodeJpeg = async (
  upload: Upload,
  { shown, isGrey }: Header,
  size: PixelSize,
  hasProfile: boolean,
  { maxPixels }: DecodeOptions,
): Promise<Level> => {
  const options = { ...STRICT, limitInputPixels: maxPixels, ignoreIcc: !hasProfile }
  const picture = sharp(halvedJpeg(upload.path, shown, size) ?? upload.bytes, options)
    .autoOrient()
    .resize({ ...size, fit: 'fill' })
  if (!hasProfile || isGrey) return toLevel(picture)
  // The profile is applied to the pixels that are left, not to all that were stored: at 16 MP 0.05 s instead of 0.5 s.
  const scaled = await orDamaged(picture.keepIccProfile().tiff({ compression: 'none' }).toBuffer())
  return toLevel(sharp(scaled))
}

/**
 * Decodes any accepted upload at its full size: the first page or frame.
 *
 * @throws TintypeError `damaged_image`
 */
export const decodeWhole = (
  { bytes }: Upload,
  { is16BitRgb, isTaggedSrgb }: Header,
  { maxPixels, background }: DecodeOptions,
): Promise<Level> => {
  const picture = sharp(bytes, { ...STRICT, limitInputPixels: maxPixels, ignoreIcc: isTaggedSrgb })
  // sharp 0.35 converts 16 bit pictures with a profile to Display P3, and then takes the result for sRGB: pale.
  if (is16BitRgb) picture.pipelineColourspace('srgb')
  return toLevel(picture.autoOrient().flatten({ background }))
}

/**
 * What sharp is to read a plain JPEG from that becomes another size; undefined where the file itself will do.
 *
 * sharp lets libjpeg halve a picture only where it is to become less than a third, for fear of odd sizes, which don't
 * matter where both sides are given. 8 to 18 MP lie between. Options of libvips after the name of a file say it
 * without sharp: 35 % less time for such a decode, and no worse than what sharp does at a third (36.8 against 38.4 dB
 * to a full decode on the most detailed photo, over 48 dB on others).
 *
 * @param from its size, turned like `to`
 * @param to what it is scaled to in both directions, whatever is cut off then
 */
export const halvedJpeg = (path: string, from: PixelSize, to: PixelSize): string | undefined => {
  const factor = Math.min(from.width / to.width, from.height / to.height)
  return factor >= 2 && factor < 3 ? `${path}[shrink=2]` : undefined
}

const ONE_PAGE = { page: 0, pages: 1, animated: false } as const satisfies SharpOptions
const STRICT = { ...ONE_PAGE, failOn: 'error' } as const satisfies SharpOptions

const toLevel = async (picture: Sharp): Promise<Level> => {
  const { data, info } = await orDamaged(picture.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true }))
  return { pixels: data, width: info.width, height: info.height }
}

/** Errors of libvips name its loaders and the like: they are for the log. */
const orDamaged = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work
  } catch (cause) {
    throw new TintypeError('damaged_image', 'The picture is damaged: it cannot be decoded.', { cause })
  }
}
