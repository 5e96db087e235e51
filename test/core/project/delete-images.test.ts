// Deleting several images in one change.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyChange, needsImages } from '../../../src/core/project/changes.ts'
import { deletedBy, eventsOf } from '../../../src/core/project/events.ts'
import { imagesOf, listOf, removeImages, SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-03-04T05:06:07.890Z'
const id = (n: number): string => String(n).padStart(20, '0')

const projectWith = (count: number, cover = 0): ProjectState => ({
  ...emptyProject('shop', NOW),
  deleted: false,
  revision: 7,
  primary_image_id: count > 0 ? id(cover) : null,
  image_count: count,
  images: listOf(Array.from({ length: count }, (_, n) => recordOf(id(n)))),
})

const deletion = (...numbers: number[]) => ({ type: 'delete_images', imageIds: numbers.map(id) }) as const
const idsOf = (state: ProjectState) => imagesOf(state.images).map((image) => image.id)

describe('deleting images', () => {
  it('removes them in one change, and reports each in the order of the list', () => {
    const before = projectWith(4)
    const change = deletion(3, 1)
    const after = applyChange(before, change, NOW)
    expect(idsOf(after)).toEqual([id(0), id(2)])
    expect(after).toMatchObject({ image_count: 2, primary_image_id: id(0) })
    expect(deletedBy(before, change, applyChange(before, change, NOW))).toEqual([id(1), id(3)])
    expect(eventsOf(before, change, after)).toEqual([
      { type: 'image.deleted', image_id: id(1) },
      { type: 'image.deleted', image_id: id(3) },
    ])
    expect(needsImages(change)).toBe(true)
  })

  it('skips ids that are not there and repeated ones, and changes nothing where none is there', () => {
    const before = projectWith(3)
    expect(applyChange(before, deletion(2, 9, 2), NOW)).toMatchObject({ image_count: 2 })
    expect(deletedBy(before, deletion(2, 9, 2), before)).toEqual([id(2)])
    expect(applyChange(before, deletion(9), NOW)).toBe(before)
    expect(eventsOf(before, deletion(9), before)).toEqual([])
  })

  it('is refused for another revision, and for a deleted project', () => {
    const refused = (state: ProjectState) => () => applyChange(state, { ...deletion(1), ifRevision: [6] }, NOW)
    expect(refused(projectWith(3))).toThrow(expect.objectContaining({ code: 'precondition_failed' }))
    expect(refused(emptyProject('shop', NOW))).toThrow(expect.objectContaining({ code: 'project_not_found' }))
  })

  it('leaves a project without images and without a cover', () => {
    const before = projectWith(2)
    const after = applyChange(before, deletion(0, 1), NOW)
    expect(after).toMatchObject({ image_count: 0, primary_image_id: null, deleted: false })
    expect(eventsOf(before, deletion(0, 1), after).at(-1)).toEqual({ type: 'cover.changed', image_id: null })
  })

  it('leads to the images and the cover of single deletions, in any order', () => {
    const pick = (max: number) => fc.uniqueArray(fc.nat(max - 1), { maxLength: max })
    const cases = fc
      .integer({ min: 1, max: 12 })
      .chain((count) => fc.tuple(fc.constant(count), fc.nat(count - 1), pick(count)))
    fc.assert(
      fc.property(cases, ([count, cover, numbers]) => {
        const before = projectWith(count, cover)
        const one = (state: ProjectState, n: number) =>
          applyChange(state, { type: 'delete_image', imageId: id(n) }, NOW)
        const singly = numbers.reduce(one, before)
        const together = applyChange(before, deletion(...numbers), NOW)
        expect(idsOf(together)).toEqual(idsOf(singly))
        expect(together).toMatchObject({
          image_count: singly.image_count,
          primary_image_id: singly.primary_image_id,
        })
      }),
    )
  })
})

describe('removing images from a list', () => {
  it('keeps untouched segments as they are, and joins short ones', () => {
    const list = listOf(Array.from({ length: 5 * SEGMENT_LENGTH + 3 }, (_, n) => recordOf(id(n))))
    const [first, second, third, , last] = list.segments
    // All but 20 of the second, all but 30 of the third, and the whole fourth.
    const ids = [
      ...Array.from({ length: SEGMENT_LENGTH - 20 }, (_, n) => SEGMENT_LENGTH + n),
      ...Array.from({ length: SEGMENT_LENGTH - 30 }, (_, n) => 2 * SEGMENT_LENGTH + n),
      ...Array.from({ length: SEGMENT_LENGTH }, (_, n) => 3 * SEGMENT_LENGTH + n),
    ]
    const { segments, tail } = removeImages(list, new Set(ids.map(id)))
    expect(segments.map(({ count }) => count)).toEqual([SEGMENT_LENGTH, 50, SEGMENT_LENGTH])
    expect(segments[0]).toBe(first)
    expect(segments[2]).toBe(last)
    expect(segments[1]?.images).toEqual([...(second?.images?.slice(-20) ?? []), ...(third?.images?.slice(-30) ?? [])])
    expect(tail).toEqual(list.tail)
  })
})
