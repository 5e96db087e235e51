// Events of a project: the form in which revisions list the changes that they made. Pure.

import { z } from 'zod'
import type { ProjectChange } from './changes.ts'
import { presentIds } from './delete-images.ts'
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

/**
 * Returns the events of one change, in an order that clients can apply. None where nothing visible to clients changed.
 * Works on a list whose segments are not loaded.
 *
 * @param after what {@link applyChange} made of `before`
 */
export const eventsOf = (before: ProjectState, change: ProjectChange, after: ProjectState): ProjectEvent[] => {
  if (after === before) return []
  if (change.type === 'delete_project') return [{ type: 'project.deleted' }]
  const events: ProjectEvent[] = []
  if (before.deleted || change.type === 'edit') events.push({ type: 'project.changed' })
  // An upload that an earlier image answers adds none.
  if (change.type === 'add_image' && after.image_count > before.image_count)
    events.push({ type: 'image.added', image_id: change.image.id })
  if (change.type === 'replace_image') events.push({ type: 'image.changed', image_id: change.image.id })
  if (change.type === 'edit_image') events.push({ type: 'image.changed', image_id: change.imageId })
  for (const id of deletedBy(before, change)) events.push({ type: 'image.deleted', image_id: id })
  if (after.primary_image_id !== before.primary_image_id)
    events.push({ type: 'cover.changed', image_id: after.primary_image_id })
  return events
}

/** Ids of the images that a change deletes one by one. @param before the state, all loaded, that it was applied to */
export const deletedBy = (before: ProjectState, change: ProjectChange): readonly string[] => {
  if (change.type === 'delete_image') return [change.imageId]
  return change.type === 'delete_images' ? presentIds(before, change.imageIds) : []
}
