// Prepares uploads for sharp where it cannot read them as they are, or would show another picture: HEIC, sequences, GIF files
// whose first frame does not cover the picture, and PNG files with compressed texts.

import sharp from 'sharp'
import { TintypeError } from '../../../core/errors.ts'
import { type FirstFrame, readFirstFrame } from '../../codecs/gif.ts'
import { stillOf } from '../../codecs/isobmff/still.ts'
import { withoutCompressedText } from '../../codecs/png-text.ts'
import type { AcceptedType } from '../../encoder.ts'
import { assertPixels } from '../checks/limits.ts'
import type { Pixels } from '../samples.ts'
import { decodeHeic } from './heic.ts'

export interface Decodable {
  /** A file in memory; the upload itself in most cases. */
  bytes: Buffer
  type: AcceptedType
  /** Its pixels, where sharp does not decode them: upright, of the colours that the file says. */
  pixels?: Pixels
}

/** @throws TintypeError `damaged_image`, `too_many_pixels`, `unsupported_image_type`, `unsupported_image_layout` */
export const toDecodable = async (bytes: Buffer, type: AcceptedType, maxPixels: number): Promise<Decodable> => {
  switch (type) {
    case 'image/avif':
      return { bytes: stillOf(bytes, 'avif'), type }
    case 'image/heic': {
      const still = stillOf(bytes, 'heic')
      return { bytes: still, type, pixels: decodeHeic(still, maxPixels) }
    }
    case 'image/gif': {
      const first = readFirstFrame(bytes)
      if (!first || first.isWhole) return { bytes, type }
      return { bytes, type, pixels: await uncovered(bytes, first, maxPixels) }
    }
    case 'image/png':
      return { bytes: withoutCompressedText(bytes), type }
    default:
      return { bytes, type }
  }
}

/** Makes what the first frame does not cover transparent. Decoders fill it with black or with a colour of the file. */
const uncovered = async (bytes: Buffer, { width, height, frame }: FirstFrame, maxPixels: number): Promise<Pixels> => {
  assertPixels(width, height, maxPixels)
  const options = { page: 0, pages: 1, animated: false, failOn: 'error', limitInputPixels: maxPixels } as const
  try {
    const picture = sharp(bytes, options).toColourspace('srgb').ensureAlpha().raw()
    const { data, info } = await picture.toBuffer({ resolveWithObject: true })
    const shown = Buffer.alloc(data.length)
    const end = Math.min(frame.left + frame.width, info.width)
    for (let y = frame.top; y < Math.min(frame.top + frame.height, info.height); y++) {
      const row = y * info.width
      shown.set(data.subarray((row + frame.left) * 4, (row + end) * 4), (row + frame.left) * 4)
    }
    return { width: info.width, height: info.height, channels: 4, data: shown }
  } catch (cause) {
    throw new TintypeError('damaged_image', 'The picture is damaged and cannot be decoded.', { cause })
  }
}
