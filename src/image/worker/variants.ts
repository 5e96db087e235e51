// Encodes pixels as the JPEG files of the variants.

import sharp, { type JpegOptions, type PngOptions, type Sharp } from 'sharp'
import type { Level } from './decode.ts'
import { middleSquare, type PixelSize, SIDES } from './levels.ts'

/**
 * JPEG options of each variant. Measured at 12 MP: optimised Huffman tables make `medium` 6 % smaller for a fifth of the
 * whole time, so it has standard ones; for the small variants they cost almost nothing. The icon keeps its colour
 * resolution: at half of 50×50 it smears.
 */
const JPEG_OPTIONS = {
  medium: { quality: 80, optimiseCoding: false },
  thumb: { quality: 80 },
  game: { quality: 90, chromaSubsampling: '4:4:4' },
} as const satisfies Record<string, JpegOptions>

/**
 * JPEG options of a converted original, which has to last: 39 dB to its pixels on the noisiest photo of the corpus, 51 dB
 * on drawings. Half the colour resolution would save a quarter of the bytes and leave errors of up to 80 of 255 levels
 * on coloured edges (now 33); quality 95 adds a fifth of the bytes for 2 dB.
 */
const ORIGINAL_OPTIONS = { quality: 92, chromaSubsampling: '4:4:4' } as const satisfies JpegOptions

/**
 * Optimised Huffman tables save 4 % on photos and 25 % on drawings, but hold all coefficients in memory: 11 bytes a
 * pixel, 1.1 GB at 100 MP.
 */
const MAX_OPTIMISED_PIXELS = 16_000_000

/**
 * PNG options of the source. Measured: a filter for each row makes a photo with soft edges 37 % smaller and a sheet of
 * sprites a tenth, for 0 to 30 ms at 1 MP. Level 5 then makes sprites 20 % smaller than level 2 for an eighth more CPU;
 * photos do not change. Level 9 takes four times as long for 3 % on photos.
 */
const SOURCE_OPTIONS = { compressionLevel: 5, adaptiveFiltering: true } as const satisfies PngOptions

/** A smaller level from a larger one. */
export const shrink = async (level: Level, size: PixelSize): Promise<Level> => {
  if (level.width === size.width && level.height === size.height) return level
  const pixels = await open(level)
    .resize({ ...size, fit: 'fill' })
    .raw()
    .toBuffer()
  return { ...size, pixels, channels: level.channels }
}

/** A level as a JPEG file. */
export const toJpeg = (level: Level, variant: 'medium' | 'thumb'): Promise<Buffer> =>
  open(level).jpeg(JPEG_OPTIONS[variant]).toBuffer()

/** The original of an upload that has to be converted. */
export const toOriginal = (level: Level): Promise<Buffer> =>
  open(level)
    .jpeg({ ...ORIGINAL_OPTIONS, optimiseCoding: level.width * level.height <= MAX_OPTIMISED_PIXELS })
    .toBuffer()

/** The source: a PNG without loss and without metadata, with an alpha channel where the level has one. */
export const toSource = (level: Level): Promise<Buffer> => open(level).png(SOURCE_OPTIONS).toBuffer()

/** The icon: the middle square of a level at exactly 50×50, enlarged where necessary. */
export const toIcon = (level: Level): Promise<Buffer> =>
  open(level)
    .extract(middleSquare(level))
    .resize({ width: SIDES.game, height: SIDES.game, fit: 'fill' })
    .jpeg(JPEG_OPTIONS.game)
    .toBuffer()

const open = ({ pixels, width, height, channels }: Level): Sharp =>
  sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false })
