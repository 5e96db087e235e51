// From pixels to the JPEG files that are served.

import sharp, { type JpegOptions, type Sharp } from 'sharp'
import type { Level } from './decode.ts'
import { middleSquare, type PixelSize, SIDES } from './levels.ts'

/**
 * How each variant is coded. Measured at 12 MP: Huffman tables of its own make `medium` 6 % smaller and cost a fifth
 * of all the work, so it has the standard ones; for the small ones they cost next to nothing. The icon keeps all its
 * colour: at half the resolution of 50×50 it smears.
 */
const CODING = {
  medium: { quality: 80, optimiseCoding: false },
  thumb: { quality: 80 },
  game: { quality: 90, chromaSubsampling: '4:4:4' },
} as const satisfies Record<string, JpegOptions>

/**
 * An upload that had to be converted, for good: 39 dB to its pixels on the noisiest photo of the corpus, 51 dB on
 * drawings. Colour at half the resolution would leave errors of up to 80 of 255 levels on coloured edges (now 33) for
 * a quarter of the bytes; quality 95 adds a fifth to them for 2 dB.
 */
const CONVERTED = { quality: 92, chromaSubsampling: '4:4:4' } as const satisfies JpegOptions

/**
 * Huffman tables of its own save 4 % on photos and 25 % on drawings, but all coefficients are held in memory for them:
 * 11 bytes a pixel, so 1.1 GB at 100 MP.
 */
const MAX_OPTIMISED_PIXELS = 16_000_000

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
export const toJpeg = (level: Level, variant: 'medium' | 'thumb'): Promise<Buffer> =>
  open(level).jpeg(CODING[variant]).toBuffer()

/** The original of an upload whose own file isn't kept. */
export const toOriginal = (level: Level): Promise<Buffer> =>
  open(level)
    .jpeg({ ...CONVERTED, optimiseCoding: level.width * level.height <= MAX_OPTIMISED_PIXELS })
    .toBuffer()

/** The icon: the middle square of a level, exactly 50×50, enlarged where it has to be. */
export const toIcon = (level: Level): Promise<Buffer> =>
  open(level)
    .extract(middleSquare(level))
    .resize({ width: SIDES.game, height: SIDES.game, fit: 'fill' })
    .jpeg(CODING.game)
    .toBuffer()

/** The pixels of a smaller level, with alpha. */
export const toRgba = (level: Level, size: PixelSize): Promise<Buffer> =>
  open(level)
    .resize({ ...size, fit: 'fill' })
    .ensureAlpha()
    .raw()
    .toBuffer()

const open = ({ pixels, width, height }: Level): Sharp =>
  sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
