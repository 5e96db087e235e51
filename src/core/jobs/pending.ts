// Pending images of a project: of uploads that were accepted and are made later. Only a pending image may be added by a
// job, so that it is added once at most, whatever attempts do, and never after it was deleted. Pure.

import type { Principal, Visibility } from '../auth/access.ts'
import { unknownImage } from '../not-found.ts'
import { type AddImage, addImage, assertRoomForImage, type UploadTerms } from '../project/add-image.ts'
import { assertExpectedAsset, findAsset } from '../project/assets.ts'
import type { ProjectState } from '../project/state.ts'
import { TIME_TEXT_LENGTH, timeIn, timeText } from '../time-text.ts'

/** Makes an image pending, and creates its project where there is none. */
export interface AddPending {
  type: 'add_pending'
  pendingId: string
  /** Time of the upload, in milliseconds since 1970. */
  atMs: number
  by?: Principal
  /** Visibility of the project, where the image creates it. */
  visibility?: Visibility
  terms?: UploadTerms
}

/** Ends that an image is pending; files of it are removed. Changes nothing where it is not. */
export interface DropPending {
  type: 'drop_pending'
  pendingId: string
}

export interface PendingImage {
  id: string
  /** ISO 8601, UTC. */
  createdAt: string
}

/** Form of an entry: the time of the upload, and the id of the image. */
export const PENDING_ENTRY = /^[0-9a-z]{29}$/

const entryOf = (imageId: string, atMs: number): string => `${timeText(atMs)}${imageId}`

const idOf = (entry: string): string => entry.slice(TIME_TEXT_LENGTH)

/** Pending images in the order of their uploads. */
export const pendingOf = ({ pending = [] }: ProjectState): PendingImage[] =>
  pending.map((entry) => ({ id: idOf(entry), createdAt: new Date(timeIn(entry)).toISOString() }))

export const isPending = ({ pending = [] }: ProjectState, imageId: string): boolean =>
  pending.some((entry) => entry.endsWith(imageId))

/**
 * @param state before the change
 * @param project the same state, or a new project where it does not exist
 * @throws TintypeError `quota_exceeded`, `precondition_failed`
 */
export const addPending = (
  project: ProjectState,
  { pendingId, atMs, terms = {} }: AddPending,
  revision: number,
): ProjectState => {
  if (isPending(project, pendingId)) return project
  const { asset, maxImages } = terms
  const before = asset?.expected && findAsset(project.images, asset.name)
  if (asset) assertExpectedAsset(before, asset, revision)
  const { pending = [] } = project
  if (!before) assertRoomForImage(project.project_id, project.image_count + pending.length, maxImages)
  return { ...project, deleted: false, pending: [...pending, entryOf(pendingId, atMs)] }
}

/** Returns the same object where the image is not pending. */
export const dropPending = (state: ProjectState, imageId: string): ProjectState => {
  if (!isPending(state, imageId)) return state
  const { pending = [], ...rest } = state
  const left = pending.filter((entry) => !entry.endsWith(imageId))
  return left.length === 0 ? rest : { ...rest, pending: left }
}

/**
 * Adds the image of a job, see {@link addImage}. It is pending no more afterwards, also where an existing image answers
 * the upload.
 *
 * @throws TintypeError `image_not_found` where the image of a job is not pending: it was added, deleted or cancelled
 */
export const addPendingImage = (state: ProjectState, change: AddImage, now: string, revision: number): ProjectState => {
  const { image } = change
  if (state.deleted || !isPending(state, image.id)) throw unknownImage(state.project_id, image.id)
  return dropPending(addImage(state, state, change, now, revision), image.id)
}
