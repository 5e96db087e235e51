// Deletes several images of a project in one change. Pure.

import { type ImageList, imagesOf, removeImages } from './image-list.ts'
import type { ProjectState } from './state.ts'

export interface DeleteImages {
  type: 'delete_images'
  /** Ids that are not in the project are skipped, so that a repetition succeeds. */
  imageIds: readonly string[]
}

/** Those of the ids that are in a project, in the order of its list. @param state with all images loaded */
export const presentIds = ({ images }: ProjectState, imageIds: readonly string[]): string[] => {
  const named = new Set(imageIds)
  return imagesOf(images).flatMap(({ id }) => (named.has(id) ? [id] : []))
}

/**
 * Deletes the images that are in the project. A deleted cover is followed by the first remaining image behind it, as after
 * single deletions. Returns the same object where there is none of them.
 */
export const deleteImages = (state: ProjectState, { imageIds }: DeleteImages): ProjectState => {
  const deleted = new Set(presentIds(state, imageIds))
  if (deleted.size === 0) return state
  return {
    ...state,
    primary_image_id: coverAfter(state, deleted),
    image_count: state.image_count - deleted.size,
    images: removeImages(state.images, deleted),
  }
}

const coverAfter = ({ primary_image_id: cover, images }: ProjectState, deleted: ReadonlySet<string>): string | null => {
  if (cover === null || !deleted.has(cover)) return cover
  const ids = idsFrom(images, cover)
  return ids.find((id) => !deleted.has(id)) ?? null
}

/** All ids, from one of them to the end and on from the beginning. */
const idsFrom = (images: ImageList, first: string): string[] => {
  const ids = imagesOf(images).map(({ id }) => id)
  const at = ids.indexOf(first)
  return [...ids.slice(at), ...ids.slice(0, at)]
}
