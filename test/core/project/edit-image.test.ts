// Edits of the record of an image, as changes of its project.

import { describe, expect, it } from 'vitest'
import { applyChange, type ProjectChange } from '../../../src/core/project/changes.ts'
import { imagesOf, listOf, SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-03-04T05:06:07.890Z'

const id = (n: number): string => String(n).padStart(20, '0')

const project: ProjectState = {
  ...emptyProject('shop', NOW),
  deleted: false,
  revision: 7,
  primary_image_id: id(0),
  image_count: SEGMENT_LENGTH + 2,
  images: listOf(Array.from({ length: SEGMENT_LENGTH + 2 }, (_, n) => recordOf(id(n)))),
}

const apply = (state: ProjectState, change: ProjectChange) => applyChange(state, change, NOW)
const titled = (n: number, title: string | null): ProjectChange => ({
  type: 'edit_image',
  imageId: id(n),
  edit: { title },
})

describe('editing an image', () => {
  it.each([0, SEGMENT_LENGTH - 1, SEGMENT_LENGTH, SEGMENT_LENGTH + 1])('changes image %i and no other', (n) => {
    const after = imagesOf(apply(project, titled(n, 'Boats')).images)
    const expected = imagesOf(project.images).map((image, at) => (at === n ? { ...image, title: 'Boats' } : image))
    expect(after).toEqual(expected)
  })

  it('changes nothing where it says what is set already', () => {
    expect(apply(project, titled(3, null))).toBe(project)
    const once = apply(project, titled(3, 'Boats'))
    expect(apply(once, titled(3, 'Boats'))).toBe(once)
  })

  it('is refused where the image does not exist', () => {
    expect(() => apply(project, titled(9999, 'x'))).toThrow(expect.objectContaining({ code: 'image_not_found' }))
  })

  it('applies to the revision that it names', () => {
    const at = (revision: number) => apply(project, { ...titled(0, 'x'), ifRevision: [revision] })
    expect(() => at(6)).toThrow(expect.objectContaining({ code: 'precondition_failed' }))
    expect(imagesOf(at(7).images)[0]?.title).toBe('x')
  })

  it('survives a repair that read the record before it', () => {
    const read = recordOf(id(0))
    const edited = apply(project, titled(0, 'Boats'))
    const repaired = apply(edited, { type: 'replace_image', image: { ...read, color: '#010203' } })
    expect(imagesOf(repaired.images)[0]).toMatchObject({ title: 'Boats', color: '#010203' })
  })

  it('a repair keeps the responses to idempotency keys that were recorded since', () => {
    const read = recordOf(id(0))
    const terms = { dedupe: true, idempotencyKey: 'a'.repeat(64) }
    const answered = apply(project, { type: 'add_image', image: recordOf(id(9999)), terms })
    const answers = imagesOf(answered.images)[0]?.answers
    expect(answers).toHaveLength(1)
    const repaired = apply(answered, { type: 'replace_image', image: { ...read, color: '#010203' } })
    expect(imagesOf(repaired.images)[0]).toEqual({ ...read, color: '#010203', answers })
  })
})
