// Prepares uploads for sharp where it cannot read them as they are, or would show another picture: HEIC, sequences, GIF files
// whose first frame does not cover the picture, and PNG files with compressed texts.

import sharp from 'sharp'
import { TintypeError } from '../../../core/errors.ts'
import { type FirstFrame, readFirstFrame } from '../../codecs/gif.ts'
import { failDamaged } from '../../codecs/isobmff/boxes.ts'
import { readPrimaryItem } from '../../codecs/isobmff/primary-item.ts'
import { stillOf } from '../../codecs/isobmff/still.ts'
import { withoutCompressedText } from '../../codecs/png-text.ts'
import type { AcceptedType } from '../../encoder.ts'
import { assertPixels } from '../checks/limits.ts'
import { decodeHeic } from './heic.ts'
import { newTiff } from './tiff-memory.ts'

export interface Decodable {
  /** A file in memory; the upload itself in most cases. */
  bytes: Buffer
  type: AcceptedType
  /** File that says what the pixels mean, where these bytes do not. @default this one */
  described?: { bytes: Buffer; type: AcceptedType }
}

/** @throws TintypeError `damaged_image`, `too_many_pixels`, `unsupported_image_type`, `unsupported_image_layout` */
export const toDecodable = async (bytes: Buffer, type: AcceptedType, maxPixels: number): Promise<Decodable> => {
  switch (type) {
    case 'image/avif':
      return { bytes: stillOf(bytes, 'avif'), type }
    case 'image/heic': {
      const still = stillOf(bytes, 'heic')
      return { bytes: decodeStill(still, maxPixels), type: 'image/tiff', described: { bytes: still, type } }
    }
    case 'image/gif': {
      const first = readFirstFrame(bytes)
      if (!first || first.isWhole) return { bytes, type }
      return { bytes: await uncovered(bytes, first, maxPixels), type: 'image/tiff' }
    }
    case 'image/png':
      return { bytes: withoutCompressedText(bytes), type }
    default:
      return { bytes, type }
  }
}

const decodeStill = (bytes: Buffer, maxPixels: number): Buffer => {
  const item = readPrimaryItem(bytes) ?? failDamaged('the file has no picture')
  assertPixels(item.width, item.height, maxPixels)
  // Tiles reach over the edges of a picture, by less than one of them.
  if (item.decodedPixels > 2 * maxPixels) failDamaged(`a decoder holds ${item.decodedPixels} pixels of the picture`)
  return decodeHeic(bytes, item, maxPixels)
}

/** Makes what the first frame does not cover transparent. Decoders fill it with black or with a colour of the file. */
const uncovered = async (bytes: Buffer, { width, height, frame }: FirstFrame, maxPixels: number): Promise<Buffer> => {
  assertPixels(width, height, maxPixels)
  const options = { page: 0, pages: 1, animated: false, failOn: 'error', limitInputPixels: maxPixels } as const
  try {
    const picture = sharp(bytes, options).toColourspace('srgb').ensureAlpha().raw()
    const { data, info } = await picture.toBuffer({ resolveWithObject: true })
    const tiff = newTiff({ width: info.width, height: info.height, channels: 4 })
    tiff.pixels.fill(0)
    const end = Math.min(frame.left + frame.width, info.width)
    for (let y = frame.top; y < Math.min(frame.top + frame.height, info.height); y++) {
      const row = y * info.width
      tiff.pixels.set(data.subarray((row + frame.left) * 4, (row + end) * 4), (row + frame.left) * 4)
    }
    return tiff.file
  } catch (cause) {
    throw new TintypeError('damaged_image', 'The picture is damaged and cannot be decoded.', { cause })
  }
}
