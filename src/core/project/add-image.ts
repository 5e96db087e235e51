// Adds an image under the terms of its upload. Pure.

import type { Principal, Visibility } from '../auth/access.ts'
import { appendImage, imagesOf, replaceImage } from './image-list.ts'
import type { ImageRecord } from './model.ts'
import type { ProjectState } from './state.ts'
import {
  assertCharged,
  assertRoomForImage,
  type Earlier,
  findEarlier,
  looksAtImages,
  type UploadTerms,
  withAnswer,
} from './upload-conditions.ts'

export interface AddImage {
  type: 'add_image'
  image: ImageRecord
  by?: Principal
  /** Visibility of the project, where the image creates it. */
  visibility?: Visibility
  terms?: UploadTerms
}

/**
 * Adds an image. Returns the same object where an existing image answers the upload.
 *
 * @param state with all of its images loaded where {@link looksAtImages} says so
 * @param project the same state, or a new project where it does not exist
 * @throws TintypeError `quota_exceeded`, `idempotency_conflict`, `busy`
 */
export const addImage = (state: ProjectState, project: ProjectState, change: AddImage, now: string): ProjectState => {
  const { terms = {} } = change
  const earlier = looksAtImages(terms)
    ? findEarlier(imagesOf(state.images), change.image.sha256, terms, now)
    : undefined
  if (earlier) return answerByEarlier(state, earlier, change, now)
  assertRoomForImage(state.project_id, project.image_count, terms.maxImages)
  assertCharged(project, terms.chargedTo)
  const primary = project.primary_image_id ?? change.image.id
  const image = withAnswerFor(change.image, change, { ...project, primary_image_id: primary }, now)
  return {
    ...project,
    deleted: false,
    primary_image_id: primary,
    image_count: project.image_count + 1,
    images: appendImage(project.images, image),
  }
}

/** Adds nothing. The image of a duplicate keeps the response for an idempotency key that is new to it. */
const answerByEarlier = (state: ProjectState, { image, answered }: Earlier, change: AddImage, now: string) => {
  if (answered || change.terms?.idempotencyKey === undefined) return state
  return { ...state, images: replaceImage(state.images, withAnswerFor(image, change, state, now)) }
}

/** The image with the response to this upload, where an idempotency key may ask for it again. */
const withAnswerFor = (image: ImageRecord, { image: upload, terms }: AddImage, state: ProjectState, now: string) => {
  const key = terms?.idempotencyKey
  if (key === undefined) return image
  const isPrimary = state.primary_image_id === image.id
  return withAnswer(image, { key, upload: upload.id, at: now, revision: state.revision + 1, is_primary: isPrimary })
}
