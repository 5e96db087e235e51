// Filters and orders of images.

import { describe, expect, it } from 'vitest'
import { IMAGE_SORTS, matcherOf, matchesAll, orderOf, SORTED_CURSOR } from '../../../src/core/project/image-query.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { recordOf } from '../../contracts/store.ts'

const id = (n: number): string => String(n).padStart(20, '0')
const image = (n: number, more: Partial<ImageRecord> = {}): ImageRecord => ({ ...recordOf(id(n)), ...more })

const sorts = IMAGE_SORTS.filter((sort) => sort !== 'order')
const sorted = (sort: (typeof sorts)[number], images: readonly ImageRecord[]) => {
  const { keyOf, compare } = orderOf(sort)
  return images.toSorted((one, other) => compare(keyOf(one), keyOf(other)))
}
const numbers = (images: readonly ImageRecord[]) => images.map((each) => Number(each.id))

describe('a search', () => {
  it.each([
    ['name', { name: 'Harbour.JPG' }],
    ['title', { title: 'At the harbour' }],
    ['alt', { alt: 'HARBOUR with boats' }],
    ['a tag', { tags: ['sea', 'harbours'] }],
  ])('looks into %s', (_, details) => {
    const matches = matcherOf({ q: 'harBOUR' })
    expect(matches(image(1, details))).toBe(true)
    expect(matches(image(1, { name: 'x', title: 'y', alt: 'z', tags: ['harb'] }))).toBe(false)
    expect(matches(image(1))).toBe(false)
  })

  it.each([
    ['STRASSE', 'Straße'],
    ['straße', 'STRASSE'],
    ['cafe\u0301', 'CAF\u00c9'],
    ['οδος', 'ΟΔΟΣ'],
    ['οδοσ', 'οδος 7'],
    ['.*', 'a.*b'],
    ['', 'anything'],
  ])('for %j finds %j', (q, title) => expect(matcherOf({ q })(image(1, { title }))).toBe(true))

  it.each([
    ['cafe', 'Café'],
    ['.', 'ab'],
    ['ab', 'a b'],
  ])('for %j does not find %j', (q, title) => expect(matcherOf({ q })(image(1, { title }))).toBe(false))
})

it('a filter by tags finds images with all of them, as they are written', () => {
  const images = [image(1, { tags: ['a', 'b'] }), image(2, { tags: ['b'] }), image(3), image(4, { tags: ['B', 'bb'] })]
  const found = (tags: string[], q?: string) => numbers(images.filter(matcherOf({ tags, q })))
  expect(found(['b'])).toEqual([1, 2])
  expect(found(['b', 'a'])).toEqual([1])
  expect(found(['B'])).toEqual([4])
  expect(found([])).toEqual([1, 2, 3, 4])
  expect(found(['b'], 'a'), 'with a search').toEqual([1])
})

it('a filter without tags and text matches all images', () => {
  for (const all of [{}, { tags: [] }, { q: '' }, { tags: [], q: '' }]) expect(matchesAll(all)).toBe(true)
  for (const some of [{ tags: ['a'] }, { q: 'a' }, { tags: ['a'], q: '' }, { tags: [], q: 'a' }])
    expect(matchesAll(some)).toBe(false)
})

describe('an order', () => {
  const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`

  it('by upload has the oldest first, and equal ones by their ids', () => {
    const images = [image(3, { created_at: at(2) }), image(2, { created_at: at(2) }), image(1, { created_at: at(3) })]
    expect(numbers(sorted('uploaded', images))).toEqual([2, 3, 1])
    expect(numbers(sorted('-uploaded', images))).toEqual([1, 3, 2])
  })

  it('by the time of the photo compares moments, and has those without one last', () => {
    const images = [
      image(1, { taken_at: '2026-05-01T12:00:00+02:00' }),
      image(2, { taken_at: '2026-05-01T11:00:00' }),
      image(3, { created_at: at(1) }),
      image(4, { taken_at: '1965-05-01T11:00:00Z' }),
      image(5, { created_at: at(2) }),
    ]
    expect(numbers(sorted('taken', images))).toEqual([4, 1, 2, 3, 5])
    expect(numbers(sorted('-taken', images))).toEqual([2, 1, 4, 5, 3])
  })

  it('by name compares numbers by their value, without case and accents', () => {
    const names = ['IMG_10.jpg', 'img_9.jpg', 'IMG_0100.jpg', 'Éclair', 'eclair 2', 'Zoo', 'apple', undefined]
    const images = names.map((name, n) => image(n, { name }))
    const found = sorted('name', images).map(({ name }) => name)
    expect(found).toEqual(['apple', 'Éclair', 'eclair 2', 'img_9.jpg', 'IMG_10.jpg', 'IMG_0100.jpg', 'Zoo', undefined])
    const long = ['a99999999999999999998', 'a99999999999999999999', 'a100000000000000000000']
    expect(sorted('name', long.map((name, n) => image(n, { name })).reverse()).map(({ name }) => name)).toEqual(long)
  })
})

describe('equal values', () => {
  const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`
  const images = [3, 1, 2].map((day) => image(day, { name: 'same.jpg', created_at: at(day) }))

  it('are ordered by the time of the upload', () => {
    expect(numbers(sorted('name', images))).toEqual([1, 2, 3])
    expect(numbers(sorted('-name', images))).toEqual([3, 2, 1])
  })

  it('of one image have no order', () => {
    for (const sort of sorts) {
      const { keyOf, compare } = orderOf(sort)
      expect(Math.abs(compare(keyOf(image(1)), keyOf(image(1))))).toBe(0)
    }
  })
})

it('numbers in names are compared without leading zeros', () => {
  const names = ['a', 'a0', 'a1', 'a007', 'a8', 'a09', 'a10', 'a0100']
  const images = names.map((name, n) => image(n, { name })).reverse()
  expect(sorted('name', images).map(({ name }) => name)).toEqual(names)
})

describe('a cursor', () => {
  const one = image(1, { name: `字"\\`.repeat(50), taken_at: '1965-05-01T11:00:00Z' })

  it.each(sorts)('of %s gives its key back', (sort) => {
    const { keyOf, formatCursor, parseCursor } = orderOf(sort)
    for (const each of [one, image(2)]) {
      const text = formatCursor(keyOf(each))
      expect(text).toMatch(SORTED_CURSOR)
      expect(parseCursor(text)).toEqual(keyOf(each))
    }
  })

  it('of another order, or an invented one, is none', () => {
    const { keyOf, formatCursor } = orderOf('taken')
    for (const other of ['name', 'uploaded', '-uploaded'] as const)
      expect(orderOf(other).parseCursor(formatCursor(keyOf(one)))).toBeUndefined()
    expect(orderOf('-taken').parseCursor(formatCursor(keyOf(one)))).toEqual(keyOf(one))
    for (const wrong of [`${formatCursor(keyOf(one))}=`, formatCursor(keyOf(one)).replace('.', '!')])
      expect(orderOf('taken').parseCursor(wrong)).toBeUndefined()
    const of = (value: unknown) => `n.${Buffer.from(JSON.stringify(value)).toString('base64url')}`
    for (const text of [
      '',
      'n.',
      'n.x',
      of({}),
      of(['a', 1]),
      of([1, 1, id(1)]),
      of(['a', 1, '../x']),
      of([true, 1, id(1)]),
    ])
      expect(orderOf('name').parseCursor(text), text).toBeUndefined()
    expect(orderOf('name').parseCursor(of(['a', 1, id(1)]))).toEqual({ value: 'a', uploadedMs: 1, id: id(1) })
  })
})
