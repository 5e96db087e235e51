// Makes a render: applies a recipe to a stored original or source, and writes the result.

import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import sharp from 'sharp'
import { TintypeError } from '../../core/errors.ts'
import { readJpegHeader } from '../../core/headers/jpeg-header.ts'
import { resultOf } from '../../core/transform/geometry.ts'
import type { Recipe } from '../../core/transform/recipe.ts'
import { MARGIN_COLOUR } from '../../core/transform/transform.ts'
import { readProfile } from '../codecs/colour/icc.ts'
import type { RenderJob } from '../encoder.ts'
import type { RenderReply } from '../reply.ts'
import { halvedJpeg, inSrgb } from './decode.ts'
import { failureOf, writeNew } from './files.ts'
import type { PixelSize } from './levels.ts'
import { type Colour, colourOfProfile } from './meaning.ts'
import { fromSource } from './render/lossless.ts'
import { encoded, kernelOf, laidOut, layoutFor, withMargins } from './render/steps.ts'

/**
 * Largest render that is returned over the channel, in bytes. A file costs the client 0.5 ms: it is written here and read
 * by the parent, before the answer.
 */
const RETURNED_BYTES = 128 * 1024

/**
 * Reads the original or the source, which were checked at the upload. Returns the content of a small render, and where
 * there is no target, or the disk does not take it; writes a larger one.
 *
 * @throws TintypeError `project_damaged` where the file cannot be decoded, `image_not_found` where it is missing,
 *   `store_unavailable` where it cannot be read
 */
export const renderPicture = async ({ source, target, recipe }: RenderJob): Promise<RenderReply> => {
  const { origin = 'original' } = recipe
  const work = origin === 'original' ? fromOriginal(source, recipe) : fromSource(source, recipe)
  const { size, bytes } = await orDamaged(source, work)
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
const fromOriginal = async (source: string, recipe: Recipe): Promise<{ size: PixelSize; bytes: Buffer }> => {
  const { shown, colour } = await readOriginalHeader(source)
  const layout = layoutFor(recipe, shown)
  const kernel = kernelOf(recipe)
  const background = (recipe.kind === 'transform' ? recipe.transform.background : undefined) ?? MARGIN_COLOUR
  const options = { failOn: 'error', limitInputPixels: false, ignoreIcc: true } as const
  // `nearest` picks stored pixels: libjpeg would average them while it halves.
  const input = kernel === 'nearest' ? source : (halvedJpeg(source, shown, layout.scaled) ?? source)
  let picture = laidOut(sharp(input, options).autoOrient(), layout, kernel)
  // Converts the scaled pixels, not all stored ones. A margin is drawn around pixels of three channels.
  if (colour || layout.ground) picture = await inSrgb(picture, colour)
  picture = withMargins(picture, layout, background)
  const size = resultOf(layout)
  return { size, bytes: await encoded(picture.toColourspace('srgb'), recipe, size) }
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
