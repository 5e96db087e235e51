// Changes of a project as data, and their application to a state. Pure: a change can be applied again to a newer state.

import { isDeepStrictEqual } from 'node:util'
import { addSlots } from '../atlas/follow.ts'
import type { AddSlots } from '../atlas/tables.ts'
import {
  type Action,
  accessOf,
  type MemberRole,
  type Principal,
  requireAccess,
  type Visibility,
} from '../auth/access.ts'
import { TintypeError } from '../errors.ts'
import { type AddPending, addPending, addPendingImage, type DropPending, dropPending } from '../jobs/pending.ts'
import { unknownImage, unknownProject } from '../not-found.ts'
import { type AddImage, addImage, readsImages } from './add-image.ts'
import { assertExpectedAsset, type DeleteAsset, requireAsset } from './assets.ts'
import { type CreateProject, createProject, withTags } from './create-project.ts'
import { type DeleteImages, deleteImages } from './delete-images.ts'
import { type EditImage, editImage, repairImage } from './edit-image.ts'
import { findImage, type ImageList, imagesOf, listOf, neighbourOf, removeImage } from './image-list.ts'
import type { ImageRecord } from './model.ts'
import { deletedProject, newProject, type ProjectState } from './state.ts'

export type ProjectChange = Change & {
  /**
   * The principal, authorized again at the commit: the owner of the project may have changed since the request was
   * authorized. A user whose upload creates the project owns it. @default no authorization
   */
  by?: Principal
  /** Revisions that the project may have when the change is committed (`If-Match`). @default any */
  ifRevision?: readonly number[]
}

type Change =
  | AddImage
  | AddPending
  | DropPending
  | CreateProject
  | { type: 'delete_image'; imageId: string }
  | DeleteImages
  | DeleteAsset
  | { type: 'set_primary'; imageId: string }
  | EditImage
  /** `imageOrder` moves the named images to the front, in that order; the others keep their order behind them. */
  | {
      type: 'edit'
      title?: string | null
      /** All tags; null or none removes them. */
      tags?: readonly string[] | null
      imageOrder?: readonly string[]
      visibility?: Visibility
      /** By user id; null removes a member. Members that are not named stay. */
      members?: Readonly<Record<string, MemberRole | null>>
      /** See the schema of projects; null removes it. */
      source?: string | null
    }
  | { type: 'delete_project' }
  | AddSlots
  /** A repair: replaces the record of an image under its id, at its position. Its details stay. */
  | { type: 'replace_image'; image: ImageRecord }

/** Limit on the members of a project: every revision contains them. */
export const MAX_MEMBERS = 1000

const WITHOUT_IMAGES: ReadonlySet<ProjectChange['type']> = new Set(['delete_project', 'create_project', 'drop_pending'])

/** True where a change depends on existing images, so that all of them must be loaded. */
export const needsImages = (change: ProjectChange): boolean =>
  change.type === 'edit'
    ? change.imageOrder !== undefined
    : change.type === 'add_image'
      ? change.terms !== undefined && readsImages(change.terms)
      : change.type === 'add_pending'
        ? change.terms?.asset?.expected !== undefined
        : !WITHOUT_IMAGES.has(change.type)

/**
 * Applies a change. Returns the same object where nothing changes: a cover, title or order that is set already, an upload
 * that an existing image answers. An image to add must not be in the state: a search for it would load all images.
 *
 * @param revision that the state has, or will have by changes before this one in the same commit
 * @throws TintypeError `project_not_found`, `image_not_found`, `asset_not_found`, `invalid_parameter`,
 *   `precondition_failed`, `project_exists`; `forbidden`, `unauthenticated`
 */
export const applyChange = (
  state: ProjectState,
  change: ProjectChange,
  now: string,
  revision = state.revision,
): ProjectState => {
  if (change.by)
    requireAccess(change.by, actionOf(change), state.project_id, state.deleted ? undefined : accessOf(state))
  if (change.type === 'add_image')
    return change.isPending
      ? addPendingImage(state, change, now, revision)
      : addImage(state, state.deleted ? newProject(state, change, now) : state, change, now, revision)
  if (change.type === 'add_pending')
    return addPending(state.deleted ? newProject(state, change, now) : state, change, revision)
  if (state.deleted && change.type === 'create_project') return createProject(state, change, now)
  if (state.deleted) throw unknownProject(state.project_id)
  // A condition counts only where the change would be answered 2xx without it (RFC 9110 section 13.2.1).
  if ('imageId' in change) requireImage(state, change.imageId)
  if (change.type === 'delete_asset') return deleteAsset(state, change, revision)
  assertRevision(state.project_id, change.ifRevision, revision)
  switch (change.type) {
    case 'create_project':
      return createProject(state, change, now)
    case 'delete_image':
      return deleteImage(state, change.imageId)
    case 'delete_images':
      return deleteImages(state, change)
    case 'set_primary':
      return state.primary_image_id === change.imageId ? state : { ...state, primary_image_id: change.imageId }
    case 'edit_image':
      return editImage(state, change)
    case 'edit':
      return edit(state, change)
    case 'replace_image':
      requireImage(state, change.image.id)
      return repairImage(state, change.image)
    case 'drop_pending':
      return dropPending(state, change.pendingId)
    case 'add_slots':
      return addSlots(state, change, now)
    case 'delete_project':
      return deletedProject(state)
  }
}

/** The action that a change needs permission for. */
export const actionOf = (change: ProjectChange): Action => {
  switch (change.type) {
    case 'add_image':
      return change.terms?.asset ? 'create' : 'upload'
    case 'add_pending':
    case 'create_project':
      return 'create'
    case 'delete_project':
      return 'manage'
    case 'edit':
      return change.visibility === undefined && change.members === undefined && change.source === undefined
        ? 'write'
        : 'manage'
    default:
      return 'write'
  }
}

const requireImage = (state: ProjectState, imageId: string): void => {
  if (!findImage(state.images, imageId)) throw unknownImage(state.project_id, imageId)
}

const assertRevision = (projectId: string, expected: readonly number[] | undefined, revision: number): void => {
  if (!expected || expected.includes(revision)) return
  const received = expected.length > 0 ? `revision ${expected.join(' or ')}` : 'no revision of it'
  throw new TintypeError(
    'precondition_failed',
    `Expected the tag of project "${projectId}" at revision ${revision}, received that of ${received}.`,
    { details: { expected: revision, received: expected } },
  )
}

const deleteAsset = (state: ProjectState, change: DeleteAsset, revision: number): ProjectState => {
  const image = requireAsset(state, change.name)
  assertExpectedAsset(image, change, revision)
  return deleteImage(state, image.id)
}

const deleteImage = (state: ProjectState, imageId: string): ProjectState => {
  const primary =
    state.primary_image_id === imageId ? (neighbourOf(state.images, imageId)?.id ?? null) : state.primary_image_id
  return {
    ...state,
    primary_image_id: primary,
    image_count: state.image_count - 1,
    images: removeImage(state.images, imageId),
  }
}

const edit = (state: ProjectState, change: ProjectChange & { type: 'edit' }): ProjectState => {
  const { title = state.title, imageOrder } = change
  const images = imageOrder ? reorder(state, imageOrder) : state.images
  const { visibility, members } = accessOf(state)
  const access = { visibility: change.visibility ?? visibility, members: changedMembers(state, change.members) }
  const source = change.source === undefined ? state.source : (change.source ?? undefined)
  const { tags: before, ...untagged } = state
  const tags = change.tags === undefined ? withTags(before) : withTags(change.tags)
  if (
    title === state.title &&
    source === state.source &&
    isDeepStrictEqual(tags.tags, before) &&
    images === state.images &&
    access.visibility === visibility &&
    isSame(access.members, members)
  )
    return state
  const isTouched = change.visibility !== undefined || change.members !== undefined
  const edited = { ...untagged, title, images, ...tags, ...(isTouched ? access : {}) }
  return source === state.source ? edited : { ...edited, source }
}

const changedMembers = (state: ProjectState, changes: Readonly<Record<string, MemberRole | null>> = {}) => {
  const members = new Map<string, MemberRole>(Object.entries(accessOf(state).members))
  for (const [id, role] of Object.entries(changes)) {
    if (role === null) members.delete(id)
    else members.set(id, role)
  }
  if (members.size > MAX_MEMBERS)
    throw new TintypeError(
      'invalid_parameter',
      `members: expected at most ${MAX_MEMBERS}, it would be ${members.size}.`,
      {
        details: { field: 'members', expected: MAX_MEMBERS, received: members.size },
      },
    )
  return Object.fromEntries(members)
}

const isSame = (one: Readonly<Record<string, MemberRole>>, other: Readonly<Record<string, MemberRole>>): boolean => {
  const ids = Object.keys(one)
  return (
    ids.length === Object.keys(other).length && ids.every((id) => Object.hasOwn(other, id) && one[id] === other[id])
  )
}

const reorder = (state: ProjectState, order: readonly string[]): ImageList => {
  const before = imagesOf(state.images)
  const rest = new Map(before.map((image) => [image.id, image]))
  const first: ImageRecord[] = []
  for (const id of order) {
    const image = rest.get(id)
    if (!image) {
      const twice = first.some((placed) => placed.id === id)
      throw new TintypeError(
        'invalid_parameter',
        twice
          ? `image_order: expected each image once, "${id}" is named twice.`
          : `image_order: expected ids of images of project "${state.project_id}", "${id}" is none.`,
        { details: { field: 'image_order', received: id } },
      )
    }
    rest.delete(id)
    first.push(image)
  }
  if (first.every((image, at) => image === before[at])) return state.images
  return listOf([...first, ...rest.values()])
}
