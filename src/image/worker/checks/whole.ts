// Finds damage of uploads that their decoders do not report.

import sharp from 'sharp'
import { TintypeError } from '../../../core/errors.ts'
import { isWholeGif } from '../../codecs/gif-data.ts'
import { tilesOf } from '../../codecs/isobmff/tiles.ts'
import { assertKnownJpeg } from '../../codecs/jpeg-frame.ts'
import { damagedTiff, type TiffDirectory } from '../../codecs/tiff/directory.ts'
import { assertWholeTiff, type JpegChunk } from '../../codecs/tiff/whole.ts'
import type { AcceptedType } from '../../encoder.ts'
import { decodedWhole, type Watch } from './damage.ts'

/** @throws TintypeError `damaged_image`, `unsupported_image_layout` */
export const assertWhole = async (
  bytes: Buffer,
  type: AcceptedType,
  tiff: TiffDirectory | undefined,
  maxPixels: number,
): Promise<void> => {
  if (type === 'image/gif' && !isWholeGif(bytes))
    throw new TintypeError('damaged_image', 'The GIF file is damaged: the data of its first frame is not complete.')
  if (type === 'image/avif') await assertWholeTiles(bytes, maxPixels)
  if (tiff) await assertWholeTiff(bytes, tiff, assertWholeJpeg)
}

/** libheif leaves a tile of a grid green where it cannot decode it, and says nothing. One by one, tiles are refused. */
const assertWholeTiles = async (bytes: Buffer, maxPixels: number): Promise<void> => {
  for (const tile of tilesOf(bytes))
    await sharp(tile, { failOn: 'error', limitInputPixels: maxPixels })
      .raw()
      .toBuffer()
      .catch((cause: unknown) => {
        throw new TintypeError('damaged_image', 'The AVIF file is damaged: a tile cannot be decoded.', { cause })
      })
}

/** Decodes a JPEG strip or tile, which libvips does without a word about damage. */
const assertWholeJpeg = async ({ jpeg, width, heights }: JpegChunk): Promise<void> => {
  assertKnownJpeg(jpeg, 'A part of the TIFF file')
  const picture = sharp(jpeg, { failOn: 'error', limitInputPixels: width * Math.max(...heights), ignoreIcc: true })
  const decode = (watch: Watch) => watch(picture).raw().toBuffer({ resolveWithObject: true })
  const { info } = await decodedWhole(decode).catch((cause: unknown) => {
    throw damagedTiff('a JPEG part cannot be decoded', cause)
  })
  if (info.width !== width || !heights.includes(info.height))
    throw damagedTiff(`a JPEG part has ${info.width} × ${info.height} pixels, expected ${width} × ${heights[0]}`)
}
