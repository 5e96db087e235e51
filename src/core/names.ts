// Names of variants and uploaded files, project ids, image ids.

import { randomIds } from './random-id.ts'

/** Size names of the four stored variants of every image, largest first. */
export const SIZES = ['original', 'medium', 'thumb', 'game'] as const

export type Size = (typeof SIZES)[number]

/** Names of all stored variants. Not every image has `source`, the lossless file that its renders are made from. */
export const VARIANTS = [...SIZES, 'source'] as const

export type VariantName = (typeof VARIANTS)[number]

/** Names of the variants of one image. @param sizes of its record */
export const variantsOf = (sizes: { source?: unknown }): readonly VariantName[] =>
  sizes.source === undefined ? SIZES : VARIANTS

/** Name of the stored file of a variant: four JPEG files, and the source as PNG. */
export const fileNameOf = (imageId: string, name: VariantName): string =>
  `${imageId}.${name === 'source' ? 'png' : 'jpg'}`

/** Source of {@link PROJECT_ID} without anchors, for patterns of paths. */
export const PROJECT_ID_SOURCE = '[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}'

/** 1 to 64 of `A-Z a-z 0-9 . _ -`, not starting with a dot. */
export const PROJECT_ID = new RegExp(`^${PROJECT_ID_SOURCE}$`)

export const PROJECT_ID_RULE = '1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start'

/** Source of {@link IMAGE_ID} without anchors, for patterns of paths. */
export const IMAGE_ID_SOURCE = '[0-9a-z]{20}'

/** Ids as {@link newImageId} makes them. */
export const IMAGE_ID = new RegExp(`^${IMAGE_ID_SOURCE}$`)

const MAX_ASSET_NAME_LENGTH = 100

/** Form of an asset's name. */
export const ASSET_NAME = new RegExp(
  String.raw`^(?=.{1,${MAX_ASSET_NAME_LENGTH}}$)(?:(?!\.+/)[a-z0-9._-]+/)*(?!render$)[a-z0-9_-]+$`,
)

export const ASSET_NAME_RULE =
  `1 to ${MAX_ASSET_NAME_LENGTH} of a-z 0-9 . _ - in parts divided by "/", no part of dots alone, no dot in the last part, ` +
  'which is not "render"'

export const isAssetName = (name: string): boolean => ASSET_NAME.test(name)

export const isSize = (value: string): value is Size => SIZES.some((size) => size === value)

export const isProjectId = (value: string): boolean => PROJECT_ID.test(value)

export const isImageId = (value: string): boolean => IMAGE_ID.test(value)

/**
 * A new image id: 20 of `0-9 a-z`, 103 random bits, so that ids made on any number of machines never collide. Lower case
 * only, because ids are file names and some disks ignore case.
 */
export const newImageId: () => string = randomIds(20)

/** Limit of the name of an uploaded file, in bytes of UTF-8, as of most file systems. */
export const MAX_FILE_NAME_BYTES = 255

/** Control characters, line separators, halves of characters, and characters that change the direction of text. */
const NOT_IN_NAMES = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** An extension, which a cut name keeps. */
const EXTENSION = /\.[^.\s]{1,16}$/u

/**
 * Cleans the name of an uploaded file: its last path segment in Unicode normalisation form C, without characters that
 * are not shown or that reverse the text (`gpj.exe`), at most {@link MAX_FILE_NAME_BYTES} long. Empty where nothing of it
 * is left.
 */
export const cleanFileName = (text: string): string => {
  const segment = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1)
  const name = segment.replaceAll(NOT_IN_NAMES, '').normalize('NFC').trim()
  if (name === '.' || name === '..') return ''
  if (Buffer.byteLength(name) <= MAX_FILE_NAME_BYTES) return name
  const extension = EXTENSION.exec(name)?.[0] ?? ''
  let bytes = Buffer.byteLength(extension)
  let stem = ''
  // The name is too long, so that it is cut before its extension.
  for (const character of name) {
    bytes += Buffer.byteLength(character)
    if (bytes > MAX_FILE_NAME_BYTES) break
    stem += character
  }
  return stem.trimEnd() + extension
}

/** The largest files of images, of which the smaller variants were made. The original comes first. */
export const LARGE = ['original', 'source'] as const

export const isLarge = (name: VariantName): boolean => name === 'original' || name === 'source'
