// Names of variants, project ids and image ids.

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

export const isSize = (value: string): value is Size => SIZES.some((size) => size === value)

export const isProjectId = (value: string): boolean => PROJECT_ID.test(value)

export const isImageId = (value: string): boolean => IMAGE_ID.test(value)

/**
 * A new image id: 20 of `0-9 a-z`, 103 random bits, so that ids made on any number of machines never collide. Lower case
 * only, because ids are file names and some disks ignore case.
 */
export const newImageId: () => string = randomIds(20)
