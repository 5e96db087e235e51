import { expect, test } from 'vitest'
import { createBoundedMap } from '../../src/core/bounded-map.ts'

test('as many entries as its limit are held', () => {
  const map = createBoundedMap<number>(3)
  for (const name of ['a', 'b', 'c']) map.set(name, 1)
  expect([...map.keys()].sort()).toEqual(['a', 'b', 'c'])
})

test('one entry more drops the least recently used one', () => {
  const map = createBoundedMap<number>(3)
  for (const name of ['a', 'b', 'c']) map.set(name, 1)
  map.get('a')
  map.set('d', 1)
  expect([...map.keys()].sort()).toEqual(['a', 'c', 'd'])
})

test('an entry that is set again counts once', () => {
  const map = createBoundedMap<number>(2)
  map.set('a', 1)
  for (let value = 0; value < 5; value++) map.set('b', value)
  expect([map.get('a'), map.get('b')]).toEqual([1, 4])
})

test('a limit takes no memory before there are entries', () => {
  // Lists of that many entries, allocated at once, would take gigabytes.
  const map = createBoundedMap<number>(2 ** 30)
  map.set('a', 1)
  expect(map.size).toBe(1)
})
