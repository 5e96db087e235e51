// Steps of a render that all sources share: layout, margins, encoding.

import type { AvifOptions, JpegOptions, PngOptions, Sharp, WebpOptions } from 'sharp'
import { type Layout, layoutOf } from '../../../core/transform/geometry.ts'
import { formatOfRecipe, type Recipe } from '../../../core/transform/recipe.ts'
import { type Kernel, type LossyFormat, MAX_SIDE, QUALITIES } from '../../../core/transform/transform.ts'
import { type PixelSize, SIDES } from '../levels.ts'

/**
 * Encoder effort: low, because a request waits for the result. Measured on a noisy photo of 1600×1200 on one core: AVIF
 * takes 0.2 s and 143 kB at effort 0, 2 s and 145 kB at 2, 15 s and 136 kB at sharp's default of 4; WebP 0.13 s and
 * 233 kB at effort 1, 0.32 s and 240 kB at 4. At 320×180 the files are 4 and 7 % larger than at 4.
 */
export const EFFORT = { avif: 0, webp: 1 } as const

/** Optimised Huffman tables save a few percent of a JPEG file for a second pass, which large renders skip. */
const MAX_OPTIMISED_PIXELS = 500_000

/** @param source dimensions of the picture as shown */
export const layoutFor = (recipe: Recipe, source: PixelSize): Layout => {
  if (recipe.kind === 'transform') return layoutOf(source, recipe.transform)
  const usual = { position: { x: 0.5, y: 0.5 }, kernel: 'lanczos3' } as const
  // Like the stored variants: `game` always has its exact dimensions, nothing else is enlarged.
  if (recipe.size === 'game')
    return layoutOf(source, { ...usual, width: SIDES.game, height: SIDES.game, fit: 'cover' }, Number.POSITIVE_INFINITY)
  const side = recipe.size === 'original' ? MAX_SIDE : SIDES[recipe.size]
  return layoutOf(source, { ...usual, width: side, height: side, fit: 'inside' }, 1)
}

export const kernelOf = (recipe: Recipe): Kernel => (recipe.kind === 'transform' ? recipe.transform.kernel : 'lanczos3')

/** Scales and crops. */
export const laidOut = (picture: Sharp, { scaled, cut }: Layout, kernel: Kernel): Sharp => {
  const options = { kernel, fastShrinkOnLoad: kernel !== 'nearest' } as const
  if (!cut) return picture.resize({ ...scaled, ...options, fit: 'fill' })
  if ('by' in cut)
    return picture.resize({ width: cut.width, height: cut.height, ...options, fit: 'cover', position: cut.by })
  return picture.resize({ ...scaled, ...options, fit: 'fill' }).extract(cut)
}

/** Adds the margins of `contain`, if there are any. */
export const withMargins = (picture: Sharp, { scaled, ground }: Layout, background: string | Transparent): Sharp =>
  ground ? picture.extend({ ...marginsOf(scaled, ground), background }) : picture

/** A colour for sharp. */
type Transparent = typeof TRANSPARENT
export const TRANSPARENT = { r: 0, g: 0, b: 0, alpha: 0 } as const

const marginsOf = (scaled: PixelSize, ground: PixelSize & { left: number; top: number }) => ({
  left: ground.left,
  top: ground.top,
  right: ground.width - scaled.width - ground.left,
  bottom: ground.height - scaled.height - ground.top,
})

/** @param standard quality where the recipe has none. @default that of the format */
export const qualityOf = (recipe: Recipe, format: LossyFormat, standard: number = QUALITIES[format]): number =>
  (recipe.kind === 'transform' ? recipe.transform.quality : undefined) ?? standard

/** True where hard edges of single colours would smear at half the colour resolution: icons and enlarged pixel art. */
export const isCrisp = (recipe: Recipe): boolean =>
  recipe.kind === 'transform' ? recipe.transform.kernel === 'nearest' : recipe.size === 'game'

/** True for sprites, icons and thumbnails, on which more time may be spent. */
export const isSmall = ({ width, height }: PixelSize): boolean => width * height <= MAX_SMALL_PIXELS

/** 512 × 512 */
const MAX_SMALL_PIXELS = 262_144

/** Encodes an opaque picture of this size, and any as PNG. */
export const encoded = async (picture: Sharp, recipe: Recipe, size: PixelSize): Promise<Buffer> => {
  const format = formatOfRecipe(recipe)
  switch (format) {
    case 'avif':
      return picture.avif({ quality: qualityOf(recipe, format), effort: EFFORT.avif } satisfies AvifOptions).toBuffer()
    case 'webp':
      return picture.webp(webpOptions(recipe)).toBuffer()
    case 'png':
      return picture.png(PNG_OPTIONS).toBuffer()
    case 'jpeg':
      return picture
        .jpeg({
          quality: qualityOf(recipe, format),
          chromaSubsampling: isCrisp(recipe) ? '4:4:4' : '4:2:0',
          optimiseCoding: size.width * size.height <= MAX_OPTIMISED_PIXELS,
        } satisfies JpegOptions)
        .toBuffer()
  }
}

const webpOptions = (recipe: Recipe) =>
  ({
    quality: qualityOf(recipe, 'webp'),
    effort: EFFORT.webp,
    smartSubsample: isCrisp(recipe),
  }) as const satisfies WebpOptions

/**
 * Encodes a picture that was never JPEG as WebP: nearly without loss (4 of 255 levels at most) where the file is small too,
 * as it is of drawings and sprites; pixel art, with `kernel=nearest`, without any. A lossy file halves the resolution of
 * colours, so that coloured edges are off by 10 to 20 levels. A photo of 0.12 MP costs 0.2 s for the attempt, so larger
 * pictures have none, but for pixel art, whose repeated pixels cost little.
 *
 * @param picture opens the pixels, which are encoded twice
 */
export const toWebp = async (picture: () => Sharp, recipe: Recipe, size: PixelSize): Promise<Buffer> => {
  const lossy = await picture().webp(webpOptions(recipe)).toBuffer()
  const isExact = kernelOf(recipe) === 'nearest'
  if (!isSmall(size) && !isExact) return lossy
  const options = isExact ? { lossless: true } : { nearLossless: true, quality: NEAR_LOSSLESS_QUALITY }
  const faithful = await picture()
    .webp({ ...options, effort: EFFORT.webp } satisfies WebpOptions)
    .toBuffer()
  const isRequested = recipe.kind === 'transform' && recipe.transform.quality !== undefined
  return faithful.length <= lossy.length * (isRequested ? 1 : MAX_FAITHFUL_RATIO) ? faithful : lossy
}

/** libwebp's strength of the preprocessing that makes files smaller: 100 is none. */
const NEAR_LOSSLESS_QUALITY = 60

/** A picture that has `q` is no larger than it has to be for that. */
const MAX_FAITHFUL_RATIO = 1.75

/** On drawings, filters halve the file for five times the time (80 ms a megapixel); more compression saves little. */
const PNG_OPTIONS = { compressionLevel: 6, adaptiveFiltering: true } as const satisfies PngOptions
