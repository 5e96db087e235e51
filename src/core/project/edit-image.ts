// Edits of the record of an image: its details by people, its files by repairs. Pure.

import { type ImageEdit, keepDetails, withDetails } from './image-details.ts'
import { findImage, replaceImage } from './image-list.ts'
import type { ImageRecord } from './model.ts'
import type { ProjectState } from './state.ts'

export interface EditImage {
  type: 'edit_image'
  imageId: string
  edit: ImageEdit
}

/** Edits the details of an image of the state. Returns the same object where nothing changes. */
export const editImage = (state: ProjectState, { imageId, edit }: EditImage): ProjectState =>
  replaced(state, imageId, (image) => withDetails(image, edit))

/**
 * Replaces the record of an image of the state. The repair has read it at an earlier revision, so its details, and its
 * responses to idempotency keys, are those of the state.
 */
export const repairImage = (state: ProjectState, repaired: ImageRecord): ProjectState =>
  replaced(state, repaired.id, (image) => {
    const kept = keepDetails(repaired, image)
    return image.answers ? { ...kept, answers: image.answers } : kept
  })

const replaced = (state: ProjectState, imageId: string, edit: (image: ImageRecord) => ImageRecord): ProjectState => {
  const before = findImage(state.images, imageId)
  const after = before && edit(before)
  return after && after !== before ? { ...state, images: replaceImage(state.images, after) } : state
}
