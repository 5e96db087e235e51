// Pages of a list whose first images are in segments.

import { describe, expect, it } from 'vitest'
import { type ImageList, listOf, SEGMENT_LENGTH } from '../../../src/core/project/image-list.ts'
import { emptyProject } from '../../../src/core/project/state.ts'
import { pageOf } from '../../../src/stores/history/page.ts'
import { recordOf } from '../../contracts/store.ts'

const id = (n: number): string => String(n).padStart(6, '0').padEnd(20, 'x')
const ids = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => id(from + at))

/** A state of these images, with segments that are loaded on request. */
const stateOf = (imageIds: readonly string[]) => {
  const loaded = listOf(imageIds.map((id) => recordOf(id)))
  const keys = new Map(loaded.segments.map(({ images }, at) => [String(at), images]))
  const segments = loaded.segments.map(({ count }, at) => ({
    images: undefined,
    count,
    stored: { id: String(at), sha256: '', bytes: 0 },
  }))
  const loads: string[] = []
  const load = async (list: ImageList): Promise<ImageList> => ({
    ...list,
    segments: list.segments.map((segment) => {
      const name = segment.stored?.id ?? ''
      loads.push(name)
      return { ...segment, images: keys.get(name) }
    }),
  })
  const state = { ...emptyProject('shop', new Date(0).toISOString()), images: { ...loaded, segments } }
  const page = async (request: { after?: string; limit?: number } = {}) => {
    const { images, next } = await pageOf(state, request, load)
    return { ids: images.map((image) => image.id), next }
  }
  return { page, loads }
}

const LONG = 2 * SEGMENT_LENGTH + 10

describe('a page of images', () => {
  it('without a limit has every image, in order', async () => {
    expect(await stateOf(ids(0, LONG)).page()).toEqual({ ids: ids(0, LONG), next: undefined })
  })

  it('of a project without images is empty', async () => {
    expect(await stateOf([]).page({ limit: 5 })).toEqual({ ids: [], next: undefined })
  })

  it('has a next page only where more images than its limit remain', async () => {
    const { page } = stateOf(ids(0, 5))
    expect(await page({ limit: 5 })).toEqual({ ids: ids(0, 5), next: undefined })
    const first = await page({ limit: 4 })
    expect(first).toMatchObject({ ids: ids(0, 4), next: expect.any(String) })
    expect(await page({ limit: 4, after: first.next })).toEqual({ ids: ids(4, 5), next: undefined })
  })

  it.each([1, SEGMENT_LENGTH - 1, SEGMENT_LENGTH, SEGMENT_LENGTH + 1])(
    'of at most %i joins the others without a gap',
    async (limit) => {
      const { page } = stateOf(ids(0, LONG))
      const all: string[] = []
      for (let after: string | undefined; ; ) {
        const { ids: some, next } = await page({ limit, after })
        expect(some.length).toBeLessThanOrEqual(limit)
        all.push(...some)
        if (next === undefined) break
        after = next
      }
      expect(all).toEqual(ids(0, LONG))
    },
  )

  it('reads the segment of its images alone', async () => {
    const { page, loads } = stateOf(ids(0, LONG))
    await page({ limit: 10 })
    expect(new Set(loads)).toEqual(new Set(['0']))
  })

  it('begins after an image id', async () => {
    const { page } = stateOf(ids(0, LONG))
    expect((await page({ after: id(SEGMENT_LENGTH - 1), limit: 2 })).ids).toEqual(
      ids(SEGMENT_LENGTH, SEGMENT_LENGTH + 2),
    )
    expect(await page({ after: id(LONG - 1), limit: 2 })).toEqual({ ids: [], next: undefined })
  })

  it('continues at the same place after images around its cursor were deleted', async () => {
    const { next } = await stateOf(ids(0, LONG)).page({ limit: 130 })
    const fewer = stateOf([...ids(0, 128), ...ids(132, LONG)])
    expect((await fewer.page({ after: next, limit: 3 })).ids).toEqual(ids(132, 135))
  })

  it.each(['', 'no cursor', id(LONG)])('is refused after "%s", which names no image', async (after) => {
    await expect(stateOf(ids(0, LONG)).page({ after })).rejects.toMatchObject({ code: 'invalid_parameter' })
  })
})
