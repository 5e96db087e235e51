// Makes a render from a source: a PNG file of the store, 8 bit sRGB, upright, with or without transparent pixels.

import { readFileSync } from 'node:fs'
import sharp, { type Sharp } from 'sharp'
import { type PngHeader, readPngHeader } from '../../../core/headers/png-header.ts'
import { type Layout, resultOf } from '../../../core/transform/geometry.ts'
import { formatOfRecipe, type Recipe } from '../../../core/transform/recipe.ts'
import { MARGIN_COLOUR } from '../../../core/transform/transform.ts'
import type { PixelSize } from '../levels.ts'
import { encodedWithAlpha } from './alpha.ts'
import { encoded, kernelOf, laidOut, layoutFor, TRANSPARENT, toWebp, withMargins } from './steps.ts'

/**
 * Most pixels of a source of which `nearest` picks exact ones: the whole is in memory for it. Larger ones are no pixel
 * art; their colours may differ by rounding.
 */
const MAX_EXACT_PIXELS = 16_000_000

/** @throws the error of the system or of the decoder where the file can't be read */
export const fromSource = async (path: string, recipe: Recipe): Promise<{ size: PixelSize; bytes: Buffer }> => {
  // Only JPEG files are opened by their path, see hardening.ts.
  const file = readFileSync(path)
  const header = readPngHeader(file)
  if (!header) throw new Error('the source is no PNG file')
  const layout = layoutFor(recipe, header)
  const size = resultOf(layout)
  const background = recipe.kind === 'transform' ? recipe.transform.background : undefined
  const keepsAlpha = header.hasAlpha && background === undefined && formatOfRecipe(recipe) !== 'jpeg'
  return { size, bytes: await (keepsAlpha ? transparent : opaque)({ file, header, layout, size, background }, recipe) }
}

interface Parts {
  file: Buffer
  header: PngHeader
  layout: Layout
  size: PixelSize
  background: string | undefined
}

const opaque = async ({ file, layout, size, background = MARGIN_COLOUR }: Parts, recipe: Recipe): Promise<Buffer> => {
  const laid = laidOut(open(file).flatten({ background }), layout, kernelOf(recipe))
  const picture = withMargins(laid, layout, background).toColourspace('srgb')
  if (formatOfRecipe(recipe) !== 'webp') return encoded(picture, recipe, size)
  const pixels = await picture.raw().toBuffer()
  return toWebp(() => sharp(pixels, { raw: { ...size, channels: 3 }, limitInputPixels: false }), recipe, size)
}

const transparent = async ({ file, header, layout, size }: Parts, recipe: Recipe): Promise<Buffer> => {
  const kernel = kernelOf(recipe)
  const isExact = kernel === 'nearest' && header.width * header.height <= MAX_EXACT_PIXELS
  // sharp multiplies colours by their opacity before it scales them, so that those of transparent pixels do not bleed.
  const scaled = (isExact ? await picked(file, layout) : undefined) ?? laidOut(open(file), layout, kernel)
  const picture = withMargins(scaled, layout, TRANSPARENT).toColourspace('srgb')
  if (formatOfRecipe(recipe) === 'png') return encoded(picture, recipe, size)
  return encodedWithAlpha(await picture.raw().toBuffer(), size, recipe)
}

/**
 * Picks pixels as `nearest` does, unchanged: sharp's multiplication by the opacity and back rounds their colours.
 * Undefined where the crop depends on the content.
 */
const picked = async (file: Buffer, { scaled, cut }: Layout): Promise<Sharp | undefined> => {
  if (cut && 'by' in cut) return undefined
  const { data, info } = await open(file)
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { left, top, width, height } = cut ?? { left: 0, top: 0, ...scaled }
  const columns = Array.from({ length: width }, (_, x) => nearest(left + x, scaled.width, info.width) * 4)
  const pixels = Buffer.allocUnsafe(width * height * 4)
  for (let y = 0, to = 0; y < height; y++) {
    const row = nearest(top + y, scaled.height, info.height) * info.width * 4
    for (const column of columns) to = pixels.writeUInt32LE(data.readUInt32LE(row + column), to)
  }
  return sharp(pixels, { raw: { width, height, channels: 4 }, limitInputPixels: false })
}

/** Index of the source pixel under the centre of a scaled one. */
const nearest = (at: number, scaled: number, source: number): number => Math.floor(((at + 0.5) * source) / scaled)

const open = (file: Buffer): Sharp => sharp(file, { failOn: 'error', limitInputPixels: false })
