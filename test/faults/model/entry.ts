// One operation of a process of the model test: its begin, end and result.

import { z } from 'zod'
import { imagesOf } from '../../../src/core/project/image-list.ts'
import { imageSchema, projectSchema } from '../../../src/core/project/model.ts'
import type { ProjectState } from '../../../src/core/project/state.ts'

const snapshotSchema = z.object({ ...projectSchema.shape, deleted: z.boolean(), ids: z.array(z.string()) })

const changeSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('add_image'),
    image: imageSchema,
    terms: z.object({ asset: z.object({ name: z.string() }).optional() }).optional(),
  }),
  z.object({ type: z.literal('delete_asset'), name: z.string() }),
  z.object({ type: z.literal('delete_image'), imageId: z.string() }),
  z.object({ type: z.literal('delete_images'), imageIds: z.array(z.string()) }),
  z.object({ type: z.literal('set_primary'), imageId: z.string() }),
  z.object({
    type: z.literal('edit'),
    title: z.string().nullable().optional(),
    imageOrder: z.array(z.string()).optional(),
  }),
  z.object({ type: z.literal('delete_project') }),
])

export const entrySchema = z.object({
  pid: z.int(),
  projectId: z.string(),
  /** Nanoseconds on the clock that all processes of a machine share. */
  start: z.bigint(),
  end: z.bigint(),
  action: z.discriminatedUnion('type', [
    z.object({ type: z.literal('change'), change: changeSchema }),
    z.object({ type: z.literal('read') }),
    z.object({ type: z.literal('variant'), imageId: z.string() }),
  ]),
  result: z.union([
    z.strictObject({ state: snapshotSchema.nullable() }),
    z.strictObject({ bytes: z.string().nullable() }),
    /** A code of the error table, and the error behind it. */
    z.strictObject({ error: z.string(), because: z.string() }),
  ]),
})

export type Entry = z.infer<typeof entrySchema>

/** A state as it can be compared: the project and the ids of its images in order. */
export type Snapshot = z.infer<typeof snapshotSchema>

export const snapshotOf = ({ images, ...project }: ProjectState): Snapshot => ({
  ...project,
  ids: imagesOf(images).map(({ id }) => id),
})

export const sameSnapshot = (a: Snapshot, b: Snapshot): boolean =>
  a.revision === b.revision &&
  a.title === b.title &&
  a.primary_image_id === b.primary_image_id &&
  a.image_count === b.image_count &&
  a.deleted === b.deleted &&
  a.created_at === b.created_at &&
  a.updated_at === b.updated_at &&
  a.ids.length === b.ids.length &&
  a.ids.every((id, at) => id === b.ids[at])

/** One line, short enough to be read. */
export const show = ({ pid, action, result }: Entry): string => `process ${pid}: ${text(action)} -> ${text(result)}`

const text = (value: object): string => {
  const line = JSON.stringify(value)
  return line.length > 500 ? `${line.slice(0, 500)}…` : line
}
