// Orders of projects: their keys, the text of their positions, and what a search finds.

import { describe, expect, it } from 'vitest'
import {
  comparePositions,
  formatPosition,
  isFiltered,
  MAX_POSITION_BYTES,
  matcherOf,
  PROJECT_SORTS,
  parsePosition,
  positionOf,
  tagKey,
} from '../../src/core/project-query.ts'

const named = (title: string | undefined, id = 'p') => ({ id, title, createdMs: 1, updatedMs: 2 })
const keyOf = (title: string | undefined, id?: string) => positionOf('title', named(title, id)).key

describe('the order by title', () => {
  it('compares without case and accents, and a project without a title by its id', () => {
    for (const [title, key] of [
      ['Étude', 'etude'],
      ['E\u0301tude', 'etude'],
      ['STRASSE', 'strasse'],
      ['Straße', 'strasse'],
      ['ﬁn', 'fin'],
      ['', ''],
    ])
      expect(keyOf(title)).toBe(key)
    expect(keyOf(undefined, 'Shop_1')).toBe('shop_1')
  })

  it('is decided by 40 characters, then by the id', () => {
    expect([keyOf('a'.repeat(41)), keyOf('😀'.repeat(41))]).toEqual(['a'.repeat(40), '😀'.repeat(40)])
    const positions = ['b', 'a'].map((id) => positionOf('title', named(`${'x'.repeat(40)}${id}`, id)))
    expect(positions.sort(comparePositions).map(({ id }) => id)).toEqual(['a', 'b'])
  })
})

it('times are compared from the newest to the oldest, equal ones by id', () => {
  const positions = [
    { key: 1, id: 'a' },
    { key: 3, id: 'c' },
    { key: 3, id: 'b' },
  ]
  expect(positions.sort(comparePositions).map(({ id }) => id)).toEqual(['b', 'c', 'a'])
})

it.each([
  ['titles from A to Z', { key: 'a', id: 'z' }, { key: 'b', id: 'a' }],
  ['times from the newest to the oldest', { key: 3, id: 'z' }, { key: 1, id: 'a' }],
  ['equal titles by id', { key: 'a', id: 'a' }, { key: 'a', id: 'b' }],
  ['equal times by id', { key: 3, id: 'a' }, { key: 3, id: 'b' }],
])('positions compare %s', (_, first, second) => {
  expect([comparePositions(first, second), comparePositions(second, first)]).toEqual([-1, 1])
  expect(comparePositions(first, { ...first })).toBe(0)
})

it('half of a pair of code units is a replacement character in the key of a title', () => {
  expect([keyOf('\ud800x'), keyOf('x\udc00')]).toEqual(['\ufffdx', 'x\ufffd'])
})

describe('a position', () => {
  const titles = ['', 'a', ' x ', '\0', 'updated\0', '😀'.repeat(60), '\ud800', '日本']

  it('is parsed as it was formatted, in its own order only, and has a bounded length', () => {
    for (const sort of PROJECT_SORTS)
      for (const title of titles) {
        const position = positionOf(sort, { id: 'z'.repeat(64), title, createdMs: -1, updatedMs: 8.64e15 })
        const text = formatPosition(sort, position)
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_POSITION_BYTES)
        // As a cursor carries it.
        const carried = Buffer.from(text).toString()
        expect(PROJECT_SORTS.map((each) => parsePosition(each, carried))).toEqual(
          PROJECT_SORTS.map((each) => (each === sort ? position : undefined)),
        )
      }
  })

  it('is no other text', () => {
    for (const text of ['', 'title', 'title\0', 'title\0a', 'title\0a\0', 'title\0a\0../x', 'xtitle\0a\0b'])
      expect(parsePosition('title', text), JSON.stringify(text)).toBeUndefined()
    for (const text of ['', '.', 'a/b', 'title\0a\0b']) expect(parsePosition('id', text)).toBeUndefined()
  })
})

it('a search finds a part of id or title, in any case and without accents', () => {
  const matches = (q: string, title?: string, id = 'Shop-1') => matcherOf(q)(named(title, id))
  for (const [q, title] of [
    ['shop'],
    ['P-1'],
    ['ETUDE', 'Une Étude'],
    ['étude', 'etudes'],
    ['strasse', 'Große Straße'],
    ['end', `${'x'.repeat(190)} the END`],
  ] as const)
    expect(matches(q, title), q).toBe(true)
  expect([matches('shop-2'), matches('x', 'y'), matches('undefined')]).toEqual([false, false, false])
})

it('a list is filtered by a text, by tags, or by what a principal may read', () => {
  for (const none of [{}, { tags: [] }, { q: undefined, readableBy: undefined }]) expect(isFiltered(none)).toBe(false)
  for (const some of [{ q: '' }, { q: 'a' }, { tags: ['a'] }, { readableBy: { kind: 'anonymous' } as const }])
    expect(isFiltered(some)).toBe(true)
})

it('the key of a tag is a number of 48 bits, and another one for other tags', () => {
  const keys = ['space', 'Space', 'new', ''].map(tagKey)
  expect(new Set(keys).size).toBe(4)
  expect(keys.every((key) => Number.isSafeInteger(key) && key >= 0 && key < 2 ** 48)).toBe(true)
  // In the catalogue: the same in every version.
  expect(tagKey('space')).toBe(69_586_451_947_601)
})
