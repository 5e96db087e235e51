// Encodes an upload: decoded once, each variant made from the pixels of a larger one.

import { createHash } from 'node:crypto'
import type { KeepSource } from '../../core/keep-source.ts'
import type { Variant } from '../../core/project/model.ts'
import { takenAtOf } from '../codecs/exif-time.ts'
import { exifOf } from '../codecs/isobmff/exif.ts'
import { type JpegLayout, readJpeg, rewriteJpeg } from '../codecs/jpeg.ts'
import { acceptedTypeOf } from '../codecs/sniff.ts'
import type { EncodedPicture, EncodeJob } from '../encoder.ts'
import { readLayout } from './checks/layout.ts'
import { assertWhole } from './checks/whole.ts'
import { toDecodable } from './decodable/decodable.ts'
import {
  type DecodeOptions,
  decodeJpeg,
  decodeWhole,
  type Header,
  type Level,
  readHeader,
  type Upload,
} from './decode.ts'
import { readUpload, writeNew } from './files.ts'
import { decodedSize, levelFor, type PixelSize, SIDES, sizeWithin } from './levels.ts'
import { colourOfProfile } from './meaning.ts'
import { placeholderOf } from './placeholder.ts'
import { type Colour, flatten, isTransparent, parseColour } from './transparency.ts'
import { shrink, toIcon, toJpeg, toOriginal, toSource } from './variants.ts'

export interface EncodeOptions extends DecodeOptions {
  /** Pictures whose source is kept. @default 'transparent' */
  keepSource?: KeepSource
}

/**
 * @throws TintypeError `empty_file`, `not_an_image`, `unsupported_image_type`, `unsupported_image_layout`,
 *   `damaged_image`, `too_many_pixels`, `storage_full`, `store_unavailable`, `internal`. Nothing is written after it has rejected.
 */
export const encodePicture = async (job: EncodeJob, options: EncodeOptions): Promise<EncodedPicture> => {
  const bytes = readUpload(job.source)
  const type = acceptedTypeOf(bytes)
  const tiff = readLayout(bytes, type)
  const decodable = await toDecodable(bytes, type, options.maxPixels)
  const header = await readHeader(decodable, options.maxPixels)
  await assertWhole(bytes, type, tiff, options.maxPixels)
  const upload = {
    path: job.source,
    bytes: decodable.bytes,
    pixels: decodable.pixels,
    isTiled: tiff?.tile !== undefined,
  }
  const jpeg = type === 'image/jpeg' ? readJpeg(bytes) : undefined
  const made = jpeg?.plain
    ? await keepOriginal(job, upload, header, jpeg, options)
    : await convertOriginal({ ...job, sha256: job.sha256 ?? sha256Of(bytes) }, upload, header, options)
  const exif = type === 'image/tiff' ? bytes : type === 'image/heic' ? exifOf(bytes) : header.exif
  return { type, takenAt: exif && takenAtOf(exif), ...made }
}

/** Keeps the pixels of the upload; makes the smaller variants from one decode at the scale of `medium`. */
const keepOriginal = async (
  job: EncodeJob,
  upload: Upload,
  header: Header,
  jpeg: JpegLayout,
  options: DecodeOptions,
) => {
  const size = decodedSize(header.shown)
  const decoding = decodeJpeg(upload, header, size, colourOfProfile(jpeg.profile), options)
  // This thread hashes and writes while another one decodes.
  const keep = async () => ({
    sha256: job.sha256 ?? sha256Of(upload.bytes),
    original: writeVariant(job.targets.original, header.shown, rewriteJpeg(jpeg, header.orientation)),
  })
  const [{ sha256, original }, { smaller, ...placeholder }] = await bothDone(
    keep(),
    decoding.then((decoded) => writeSmaller(job, decoded, header.shown)),
  )
  return { sha256, sizes: { original, ...smaller }, ...placeholder }
}

/** Makes all variants from one decode at full size. */
const convertOriginal = async (
  job: EncodeJob & { sha256: string },
  upload: Upload,
  header: Header,
  options: EncodeOptions,
) => {
  const { keepSource = 'transparent' } = options
  const target = keepSource === 'never' ? undefined : job.targets.source
  const decoded = await decodeWhole(upload, header, options)
  const background = await parseColour(options.background)
  const transparent =
    target !== undefined && isTransparent(decoded) ? await keepTransparent(target, decoded, background) : undefined
  const opaque = flatten(decoded, background)
  const source =
    target !== undefined && keepSource === 'always' && !transparent ? await writeSource(target, opaque) : undefined
  const convert = async () => writeVariant(job.targets.original, opaque, [await toOriginal(opaque)])
  const [original, { smaller, ...placeholder }] = await bothDone(convert(), writeSmaller(job, opaque, opaque))
  const { source: kept = source, ...transparency } = transparent ?? {}
  return {
    sha256: job.sha256,
    sizes: { original, ...smaller, ...(kept && { source: kept }) },
    ...placeholder,
    ...transparency,
  }
}

/** Writes the source before the pixels are flattened: at 100 MP they take 400 MB, and are not held twice. */
const keepTransparent = async (target: string, decoded: Level, background: Colour) => {
  const [source, preview] = await bothDone(
    writeSource(target, decoded),
    shrink(decoded, sizeWithin(decoded, SIDES.thumb)),
  )
  return { source, transparent: true as const, ...placeholderOf(preview, background) }
}

const writeSource = async (target: string, level: Level): Promise<Variant> =>
  writeVariant(target, level, [await toSource(level)])

/** @param shown dimensions of the original */
const writeSmaller = async (job: EncodeJob, decoded: Level, shown: PixelSize) => {
  const medium = await shrink(decoded, sizeWithin(shown, SIDES.medium))
  const thumbSize = sizeWithin(shown, SIDES.thumb)
  const small = async () => {
    const thumb = await shrink(levelFor([decoded, medium], thumbSize), thumbSize)
    const icon = { width: SIDES.game, height: SIDES.game }
    return {
      thumb: writeVariant(job.targets.thumb, thumb, [await toJpeg(thumb, 'thumb')]),
      game: writeVariant(job.targets.game, icon, [await toIcon(levelFor([decoded, medium, thumb], icon))]),
      placeholder: placeholderOf(thumb),
    }
  }
  const large = async () => writeVariant(job.targets.medium, medium, [await toJpeg(medium, 'medium')])
  const [first, { thumb, game, placeholder }] = await bothDone(large(), small())
  return { smaller: { medium: first, thumb, game }, ...placeholder }
}

const writeVariant = (target: string, { width, height }: PixelSize, parts: readonly Buffer[]): Variant => ({
  width,
  height,
  ...writeNew(target, parts),
})

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Both results, or the first error once neither runs any more: nothing is written after a rejection. */
const bothDone = async <First, Second>(first: Promise<First>, second: Promise<Second>): Promise<[First, Second]> => {
  await Promise.allSettled([first, second])
  return [await first, await second]
}
