// Encodes an upload: decoded once, each variant made from the pixels of a larger one.

import { createHash } from 'node:crypto'
import type { Size } from '../../core/names.ts'
import type { Variant } from '../../core/project/model.ts'
import { type JpegLayout, readJpeg, rewriteJpeg } from '../codecs/jpeg.ts'
import { acceptedTypeOf } from '../codecs/sniff.ts'
import type { EncodedPicture, EncodeJob } from '../encoder.ts'
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
import { readLayout } from './layout.ts'
import { decodedSize, levelFor, type PixelSize, SIDES, sizeWithin } from './levels.ts'
import { colourOfProfile } from './meaning.ts'
import { placeholderOf } from './placeholder.ts'
import { shrink, toIcon, toJpeg, toOriginal } from './variants.ts'

/**
 * @throws TintypeError `empty_file`, `not_an_image`, `unsupported_image_type`, `unsupported_image_layout`,
 *   `damaged_image`, `too_many_pixels`, `storage_full`, `store_unavailable`, `internal`. Nothing is written after it has rejected.
 */
export const encodePicture = async (job: EncodeJob, options: DecodeOptions): Promise<EncodedPicture> => {
  const upload = { path: job.source, bytes: readUpload(job.source) }
  const type = acceptedTypeOf(upload.bytes)
  readLayout(upload.bytes, type)
  const header = await readHeader(upload.bytes, type, options.maxPixels)
  const jpeg = type === 'image/jpeg' ? readJpeg(upload.bytes) : undefined
  const made = jpeg?.plain
    ? await keepOriginal(job, upload, header, jpeg, options)
    : await convertOriginal(job, upload, header, options)
  return { type, ...made }
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
    sha256: job.sha256 ?? sha256Of(upload),
    original: writeVariant(job, 'original', header.shown, rewriteJpeg(jpeg, header.orientation)),
  })
  const [{ sha256, original }, { smaller, ...placeholder }] = await bothDone(
    keep(),
    decoding.then((decoded) => writeSmaller(job, header.shown, decoded)),
  )
  return { sha256, sizes: { original, ...smaller }, ...placeholder }
}

/** Makes all variants from one decode at full size. */
const convertOriginal = async (job: EncodeJob, upload: Upload, header: Header, options: DecodeOptions) => {
  const decoded = await decodeWhole(upload, header, options)
  const convert = async () => writeVariant(job, 'original', decoded, [await toOriginal(decoded)])
  const [original, { smaller, ...placeholder }] = await bothDone(convert(), writeSmaller(job, decoded, decoded))
  return { sha256: job.sha256 ?? sha256Of(upload), sizes: { original, ...smaller }, ...placeholder }
}

const writeSmaller = async (job: EncodeJob, shown: PixelSize, decoded: Level) => {
  const medium = await shrink(decoded, sizeWithin(shown, SIDES.medium))
  const thumbSize = sizeWithin(shown, SIDES.thumb)
  const small = async () => {
    const thumb = await shrink(levelFor([decoded, medium], thumbSize), thumbSize)
    const icon = { width: SIDES.game, height: SIDES.game }
    return {
      thumb: writeVariant(job, 'thumb', thumb, [await toJpeg(thumb, 'thumb')]),
      game: writeVariant(job, 'game', icon, [await toIcon(levelFor([decoded, medium, thumb], icon))]),
      placeholder: placeholderOf(thumb),
    }
  }
  const large = async () => writeVariant(job, 'medium', medium, [await toJpeg(medium, 'medium')])
  const [first, { thumb, game, placeholder }] = await bothDone(large(), small())
  return { smaller: { medium: first, thumb, game }, ...placeholder }
}

const writeVariant = (
  { targets }: EncodeJob,
  size: Size,
  { width, height }: PixelSize,
  parts: readonly Buffer[],
): Variant => ({ width, height, ...writeNew(targets[size], parts) })

const sha256Of = ({ bytes }: Upload): string => createHash('sha256').update(bytes).digest('hex')

/** Both results, or the first error once neither runs any more: nothing is written after a rejection. */
const bothDone = async <First, Second>(first: Promise<First>, second: Promise<Second>): Promise<[First, Second]> => {
  await Promise.allSettled([first, second])
  return [await first, await second]
}
