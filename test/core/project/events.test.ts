import { describe, expect, it } from 'vitest'
import { applyChange, type ProjectChange } from '../../../src/core/project/changes.ts'
import { eventsOf, projectEventSchema } from '../../../src/core/project/events.ts'
import { listOf, SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-03-04T05:06:07.890Z'

const id = (n: number): string => String(n).padStart(20, '0')
const image = (n: number) => recordOf(id(n))

const projectWith = (count: number, more: Partial<ProjectState> = {}): ProjectState => ({
  ...emptyProject('shop', NOW),
  deleted: false,
  revision: 7,
  primary_image_id: count > 0 ? id(0) : null,
  image_count: count,
  images: listOf(Array.from({ length: count }, (_, n) => image(n))),
  ...more,
})

const eventsAfter = (state: ProjectState, change: ProjectChange) =>
  eventsOf(state, change, applyChange(state, change, NOW))

describe('the events of a change', () => {
  it('begin with the project and its cover for the first image', () => {
    const expected = [
      { type: 'project.changed' },
      { type: 'image.added', image_id: id(3) },
      { type: 'cover.changed', image_id: id(3) },
    ]
    const change = { type: 'add_image', image: image(3) } as const
    expect(eventsAfter(emptyProject('shop', NOW), change)).toEqual(expected)
    const tombstone = applyChange(projectWith(2), { type: 'delete_project' }, NOW)
    expect(eventsAfter(tombstone, change), 'of a project that is made again').toEqual(expected)
  })

  it('name a further image alone, or with the cover where there was none', () => {
    const change = { type: 'add_image', image: image(3) } as const
    expect(eventsAfter(projectWith(2), change)).toEqual([{ type: 'image.added', image_id: id(3) }])
    expect(eventsAfter(projectWith(0), change)).toEqual([
      { type: 'image.added', image_id: id(3) },
      { type: 'cover.changed', image_id: id(3) },
    ])
  })

  it('name a deleted image, and the next cover where it was the cover', () => {
    expect(eventsAfter(projectWith(3), { type: 'delete_image', imageId: id(1) })).toEqual([
      { type: 'image.deleted', image_id: id(1) },
    ])
    expect(eventsAfter(projectWith(3), { type: 'delete_image', imageId: id(0) })).toEqual([
      { type: 'image.deleted', image_id: id(0) },
      { type: 'cover.changed', image_id: id(1) },
    ])
    expect(eventsAfter(projectWith(1), { type: 'delete_image', imageId: id(0) })).toEqual([
      { type: 'image.deleted', image_id: id(0) },
      { type: 'cover.changed', image_id: null },
    ])
  })

  it('name a chosen cover, an edited project and a replaced record', () => {
    expect(eventsAfter(projectWith(2), { type: 'set_primary', imageId: id(1) })).toEqual([
      { type: 'cover.changed', image_id: id(1) },
    ])
    for (const edit of [
      { title: 'x' },
      { imageOrder: [id(1)] },
      { visibility: 'private' },
      { members: { a: 'viewer' } },
    ])
      expect(eventsAfter(projectWith(2), { type: 'edit', ...edit } as ProjectChange)).toEqual([
        { type: 'project.changed' },
      ])
    expect(eventsAfter(projectWith(2), { type: 'edit_image', imageId: id(1), edit: { title: 'x' } })).toEqual([
      { type: 'image.changed', image_id: id(1) },
    ])
    expect(eventsAfter(projectWith(2), { type: 'replace_image', image: { ...image(1), width: 9 } })).toEqual([
      { type: 'image.changed', image_id: id(1) },
    ])
  })

  it('are one for a whole project that is deleted', () => {
    expect(eventsAfter(projectWith(SEGMENT_LENGTH + 3), { type: 'delete_project' })).toEqual([
      { type: 'project.deleted' },
    ])
  })

  it('are none where no visible field has changed', () => {
    expect(eventsAfter(projectWith(2), { type: 'set_primary', imageId: id(0) })).toEqual([])
    expect(eventsAfter(projectWith(2), { type: 'edit', title: null })).toEqual([])
    expect(eventsAfter(projectWith(2), { type: 'edit_image', imageId: id(0), edit: { title: null } })).toEqual([])
    const terms = { dedupe: true, idempotencyKey: 'c'.repeat(64) }
    const duplicate: ProjectChange = { type: 'add_image', image: image(9), terms }
    expect(applyChange(projectWith(2), duplicate, NOW), 'it keeps the answer of the key').not.toEqual(projectWith(2))
    expect(eventsAfter(projectWith(2), duplicate)).toEqual([])
  })

  it('need no image of a list that is not loaded', () => {
    const segment = { images: undefined, count: SEGMENT_LENGTH, stored: { id: 'r', sha256: '', bytes: 1 } }
    const unloaded = projectWith(1, {
      image_count: SEGMENT_LENGTH + 1,
      images: { segments: [segment], tail: [image(0)] },
    })
    expect(eventsAfter(unloaded, { type: 'add_image', image: image(5) })).toEqual([
      { type: 'image.added', image_id: id(5) },
    ])
  })
})

describe('the form of an event', () => {
  it('refuses an unknown type, and an image event without an image', () => {
    for (const event of [{ type: 'image.rotated', image_id: id(1) }, { type: 'image.added' }, 'image.added', null])
      expect(projectEventSchema.safeParse(event).success).toBe(false)
  })
})
