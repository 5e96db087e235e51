// Named assets: what an upload under a name replaces, under which conditions, and what it takes over.

import { describe, expect, it } from 'vitest'
import type { UploadTerms } from '../../../src/core/project/add-image.ts'
import { type AssetTerms, namedImages } from '../../../src/core/project/assets.ts'
import { applyChange, needsImages, type ProjectChange } from '../../../src/core/project/changes.ts'
import { deletedBy, eventsOf, mayReplace } from '../../../src/core/project/events.ts'
import { imagesOf, listOf, SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import { type ImageRecord, imageSchema } from '../../../src/core/project/model.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-03-04T05:06:07.890Z'
const NAME = 'ui/button-ok'
const KEY = '1'.repeat(64)
const id = (n: number): string => String(n).padStart(20, '0')
const bytes = (n: number): string => String(n % 10).repeat(64)

const projectWith = (images: readonly ImageRecord[], primary = images[0]?.id ?? null): ProjectState => ({
  ...emptyProject('shop', NOW),
  deleted: false,
  revision: 7,
  primary_image_id: primary,
  image_count: images.length,
  images: listOf(images),
})

const image = (n: number, more: Partial<ImageRecord> = {}): ImageRecord => ({
  ...recordOf(id(n)),
  sha256: bytes(n),
  ...more,
})

const putChange = (n: number, terms: UploadTerms & Partial<AssetTerms> = {}, more: Partial<ImageRecord> = {}) => {
  const { name = NAME, expected, ...others } = terms
  return {
    type: 'add_image',
    image: image(n, { asset: name, ...more }),
    terms: { ...others, asset: { name, expected } },
  } as const
}

const apply = (state: ProjectState, change: ProjectChange) => {
  const next = applyChange(state, change, NOW)
  return { next, events: eventsOf(state, change, next), deleted: deletedBy(state, change, next) }
}

const named = image(1, { asset: NAME })
const three = projectWith([image(0), named, image(2)])
const ids = (state: ProjectState) => imagesOf(state.images).map((each) => each.id)
const refusal = (code: string) => expect.objectContaining({ code })

describe('an upload under a name', () => {
  it('is a new image at the end where no image has the name, and creates the project', () => {
    const { next, events, deleted } = apply(projectWith([image(0)]), putChange(5))
    expect([ids(next), next.image_count, deleted]).toEqual([[id(0), id(5)], 2, []])
    expect(events).toEqual([{ type: 'image.added', image_id: id(5) }])
    expect(apply(emptyProject('shop', NOW), putChange(5)).events.map(({ type }) => type)).toEqual([
      'project.changed',
      'image.added',
      'cover.changed',
    ])
  })

  it('replaces the image of the name at its position, and is then the cover where that was', () => {
    const { next, events, deleted } = apply(three, putChange(5))
    expect([ids(next), next.image_count, next.primary_image_id, deleted]).toEqual([
      [id(0), id(5), id(2)],
      3,
      id(0),
      [id(1)],
    ])
    expect(events).toEqual([
      { type: 'image.added', image_id: id(5) },
      { type: 'image.deleted', image_id: id(1) },
    ])
    const cover = apply(projectWith([image(0), named], id(1)), putChange(5))
    expect(cover.next.primary_image_id).toBe(id(5))
    expect(cover.events.at(-1)).toEqual({ type: 'cover.changed', image_id: id(5) })
  })

  it('takes over the details that it has not itself', () => {
    const before = { title: 'OK', alt: 'a button', tags: ['ui'], focal_point: { x: 0.1, y: 0.9 }, name: 'ok.png' }
    const state = projectWith([image(1, { asset: NAME, taken_at: '2020-01-01T00:00:00', ...before })])
    const [replaced] = imagesOf(apply(state, putChange(5)).next.images)
    expect(replaced).toMatchObject({ id: id(5), sha256: bytes(5), asset: NAME, ...before })
    expect(replaced?.taken_at).toBeUndefined()
    const [detailed] = imagesOf(apply(state, putChange(5, {}, { title: 'Fine', tags: ['new'] })).next.images)
    expect(detailed).toMatchObject({ ...before, title: 'Fine', tags: ['new'] })
    expect(JSON.stringify(detailed), 'in the order of the schema').toBe(JSON.stringify(imageSchema.parse(detailed)))
  })

  it('changes nothing with the same file, whatever its file is called', () => {
    expect(apply(three, putChange(11, {}, { name: 'other.png' })).next).toBe(three)
    expect(apply(three, putChange(11)).events).toEqual([])
    expect(ids(apply(three, putChange(12)).next), 'the file of another image').toEqual([id(0), id(12), id(2)])
  })

  it('changes the details that come with the same file', () => {
    const { next, events, deleted } = apply(three, putChange(11, {}, { title: 'OK', name: 'other.png' }))
    expect(imagesOf(next.images)[1]).toMatchObject({ id: id(1), title: 'OK', asset: NAME })
    expect(imagesOf(next.images)[1]?.name).toBeUndefined()
    expect([events, deleted]).toEqual([[{ type: 'image.changed', image_id: id(1) }], []])
  })

  it('has no event for details that come with a replacement, or for the record of a key', () => {
    expect(apply(three, putChange(5, {}, { title: 'New' })).events).toEqual([
      { type: 'image.added', image_id: id(5) },
      { type: 'image.deleted', image_id: id(1) },
    ])
    const recorded = apply(three, putChange(11, { idempotencyKey: KEY }))
    expect(imagesOf(recorded.next.images)[1]?.answers).toHaveLength(1)
    expect(recorded.events).toEqual([])
  })

  it('does not count against the limit of images where it replaces one', () => {
    expect(ids(apply(three, putChange(5, { maxImages: 3 })).next)).toContain(id(5))
    expect(() => apply(three, putChange(5, { maxImages: 3, name: 'other' }))).toThrow(refusal('quota_exceeded'))
  })

  it('finds the name in a sealed segment too, with all images loaded', () => {
    const many = Array.from({ length: SEGMENT_LENGTH + 3 }, (_, n) => image(n, n === 7 ? { asset: NAME } : {}))
    const { next } = apply(projectWith(many), putChange(999))
    expect(ids(next)).toEqual(many.map((each, n) => (n === 7 ? id(999) : each.id)))
    expect(needsImages(putChange(5))).toBe(true)
    expect(needsImages({ type: 'delete_asset', name: NAME })).toBe(true)
  })

  it('gives the same answer to its key again, and frees the key of the image before it', () => {
    const first = apply(three, putChange(5, { idempotencyKey: KEY })).next
    expect(imagesOf(first.images)[1]?.answers).toEqual([
      { key: KEY, upload: id(5), at: NOW, revision: 8, is_primary: false, replaced: true },
    ])
    expect(
      apply(first, putChange(5, { idempotencyKey: KEY, expected: 'absent' })).next,
      'also where a condition fails now',
    ).toBe(first)
    const second = apply(first, putChange(6)).next
    expect(imagesOf(second.images)[1]?.answers).toBeUndefined()
  })
})

describe('the condition of a change', () => {
  const conditions: [AssetTerms['expected'], boolean, boolean][] = [
    [undefined, true, true],
    ['absent', true, false],
    ['present', false, true],
    [{ imageIds: [id(1)], revisions: [] }, false, true],
    [{ imageIds: [id(0)], revisions: [] }, false, false],
    [{ imageIds: [], revisions: [7] }, false, true],
    [{ imageIds: [], revisions: [6] }, false, false],
    [{ imageIds: [], revisions: [] }, false, false],
  ]

  it.each(conditions)('%j', (expected, forNew, forKnown) => {
    const isApplied = (state: ProjectState, change: ProjectChange) => {
      try {
        return applyChange(state, change, NOW) !== undefined
      } catch (error) {
        expect(error).toEqual(refusal('precondition_failed'))
        return false
      }
    }
    expect(isApplied(projectWith([image(0)]), putChange(5, { expected }))).toBe(forNew)
    expect(isApplied(three, putChange(5, { expected }))).toBe(forKnown)
    expect(isApplied(three, putChange(11, { expected })), 'with the same file').toBe(forKnown)
    expect(isApplied(three, { type: 'delete_asset', name: NAME, expected })).toBe(forKnown)
  })

  it('counts only where there is something to delete', () => {
    for (const expected of ['present', { imageIds: [], revisions: [] }] as const)
      expect(() => applyChange(three, { type: 'delete_asset', name: 'other', expected }, NOW)).toThrow(
        refusal('asset_not_found'),
      )
  })
})

describe('the deletion of an asset', () => {
  const change = { type: 'delete_asset', name: NAME } as const

  it('deletes its image, and frees the name', () => {
    const { next, events, deleted } = apply(projectWith([image(0), named], id(1)), change)
    expect([ids(next), next.image_count, next.primary_image_id, deleted]).toEqual([[id(0)], 1, id(0), [id(1)]])
    expect(events).toEqual([
      { type: 'image.deleted', image_id: id(1) },
      { type: 'cover.changed', image_id: id(0) },
    ])
    expect(() => applyChange(next, change, NOW)).toThrow(refusal('asset_not_found'))
    expect(ids(apply(next, putChange(5)).next)).toEqual([id(0), id(5)])
  })

  it('needs the right to change the project, and a project', () => {
    expect(() => applyChange(three, { ...change, by: { kind: 'anonymous' } }, NOW)).toThrow(refusal('unauthenticated'))
    expect(() => applyChange(emptyProject('shop', NOW), change, NOW)).toThrow(refusal('project_not_found'))
  })

  it('is one of the changes of assets', () => {
    expect(mayReplace(change)).toBe(true)
    expect(mayReplace(putChange(5))).toBe(true)
    expect(mayReplace({ type: 'add_image', image: image(5) })).toBe(false)
    expect(mayReplace({ type: 'delete_project' })).toBe(false)
  })
})

it('the name is free once its image was deleted by its id', () => {
  const { next } = apply(three, { type: 'delete_image', imageId: id(1) })
  expect(ids(apply(next, putChange(5, { expected: 'absent' })).next)).toEqual([id(0), id(2), id(5)])
})

it('a refused condition names the image of the asset at present', () => {
  const refused = (message: string, image_id: string | null) =>
    expect.objectContaining({ code: 'precondition_failed', message, details: { image_id } })
  expect(() => apply(three, putChange(5, { expected: 'absent' }))).toThrow(
    refused(`Expected another state of asset "${NAME}": it is image "${id(1)}".`, id(1)),
  )
  expect(() => apply(three, putChange(5, { expected: 'present', name: 'other' }))).toThrow(
    refused('Expected another state of asset "other": there is none.', null),
  )
})

describe('the names of images', () => {
  const namesOf = (...images: ImageRecord[]) => namedImages(images).map(({ name, image: { id: of } }) => [name, of])

  it('are those of their assets, else their ids', () => {
    expect(namesOf(image(0), named, image(2))).toEqual([
      [id(0), id(0)],
      [NAME, id(1)],
      [id(2), id(2)],
    ])
    expect(namesOf()).toEqual([])
  })

  it('are each used once: an asset with the id of another image has it', () => {
    expect(namesOf(image(0), image(2), image(1, { asset: id(0) }))).toEqual([
      [id(2), id(2)],
      [id(0), id(1)],
    ])
    expect(namesOf(image(1, { asset: id(1) }), image(0, { asset: id(1).slice(1) }))).toEqual([
      [id(1), id(1)],
      [id(1).slice(1), id(0)],
    ])
  })
})
