// Events of a project: the form in which revisions list the changes that they made; the images that a change deletes. Pure.

import { z } from 'zod'
import { pendingOf } from '../jobs/pending.ts'
import { type AddImage, predecessorOf } from './add-image.ts'
import { findAsset, uploadedAgain } from './assets.ts'
import type { ProjectChange } from './changes.ts'
import { presentIds } from './delete-images.ts'
import type { ImageList } from './image-list.ts'
import type { ImageRecord } from './model.ts'
import type { ProjectState } from './state.ts'

/**
 * One visible effect of a change. A new project begins by `project.changed`; `project.deleted` stands for all of its
 * images too. `cover.changed` names the new cover, null where there is none.
 */
export const projectEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['image.added', 'image.changed', 'image.deleted']), image_id: z.string() }),
  z.object({ type: z.literal('cover.changed'), image_id: z.string().nullable() }),
  z.object({ type: z.enum(['project.changed', 'project.deleted']) }),
])

export type ProjectEvent = z.infer<typeof projectEventSchema>

export const PROJECT_EVENTS = [
  'image.added',
  'image.changed',
  'image.deleted',
  'cover.changed',
  'project.changed',
  'project.deleted',
] as const satisfies readonly ProjectEvent['type'][]

/**
 * Returns the events of one change, in an order that clients can apply. None where nothing visible to clients changed.
 * Works on a list whose segments are not loaded, but for changes of assets.
 *
 * @param after what {@link applyChange} made of `before`
 */
export const eventsOf = (before: ProjectState, change: ProjectChange, after: ProjectState): ProjectEvent[] => {
  if (after === before) return []
  if (change.type === 'delete_project') return [{ type: 'project.deleted' }]
  const events: ProjectEvent[] = []
  if (before.deleted || change.type === 'edit') events.push({ type: 'project.changed' })
  // An upload that an earlier image answers adds none.
  const deleted = deletedBy(before, change, after)
  if (change.type === 'add_image' && (after.image_count > before.image_count || deleted.length > 0))
    events.push({ type: 'image.added', image_id: change.image.id })
  for (const imageId of deleted) events.push({ type: 'image.deleted', image_id: imageId })
  const detailed = change.type === 'add_image' ? detailedAsset(before, change, after) : undefined
  if (detailed !== undefined) events.push({ type: 'image.changed', image_id: detailed })
  if (change.type === 'replace_image') events.push({ type: 'image.changed', image_id: change.image.id })
  if (change.type === 'edit_image') events.push({ type: 'image.changed', image_id: change.imageId })
  if (after.primary_image_id !== before.primary_image_id)
    events.push({ type: 'cover.changed', image_id: after.primary_image_id })
  return events
}

/**
 * Ids of the images that a change deleted one by one.
 *
 * @param before the state, all loaded, that it was applied to
 * @param after what `applyChange` made of it
 */
export const deletedBy = (before: ProjectState, change: ProjectChange, after: ProjectState): readonly string[] => {
  if (change.type === 'delete_image') return [change.imageId]
  if (change.type === 'delete_images') return presentIds(before, change.imageIds)
  const old = replacedIn(before.images, change)
  return old && replacedIn(after.images, change)?.id !== old.id ? [old.id] : []
}

/**
 * Ids that a change has ended to be pending without adding them: an attempt that was killed may have left files of them.
 *
 * @param after what `applyChange` made of `before`
 */
export const droppedPending = (before: ProjectState, change: ProjectChange, after: ProjectState): readonly string[] => {
  if (before.pending === after.pending || change.type === 'add_pending') return []
  const isAdded = after.image_count > before.image_count || deletedBy(before, change, after).length > 0
  if (change.type === 'add_image' && isAdded) return []
  const left = new Set(pendingOf(after).map(({ id }) => id))
  return pendingOf(before).flatMap(({ id }) => (left.has(id) ? [] : [id]))
}

/** True for a change of an asset, or of the image of an object, which may delete the image before it. */
export const mayReplace = (change: ProjectChange): boolean =>
  change.type === 'delete_asset' ||
  (change.type === 'add_image' && (change.terms?.asset !== undefined || change.terms?.object !== undefined))

/** The image of the asset or object that a change is about. */
const replacedIn = (images: ImageList, change: ProjectChange): ImageRecord | undefined => {
  if (change.type === 'delete_asset') return findAsset(images, change.name)
  return change.type === 'add_image' && mayReplace(change) ? predecessorOf(images, change.terms ?? {}) : undefined
}

/** The image of an asset whose file was uploaded again with other details. */
const detailedAsset = (before: ProjectState, { terms }: AddImage, after: ProjectState): string | undefined => {
  if (!terms?.asset) return undefined
  const [old, now] = [before, after].map(({ images }) => findAsset(images, terms.asset?.name ?? ''))
  return old && old.id === now?.id && uploadedAgain(old, now) !== old ? old.id : undefined
}
