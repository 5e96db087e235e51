// Images of objects in the source of a project, as changes add them.

import { describe, expect, it } from 'vitest'
import { applyChange, needsImages } from '../../../src/core/project/changes.ts'
import { deletedBy, eventsOf } from '../../../src/core/project/events.ts'
import { imagesOf } from '../../../src/core/project/image-list.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-03-04T05:06:07.890Z'
const id = (n: number): string => String(n).padStart(20, '0')
const URL = 's3://photos/shop/a.jpg'
const shop: ProjectState = { ...emptyProject('shop', NOW), deleted: false, source: 's3://photos/shop/' }

const change = (n: number, etag: string, content = String(n), url = URL) => {
  const object = { url, etag }
  const image = { ...recordOf(id(n)), sha256: content.repeat(64), object }
  return { type: 'add_image', image, terms: { object } } as const
}

const add = (state: ProjectState, ...args: Parameters<typeof change>): ProjectState =>
  applyChange(state, change(...args), NOW)

const shownIn = (state: ProjectState) => imagesOf(state.images).map((image) => [image.id, image.object?.etag])

describe('an import', () => {
  it('adds one image for each version of an object, in the place of the one before it', () => {
    const first = add(add(shop, 0, 'one'), 5, 'other', '5', 's3://photos/shop/b.jpg')
    expect(add(first, 1, 'one')).toBe(first)
    const second = add(first, 2, 'two')
    expect(shownIn(second)).toEqual([
      [id(2), 'two'],
      [id(5), 'other'],
    ])
    expect(second.primary_image_id).toBe(id(2))
    expect(deletedBy(first, change(2, 'two'), second)).toEqual([id(0)])
    expect(eventsOf(first, change(2, 'two'), second).map(({ type }) => type)).toEqual([
      'image.added',
      'image.deleted',
      'cover.changed',
    ])
    expect(needsImages(change(2, 'two'))).toBe(true)
  })

  it('notes the tag of an object that was written again with the same content', () => {
    const first = add(shop, 0, 'one')
    const second = add(first, 1, 'two', '0')
    expect(shownIn(second)).toEqual([[id(0), 'two']])
    expect(deletedBy(first, change(1, 'two', '0'), second)).toEqual([])
  })

  it('is refused once the source or the project is another one', () => {
    const code = (expected: string) => expect.objectContaining({ code: expected })
    for (const source of [undefined, 's3://photos/shopping/', 's3://photos/shop/in/'])
      expect(() => add({ ...shop, source }, 0, 'one')).toThrow(
        expect.objectContaining({
          code: 'busy',
          message: 'The source of project "shop" has just been changed.',
          retryAfterSeconds: 1,
        }),
      )
    const deleted = applyChange(shop, { type: 'delete_project' }, NOW)
    expect(deleted.source).toBeUndefined()
    expect(() => add(deleted, 0, 'one')).toThrow(code('project_not_found'))
  })
})

describe('an edit', () => {
  it('sets and removes the source, and leaves it otherwise', () => {
    const edit = (state: ProjectState, source?: string | null, title = 'Shop') =>
      applyChange(state, { type: 'edit', title, ...(source === undefined ? {} : { source }) }, NOW)
    const titled = edit(shop)
    expect(titled.source).toBe(shop.source)
    expect(edit(titled, shop.source)).toBe(titled)
    expect(edit(titled, 's3://photos/').source).toBe('s3://photos/')
    expect(edit(titled, null).source).toBeUndefined()
    expect(edit({ ...emptyProject('shop', NOW), deleted: false })).not.toHaveProperty('source')
  })
})
