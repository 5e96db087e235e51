// Limits on the pixels of an upload, known from its header.

import { TintypeError } from '../../../core/errors.ts'

/** JPEG has 16 bits for each side. */
const MAX_JPEG_SIDE = 65_535

/**
 * @param maxPixels most pixels (width × height)
 * @throws TintypeError `too_many_pixels`
 */
export const assertPixels = (width: number, height: number, maxPixels: number): void => {
  if (width * height > maxPixels)
    throw new TintypeError(
      'too_many_pixels',
      `The picture has ${width} × ${height} pixels; at most ${maxPixels} are accepted.`,
      { details: { width, height, max_pixels: maxPixels } },
    )
  if (Math.max(width, height) > MAX_JPEG_SIDE)
    throw new TintypeError(
      'too_many_pixels',
      `The picture has ${width} × ${height} pixels; at most ${MAX_JPEG_SIDE} a side are accepted.`,
      { details: { width, height, max_side: MAX_JPEG_SIDE } },
    )
}
