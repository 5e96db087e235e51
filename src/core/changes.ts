// The changes of a project, as data, and what each does to it. Pure: a change can run again on a newer state.

import { TintypeError } from './errors.ts'
import { appendImage, findImage, type ImageList, imagesOf, listOf, neighbourOf, removeImage } from './image-list.ts'
import type { ImageRecord, Project } from './model.ts'

export type ProjectChange =
  | { type: 'add_image'; image: ImageRecord }
  | { type: 'delete_image'; imageId: string }
  | { type: 'set_primary'; imageId: string }
  /** `imageOrder` puts the images that it names first, in that order; the others follow in the order they have. */
  | { type: 'edit'; title?: string | null; imageOrder?: readonly string[] }
  | { type: 'delete_project' }
  /** A repair: one image's record is replaced, under its id and at its place. */
  | { type: 'replace_image'; image: ImageRecord }

/** A project with its images, at one revision. `deleted` is what stays of a project that was deleted. */
export interface ProjectState extends Project {
  deleted: boolean
  images: ImageList
}

/** True where a change looks at images that are there already, so that all of them must be loaded. */
export const needsImages = (change: ProjectChange): boolean =>
  change.type === 'edit'
    ? change.imageOrder !== undefined
    : change.type !== 'add_image' && change.type !== 'delete_project'

/** A project before its first change. */
export const emptyProject = (projectId: string, now: string): ProjectState => ({
  project_id: projectId,
  revision: 0,
  title: null,
  created_at: now,
  updated_at: now,
  primary_image_id: null,
  image_count: 0,
  deleted: true,
  images: listOf([]),
})

/**
 * The state after a change, or the very same object where there is nothing to do (a cover, a title or an order that
 * is so already). An image to add must not be in the state: looking for it would mean to load all of them.
 *
 * @throws TintypeError `project_not_found`, `image_not_found`, `invalid_parameter`
 */
export const applyChange = (state: ProjectState, change: ProjectChange, now: string): ProjectState => {
  if (change.type === 'add_image') return addImage(state, change.image, now)
  if (state.deleted) throw unknownProject(state.project_id)
  switch (change.type) {
    case 'delete_image':
      return deleteImage(state, change.imageId)
    case 'set_primary':
      requireImage(state, change.imageId)
      return state.primary_image_id === change.imageId ? state : { ...state, primary_image_id: change.imageId }
    case 'edit':
      return edit(state, change.title, change.imageOrder)
    case 'replace_image':
      requireImage(state, change.image.id)
      return {
        ...state,
        images: listOf(imagesOf(state.images).map((image) => (image.id === change.image.id ? change.image : image))),
      }
    case 'delete_project':
      return { ...state, deleted: true, title: null, primary_image_id: null, image_count: 0, images: listOf([]) }
  }
}

export const unknownProject = (projectId: string): TintypeError =>
  new TintypeError('project_not_found', `There is no project "${projectId}".`)

export const unknownImage = (projectId: string, imageId: string): TintypeError =>
  new TintypeError('image_not_found', `There is no image "${imageId}" in project "${projectId}".`)

const requireImage = (state: ProjectState, imageId: string): void => {
  if (!findImage(state.images, imageId)) throw unknownImage(state.project_id, imageId)
}

const addImage = (state: ProjectState, image: ImageRecord, now: string): ProjectState => {
  const project = state.deleted ? { ...emptyProject(state.project_id, now), revision: state.revision } : state
  return {
    ...project,
    deleted: false,
    primary_image_id: project.primary_image_id ?? image.id,
    image_count: project.image_count + 1,
    images: appendImage(project.images, image),
  }
}

const deleteImage = (state: ProjectState, imageId: string): ProjectState => {
  requireImage(state, imageId)
  const primary =
    state.primary_image_id === imageId ? (neighbourOf(state.images, imageId)?.id ?? null) : state.primary_image_id
  return {
    ...state,
    primary_image_id: primary,
    image_count: state.image_count - 1,
    images: removeImage(state.images, imageId),
  }
}

const edit = (state: ProjectState, title = state.title, imageOrder?: readonly string[]): ProjectState => {
  const images = imageOrder ? reorder(state, imageOrder) : state.images
  return title === state.title && images === state.images ? state : { ...state, title, images }
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
