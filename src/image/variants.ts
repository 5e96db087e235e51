// From pixels to the JPEG files that are served.

import sharp, { type JpegOptions, type Sharp } from 'sharp'
import type { Level } from './decode.ts'
import { middleSquare, type PixelSize, SIDES } from './levels.ts'

/**
 * How each variant is coded. Measured at 12 MP: Huffman tables of its own make `medium` 6 % smaller and cost a fifth
 * of all the work, so it has the standard ones; for the small ones they cost next to nothing. The icon keeps all its
 * colour, at half the resolution of 50×50 it smears.
 */
const CODING = {
  medium: { quality: 80, optimiseCoding: false },
  thumb: { quality: 80 },
  game: { quality: 90, chromaSubsampling: '4:4:4' },
  original: { quality: 92, chromaSubsampling: '4:4:4' },
} as const satisfies Record<string, JpegOptions>

/** A smaller level from a larger one. */
export const shrink = async (level: Level, size: PixelSize): Promise<Level> => {
  if (level.width === size.width && level.height === size.height) return level
  const pixels = await open(level)
    .resize({ ...size, fit: 'fill' })
    .raw()
    .toBuffer()
  return { ...size, pixels }
}

/** A level as a JPEG file. */
export const toJpeg = (level: Level, variant: 'original' | 'medium' | 'thumb'): Promise<Buffer> =>
  open(level).jpeg(CODING[variant]).toBuffer()

/** The icon: the middle square of a level, exactly 50×50, enlarged where it has to be. */
export const toIcon = (level: Level): Promise<Buffer> =>
  open(level)
    .extract(middleSquare(level))
    .resize({ width: SIDES.game, height: SIDES.game, fit: 'fill' })
    .jpeg(CODING.game)
    .toBuffer()

const open = ({ pixels, width, height }: Level): Sharp =>
  sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
