// Encodes pixels with transparency as WebP and AVIF.

import sharp, { type Sharp } from 'sharp'
import { formatOfRecipe, type Recipe } from '../../../core/transform/recipe.ts'
import type { PixelSize } from '../levels.ts'
import { bleedColours } from './bleed.ts'
import { EFFORT, isCrisp, isSmall, qualityOf, toWebp } from './steps.ts'

/**
 * Quality of AVIF files with transparency, which holds for the alpha channel too: at 50, soft edges are off by up to 45 of
 * 255 levels, at 70 by 16. Colours are then as good as in WebP files of quality 80, in fewer bytes.
 */
const AVIF_QUALITY = 70

/** The same where single pixels of pixel art matter. */
const CRISP_AVIF_QUALITY = 90

/**
 * Effort of small AVIF files with transparency. Below it, libaom leaves single pixels of a soft edge off by 20 to 30 levels
 * at any quality.
 */
const SMALL_AVIF_EFFORT = 3

/** @param pixels RGBA, changed in place */
export const encodedWithAlpha = async (pixels: Buffer, size: PixelSize, recipe: Recipe): Promise<Buffer> => {
  const picture = (): Sharp => sharp(pixels, { raw: { ...size, channels: 4 }, limitInputPixels: false })
  bleedColours(pixels, size)
  if (formatOfRecipe(recipe) === 'webp') return toWebp(picture, recipe, size)
  const quality = qualityOf(recipe, 'avif', isCrisp(recipe) ? CRISP_AVIF_QUALITY : AVIF_QUALITY)
  return picture()
    .avif({ quality, effort: isSmall(size) ? SMALL_AVIF_EFFORT : EFFORT.avif })
    .toBuffer()
}
