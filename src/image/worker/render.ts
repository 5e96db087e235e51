// Makes a render: applies a recipe to a stored original and writes the result.

import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import sharp, { type AvifOptions, type JpegOptions, type Sharp, type WebpOptions } from 'sharp'
import { TintypeError } from '../../core/errors.ts'
import { readJpegHeader } from '../../core/jpeg-header.ts'
import { type Layout, layoutOf, resultOf } from '../../core/transform/geometry.ts'
import { formatOfRecipe, type Recipe } from '../../core/transform/recipe.ts'
import { type Kernel, MAX_SIDE, QUALITIES } from '../../core/transform/transform.ts'
import { readProfile } from '../codecs/colour/icc.ts'
import type { RenderJob } from '../encoder.ts'
import type { RenderReply } from '../reply.ts'
import { halvedJpeg, inSrgb } from './decode.ts'
import { failureOf, writeNew } from './files.ts'
import { type PixelSize, SIDES } from './levels.ts'
import { type Colour, colourOfProfile } from './meaning.ts'

/**
 * Encoder effort: low, because a request waits for the result. Measured on a noisy photo of 1600×1200 on one core: AVIF
 * takes 0.2 s and 143 kB at effort 0, 2 s and 145 kB at 2, 15 s and 136 kB at sharp's default of 4; WebP 0.13 s and
 * 233 kB at effort 1, 0.32 s and 240 kB at 4. At 320×180 the files are 4 and 7 % larger than at 4.
 */
export const EFFORT = { avif: 0, webp: 1 } as const

/**
 * Largest render that is returned over the channel, in bytes. A file costs the client 0.5 ms: it is written here and read
 * by the parent, before the answer.
 */
const RETURNED_BYTES = 128 * 1024

/** Optimised Huffman tables save a few percent of a JPEG file for a second pass, which large renders skip. */
const MAX_OPTIMISED_PIXELS = 500_000

/**
 * Reads the original, a JPEG that was checked at its upload. Returns the content of a small render, and where there is no
 * target, or the disk does not take it; writes a larger one.
 *
 * @throws TintypeError `project_damaged` where the original cannot be decoded, `image_not_found` where it is missing,
 *   `store_unavailable` where it cannot be read
 */
export const renderPicture = async ({ source, target, recipe }: RenderJob): Promise<RenderReply> => {
  const { size, bytes } = await orDamaged(source, toFile(source, recipe))
  const reply = { ...size, bytes: bytes.length }
  return isWritten(target, bytes) ? reply : { ...reply, content: bytes.toString('base64') }
}

const isWritten = (target: string | undefined, bytes: Buffer): boolean => {
  if (target === undefined || bytes.length <= RETURNED_BYTES) return false
  try {
    writeNew(target, [bytes])
    return true
  } catch {
    return false
  }
}

// Decodes from the path: reading 3 MB of an original into memory first costs more than a millisecond.
const toFile = async (source: string, recipe: Recipe): Promise<{ size: PixelSize; bytes: Buffer }> => {
  const { shown, colour } = await readOriginalHeader(source)
  const layout = layoutFor(recipe, shown)
  const kernel = recipe.kind === 'transform' ? recipe.transform.kernel : 'lanczos3'
  const background = recipe.kind === 'transform' ? recipe.transform.background : '#ffffff'
  const options = { failOn: 'error', limitInputPixels: false, ignoreIcc: true } as const
  // `nearest` picks stored pixels: libjpeg would average them while it halves.
  const input = kernel === 'nearest' ? source : (halvedJpeg(source, shown, layout.scaled) ?? source)
  let picture = laidOut(sharp(input, options).autoOrient(), layout, kernel)
  // Converts the scaled pixels, not all stored ones. A margin is drawn around pixels of three channels.
  if (colour || layout.ground) picture = await inSrgb(picture, colour)
  if (layout.ground) picture.extend({ ...marginsOf(layout.scaled, layout.ground), background })
  const size = resultOf(layout)
  return { size, bytes: await encoded(picture.toColourspace('srgb'), recipe, size).toBuffer() }
}

interface OriginalHeader {
  /** Pixels as shown: the orientation is applied. */
  shown: PixelSize
  /** By its colour profile; undefined where it is sRGB. */
  colour: Colour | undefined
}

/** A plain header has a few hundred bytes. */
const HEADER_BYTES = 4096

/**
 * The header of a stored original. Most are plain and read here in 0.1 ms; the decoder needs 0.5 to 0.8 ms more, for
 * each render.
 *
 * @throws the error of the system or of the decoder where the file can't be read
 */
export const readOriginalHeader = async (path: string): Promise<OriginalHeader> => {
  const head = readHead(path)
  const header = readJpegHeader((position, bytes) => head.subarray(position, position + bytes))
  if (header?.isPlain) return { shown: { width: header.width, height: header.height }, colour: undefined }
  const { width, height, orientation = 1, icc, channels } = await sharp(path, { limitInputPixels: false }).metadata()
  const shown = orientation >= 5 && orientation <= 8 ? { width: height, height: width } : { width, height }
  return { shown, colour: colourOfProfile(icc && readProfile(icc, channels)) }
}

const readHead = (path: string): Buffer => {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.allocUnsafe(HEADER_BYTES)
    return head.subarray(0, readSync(file, head))
  } finally {
    closeSync(file)
  }
}

const layoutFor = (recipe: Recipe, source: PixelSize): Layout => {
  if (recipe.kind === 'transform') return layoutOf(source, recipe.transform)
  const usual = { position: { x: 0.5, y: 0.5 }, kernel: 'lanczos3' } as const
  // Like the stored variants: `game` always has its exact dimensions, nothing else is enlarged.
  if (recipe.size === 'game')
    return layoutOf(source, { ...usual, width: SIDES.game, height: SIDES.game, fit: 'cover' }, Number.POSITIVE_INFINITY)
  const side = recipe.size === 'original' ? MAX_SIDE : SIDES[recipe.size]
  return layoutOf(source, { ...usual, width: side, height: side, fit: 'inside' }, 1)
}

const laidOut = (picture: Sharp, { scaled, cut }: Layout, kernel: Kernel): Sharp => {
  const options = { kernel, fastShrinkOnLoad: kernel !== 'nearest' } as const
  if (!cut) return picture.resize({ ...scaled, ...options, fit: 'fill' })
  if ('by' in cut)
    return picture.resize({ width: cut.width, height: cut.height, ...options, fit: 'cover', position: cut.by })
  return picture.resize({ ...scaled, ...options, fit: 'fill' }).extract(cut)
}

const marginsOf = (scaled: PixelSize, ground: PixelSize & { left: number; top: number }) => ({
  left: ground.left,
  top: ground.top,
  right: ground.width - scaled.width - ground.left,
  bottom: ground.height - scaled.height - ground.top,
})

const encoded = (picture: Sharp, recipe: Recipe, size: PixelSize): Sharp => {
  const format = formatOfRecipe(recipe)
  const quality = (recipe.kind === 'transform' ? recipe.transform.quality : undefined) ?? QUALITIES[format]
  // Hard edges of single colours smear at half the colour resolution: icons and enlarged pixel art.
  const isCrisp = recipe.kind === 'transform' ? recipe.transform.kernel === 'nearest' : recipe.size === 'game'
  switch (format) {
    case 'avif':
      return picture.avif({ quality, effort: EFFORT.avif } satisfies AvifOptions)
    case 'webp':
      return picture.webp({ quality, effort: EFFORT.webp, smartSubsample: isCrisp } satisfies WebpOptions)
    case 'jpeg':
      return picture.jpeg({
        quality,
        chromaSubsampling: isCrisp ? '4:4:4' : '4:2:0',
        optimiseCoding: size.width * size.height <= MAX_OPTIMISED_PIXELS,
      } satisfies JpegOptions)
  }
}

const orDamaged = async <Result>(source: string, work: Promise<Result>): Promise<Result> => {
  try {
    return await work
  } catch (cause) {
    if (!existsSync(source))
      throw new TintypeError('image_not_found', 'The image was deleted during the request.', { cause })
    assertReadable(source, cause)
    throw new TintypeError('project_damaged', 'The stored original of this image cannot be decoded.', { cause })
  }
}

/** Codes of system calls that say nothing about the file; libvips repeats their messages. */
const UNREADABLE_CODES = ['EMFILE', 'ENFILE', 'ENOMEM', 'EIO']
const UNREADABLE = /too many open files|cannot allocate memory|input\/output error/i

/** @throws TintypeError `store_unavailable` where the file cannot be read, for example without free file descriptors */
const assertReadable = (source: string, cause: unknown): void => {
  if (!(cause instanceof Error)) return
  if ('code' in cause && UNREADABLE_CODES.some((code) => code === cause.code)) throw failureOf(cause)
  if (UNREADABLE.test(cause.message.replace(source, '')))
    throw new TintypeError('store_unavailable', 'The stored original cannot be read now.', { cause })
}
