import { describe, expect, it } from 'vitest'
import { newImageId } from '../../../src/core/names.ts'
import {
  formatImageCursor,
  IMAGE_CURSOR,
  parseImageCursor,
  precedingIndexes,
  searchByCursor,
} from '../../../src/core/project/cursor.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { recordOf } from '../../contracts/store.ts'

const idsOf = (count: number): string[] => Array.from({ length: count }, () => newImageId())

/** The cursor behind the image at `last`, as a page makes it. */
const cursorAt = (ids: readonly string[], last: number): string =>
  formatImageCursor({
    id: ids[last] ?? '',
    following: ids.slice(last + 1, last + 5),
    preceding: precedingIndexes(last).map((index) => ids[index] ?? ''),
  })

const records = new Map<string, ImageRecord>()

/** Made once: a record takes four hashes. */
const recordFor = (id: string): ImageRecord => {
  const record = records.get(id) ?? recordOf(id)
  records.set(id, record)
  return record
}

/** Where a cursor leads to in a list. */
const goOn = (cursor: string, ids: readonly string[]): readonly string[] | undefined => {
  const parsed = parseImageCursor(cursor)
  if (!parsed) throw new Error('expected a cursor')
  const search = searchByCursor(parsed)
  const index = search.next(ids.map(recordFor)) ?? search.nearest()
  return index === undefined ? undefined : ids.slice(index)
}

describe('the cursor of a page of images', () => {
  it('is URL-safe text, short whatever the length of the list', () => {
    const cursor = cursorAt(Array<string>(100_000).fill(newImageId()), 99_000)
    expect(cursor).toMatch(/^[0-9a-z.]+$/)
    expect(cursor.length).toBeLessThan(160)
    expect(IMAGE_CURSOR.test(cursor)).toBe(true)
  })

  it.each([
    '',
    'a',
    'A'.repeat(20),
    `${'a'.repeat(20)}.`,
    `${'a'.repeat(20)}.abc.`,
    `${'a'.repeat(20)}.${'b'.repeat(30)}.`,
  ])('is not %j', (text) => {
    expect(IMAGE_CURSOR.test(text)).toBe(false)
    expect(parseImageCursor(text)).toBeUndefined()
  })

  it('may name an image alone, as in earlier versions, and is invalid once that is deleted', () => {
    const ids = idsOf(3)
    expect(goOn(ids[0] ?? '', ids)).toEqual(ids.slice(1))
    expect(goOn(ids[0] ?? '', ids.slice(1))).toBeUndefined()
  })

  it('continues at the same place while an image right after it remains', () => {
    const ids = idsOf(50)
    const cursor = cursorAt(ids, 20)
    for (const kept of [21, 22, 23, 24]) expect(goOn(cursor, ids.slice(kept))).toEqual(ids.slice(kept))
    expect(goOn(cursor, ids.toSpliced(10, 11))).toEqual(ids.slice(21))
  })

  it('skips no remaining image, whatever is deleted', () => {
    const ids = idsOf(200)
    for (let last = 0; last < 195; last += 13)
      for (let from = 0; from <= last; from += 17)
        for (let to = last + 1; to < 200; to += 19) {
          const remaining = ids.toSpliced(from, to - from)
          const found = goOn(cursorAt(ids, last), remaining)
          expect(found?.slice(-(200 - to))).toEqual(ids.slice(to))
        }
  })

  it('continues at its image after the list was reordered', () => {
    const ids = idsOf(10)
    const cursor = cursorAt(ids, 4)
    expect(goOn(cursor, [ids[4] ?? '', ...ids.toSpliced(4, 1)])).toEqual(ids.toSpliced(4, 1))
  })

  it('begins again where none of its neighbours remains', () => {
    const ids = idsOf(5)
    expect(goOn(cursorAt(idsOf(10), 4), ids)).toEqual(ids)
  })
})

describe('the preceding images in a cursor', () => {
  it('are at distances that double', () => {
    expect([0, 1, 2, 4, 20].map(precedingIndexes)).toEqual([[], [0], [1, 0], [3, 2, 0], [19, 18, 16, 12, 4]])
  })

  it('give the place behind the nearest of them, once nothing after it remains', () => {
    const ids = idsOf(50)
    const cursor = cursorAt(ids, 20)
    for (const nearest of [19, 18, 16, 12, 4]) {
      const remaining = [...ids.slice(0, nearest + 1), ...ids.slice(30)]
      expect(goOn(cursor, remaining)).toEqual(ids.slice(30))
    }
  })

  it('are judged by their distance, also where the list was reordered', () => {
    const ids = idsOf(50)
    const [near = '', far = ''] = [ids[18], ids[12]]
    expect(goOn(cursorAt(ids, 20), [near, far])).toEqual([far])
    expect(goOn(cursorAt(ids, 20), [far, near])).toEqual([])
  })
})

it('the following images in a cursor are judged by their distance, before any preceding one', () => {
  const ids = idsOf(50)
  const [next = '', later = '', before = ''] = [ids[21], ids[23], ids[19]]
  expect(goOn(cursorAt(ids, 20), [later, before, next])).toEqual([next])
  expect(goOn(cursorAt(ids, 20), [next, before, later])).toEqual([next, before, later])
})
