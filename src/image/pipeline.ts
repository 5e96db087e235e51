// One upload in, four files out: decoded once, each variant from the pixels of the next larger one.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Variant } from '../core/model.ts'
import { type DecodeOptions, decodeJpeg, decodeWhole, type Level, readHeader } from './decode.ts'
import type { EncodedPicture, EncodeJob } from './encoder.ts'
import { readJpeg, rewriteJpeg } from './jpeg.ts'
import { decodedSize, levelFor, type PixelSize, SIDES, sizeWithin } from './levels.ts'
import { acceptedTypeOf } from './sniff.ts'
import { shrink, toIcon, toJpeg } from './variants.ts'
import { writeNew } from './write.ts'

export type PipelineOptions = DecodeOptions

/**
 * @throws TintypeError `empty_file`, `not_an_image`, `unsupported_image_type`, `damaged_image`, `too_many_pixels`,
 *   `storage_full`, `internal`. Nothing is written any more once it has rejected.
 */
export const encodePicture = async (job: EncodeJob, options: PipelineOptions): Promise<EncodedPicture> => {
  const bytes = readFileSync(job.source)
  const type = acceptedTypeOf(bytes)
  const { shown, orientation } = await readHeader(bytes, type, options.maxPixels)
  const jpeg = type === 'image/jpeg' ? readJpeg(bytes) : undefined
  const sha256 = () => createHash('sha256').update(bytes).digest('hex')

  if (!jpeg?.plain) {
    const decoded = await decodeWhole(bytes, options)
    const original = async () => variant(job, 'original', decoded, [await toJpeg(decoded, 'original')])
    const [first, others] = await bothDone(original(), smallerVariants(job, decoded))
    return { type, sha256: sha256(), sizes: { original: first, ...others } }
  }

  const decoding = decodeJpeg(bytes, decodedSize(shown), jpeg.profile !== undefined, options)
  // While the picture is decoded on another thread, this one hashes and writes.
  const keep = async () => ({
    sha256: sha256(),
    original: variant(job, 'original', shown, rewriteJpeg(jpeg, orientation)),
  })
  const [kept, others] = await bothDone(
    keep(),
    decoding.then((decoded) => smallerVariants(job, decoded)),
  )
  return { type, sha256: kept.sha256, sizes: { original: kept.original, ...others } }
}

const smallerVariants = async (job: EncodeJob, decoded: Level) => {
  const medium = await shrink(decoded, sizeWithin(decoded, SIDES.medium))
  const thumbSize = sizeWithin(decoded, SIDES.thumb)
  const small = async () => {
    const thumb = await shrink(levelFor([decoded, medium], thumbSize), thumbSize)
    const icon = { width: SIDES.game, height: SIDES.game }
    return {
      thumb: variant(job, 'thumb', thumb, [await toJpeg(thumb, 'thumb')]),
      game: variant(job, 'game', icon, [await toIcon(levelFor([decoded, medium, thumb], icon))]),
    }
  }
  const large = async () => variant(job, 'medium', medium, [await toJpeg(medium, 'medium')])
  const [first, others] = await bothDone(large(), small())
  return { medium: first, ...others }
}

const variant = (
  { targets }: EncodeJob,
  size: keyof EncodeJob['targets'],
  { width, height }: PixelSize,
  pieces: readonly Buffer[],
): Variant => ({ width, height, ...writeNew(targets[size], pieces) })

/** Both results, or the first error once neither runs any more: nothing writes behind the caller's back. */
const bothDone = async <First, Second>(first: Promise<First>, second: Promise<Second>): Promise<[First, Second]> => {
  await Promise.allSettled([first, second])
  return [await first, await second]
}
