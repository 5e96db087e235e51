// Pages of a long list that are filtered or sorted.

import { describe, expect, it } from 'vitest'
import { listOf, SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import { IMAGE_SORTS } from '../../../src/core/project/image-query.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { emptyProject } from '../../../src/core/project/state.ts'
import { pageOf } from '../../../src/stores/history/page.ts'
import type { PageRequest } from '../../../src/stores/store.ts'
import { recordOf } from '../../contracts/store.ts'

const COUNT = 5 * SEGMENT_LENGTH + 7

const id = (n: number): string =>
  String((n * 7919) % 100_000)
    .padStart(6, '0')
    .padEnd(20, 'x')

/** Images whose values are in another order than the list, with equal and missing ones. */
const IMAGES: ImageRecord[] = Array.from({ length: COUNT }, (_, n) => ({
  ...recordOf(id(n)),
  created_at: new Date(Date.UTC(2026, 0, 1) + ((n * 37) % 100) * 1000).toISOString(),
  ...(n % 3 === 0 ? {} : { name: `IMG_${(n * 31) % 200}.jpg` }),
  ...(n % 4 === 0 ? {} : { taken_at: `2025-01-01T00:00:${String((n * 13) % 60).padStart(2, '0')}` }),
  tags: n % 5 === 0 ? ['five'] : ['other'],
}))

const page = async (images: readonly ImageRecord[], request: PageRequest) => {
  const state = { ...emptyProject('shop', new Date(0).toISOString()), images: listOf(images) }
  const { images: found, next } = await pageOf(state, request, async (list) => list)
  return { ids: found.map((image) => image.id), next }
}

/** All pages, and the images that are left of the list before each. */
const walk = async (request: PageRequest, remaining = (_: number): readonly ImageRecord[] => IMAGES) => {
  const found: string[] = []
  let after: string | undefined
  for (let pages = 0; pages < 1000; pages++) {
    const { ids, next } = await page(remaining(pages), { ...request, after })
    found.push(...ids)
    if (next === undefined) return found
    after = next
  }
  throw new Error('the list does not end')
}

const REQUESTS = IMAGE_SORTS.flatMap((sort) => [{ sort }, { sort, tags: ['five'] }, { sort, q: 'img_1' }])

describe.each(REQUESTS)('the pages of %j', (request) => {
  it.each([1, 7, 100, COUNT])('of %i images join to the whole list', async (limit) => {
    if (limit === 1 && request.sort !== 'order' && request.sort !== 'taken') return
    const { ids: whole } = await page(IMAGES, request)
    const expected = IMAGES.filter(
      ({ tags, name = '' }) =>
        (!('tags' in request) || tags?.includes('five')) && (!('q' in request) || name.includes('IMG_1')),
    )
    expect(new Set(whole)).toEqual(new Set(expected.map((image) => image.id)))
    expect(await walk({ ...request, limit })).toEqual(whole)
  })

  it('go on at their place when images were deleted, also the last one of a page', async () => {
    const { ids: whole } = await page(IMAGES, request)
    const first = await page(IMAGES, { ...request, limit: 20 })
    const gone = new Set(whole.slice(10, 23))
    const left = IMAGES.filter((image) => !gone.has(image.id))
    expect((await page(left, { ...request, after: first.next })).ids).toEqual(whole.slice(23))
  })

  it('begin behind an image', async () => {
    const { ids: whole } = await page(IMAGES, request)
    expect((await page(IMAGES, { ...request, limit: 3, after: whole[4] })).ids).toEqual(whole.slice(5, 8))
    expect((await page(IMAGES, { ...request, after: whole.at(-1) })).ids).toEqual([])
  })

  it('refuse what leads nowhere', async () => {
    const other = await page(IMAGES, { sort: request.sort.endsWith('name') ? 'taken' : 'name', limit: 1 })
    for (const after of ['z'.repeat(20), other.next, 'n.x'])
      await expect(page(IMAGES, { ...request, after })).rejects.toMatchObject({ code: 'invalid_parameter' })
  })
})

it('a filtered page stops at the segment in which it is full', async () => {
  const loads: number[] = []
  const state = { ...emptyProject('shop', new Date(0).toISOString()), images: listOf(IMAGES) }
  await pageOf(state, { tags: ['five'], limit: 3 }, async (list) => {
    loads.push(list.segments.length)
    return list
  })
  // One while it is filled; those of the cursor are in the same.
  expect(loads.length).toBeLessThanOrEqual(8)
})
