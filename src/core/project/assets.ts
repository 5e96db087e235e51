// Named assets: images under a name, which a later upload replaces in one change. Pure.

import { TintypeError } from '../errors.ts'
import { isImageId } from '../names.ts'
import { unknownAsset } from '../not-found.ts'
import { type ImageDetails, withDetails } from './image-details.ts'
import { firstImage, type ImageList } from './image-list.ts'
import type { ImageRecord } from './model.ts'
import type { ProjectState } from './state.ts'

/** Part of the conditions of an upload: the asset that its image becomes. */
export interface AssetTerms {
  name: string
  /** See {@link ExpectedAsset}. @default no condition */
  expected?: ExpectedAsset
}

/** What an asset has to be for a change of it (RFC 9110 sections 13.1.1 and 13.1.2). */
export type ExpectedAsset =
  | 'absent'
  | 'present'
  /** One of these images, or any image of the project at one of these revisions. */
  | { imageIds: readonly string[]; revisions: readonly number[] }

/** Deletes an asset and its image. */
export interface DeleteAsset extends AssetTerms {
  type: 'delete_asset'
}

/** The image of an asset. A list with segments that are not loaded throws. */
export const findAsset = (list: ImageList, name: string): ImageRecord | undefined =>
  firstImage(list, ({ asset }) => asset === name)

export interface NamedImage {
  name: string
  image: ImageRecord
}

/**
 * Images under their names in manifests and atlases, each once: of the asset, else the id. An asset whose name is the id of
 * another image keeps it, and that image is left out.
 */
export const namedImages = (images: readonly ImageRecord[]): NamedImage[] => {
  const taken = new Set(images.flatMap(({ asset }) => (asset !== undefined && isImageId(asset) ? [asset] : [])))
  return images.flatMap((image) => {
    if (image.asset !== undefined) return [{ name: image.asset, image }]
    return taken.has(image.id) ? [] : [{ name: image.id, image }]
  })
}

/** @throws TintypeError `asset_not_found` */
export const requireAsset = ({ project_id, images }: ProjectState, name: string): ImageRecord => {
  const image = findAsset(images, name)
  if (!image) throw unknownAsset(project_id, name)
  return image
}

/**
 * Checks the condition of a change of an asset.
 *
 * @param image of the asset at present
 * @param revision see `applyChange`
 * @throws TintypeError `precondition_failed`
 */
export const assertExpectedAsset = (
  image: ImageRecord | undefined,
  { name, expected }: AssetTerms,
  revision: number,
): void => {
  if (expected === undefined || isExpected(image, expected, revision)) return
  const state = image ? `it is image "${image.id}"` : 'there is none'
  throw new TintypeError('precondition_failed', `Expected another state of asset "${name}": ${state}.`, {
    details: { image_id: image?.id ?? null },
  })
}

const isExpected = (image: ImageRecord | undefined, expected: ExpectedAsset, revision: number): boolean => {
  if (expected === 'absent') return image === undefined
  if (image === undefined) return false
  return expected === 'present' || expected.imageIds.includes(image.id) || expected.revisions.includes(revision)
}

/** The record of an image that takes the place of another one: details that it has not are those of the other one. */
export const takingOver = (image: ImageRecord, before: ImageRecord): ImageRecord =>
  withDetails(image, {
    name: image.name ?? before.name,
    title: image.title ?? before.title,
    alt: image.alt ?? before.alt,
    tags: image.tags ?? before.tags,
    focal_point: image.focal_point ?? before.focal_point,
  })

/** An image whose file was uploaded again, with the details of that upload. The name of the file stays. */
export const uploadedAgain = (image: ImageRecord, { title, alt, tags, focal_point }: ImageDetails): ImageRecord =>
  withDetails(image, { title, alt, tags, focal_point })
