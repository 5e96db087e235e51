// List cache: a list is found while its project stays at its revision; the cache is bounded in bytes.

import { describe, expect, it } from 'vitest'
import { createListCache } from '../../../src/http/response/list-cache.ts'

const URL = '/projects/game/images'
const OVERHEAD = 1000

const setUp = (maxBytes = 100_000) => {
  const state: { revision: number | undefined } = { revision: 1 }
  const shares: (boolean | undefined)[] = []
  const cache = createListCache({
    maxBytes,
    current(_projectId, share) {
      shares.push(share)
      return state.revision === undefined ? undefined : { revision: state.revision }
    },
  })
  const list = (revision: number, bytes = 10) => ({ revision, etag: `"${revision}"`, body: Buffer.alloc(bytes) })
  return { cache, state, shares, list }
}

/** Bytes of a body that makes an entry of this size. */
const bodyOf = (entryBytes: number, url = URL) => entryBytes - OVERHEAD - url.length * 2

describe('a cached list', () => {
  it('is found while its project stays at its revision, for its URL alone', () => {
    const { cache, list } = setUp()
    const kept = list(1)
    cache.set(URL, 'game', kept)
    expect(cache.find(URL, 'game')).toBe(kept)
    expect(cache.find(`${URL}?limit=1`, 'game')).toBeUndefined()
  })

  it('is dropped once its project has changed', () => {
    const { cache, state, list } = setUp()
    cache.set(URL, 'game', list(1))
    state.revision = 2
    expect(cache.find(URL, 'game')).toBeUndefined()
    state.revision = 1
    expect(cache.find(URL, 'game')).toBeUndefined()
  })

  it('is not found but stays while the state of its project is unknown', () => {
    const { cache, state, list } = setUp()
    cache.set(URL, 'game', list(1))
    state.revision = undefined
    expect(cache.find(URL, 'game')).toBeUndefined()
    state.revision = 1
    expect(cache.find(URL, 'game')).toBeDefined()
  })

  it('passes `share` on to the store', () => {
    const { cache, shares, list } = setUp()
    cache.set(URL, 'game', list(1))
    cache.find(URL, 'game', true)
    cache.find(URL, 'game', false)
    expect(shares.slice(1)).toEqual([true, false])
  })
})

describe('adding a list', () => {
  it('ignores one of another revision than the newest, which replaces nothing', () => {
    const { cache, state, list } = setUp()
    state.revision = 2
    const newest = list(2)
    cache.set(URL, 'game', newest)
    cache.set(URL, 'game', list(1))
    cache.set(URL, 'game', list(3))
    expect(cache.find(URL, 'game')).toBe(newest)
    state.revision = undefined
    cache.set(`${URL}?limit=1`, 'game', list(2))
    state.revision = 2
    expect(cache.find(`${URL}?limit=1`, 'game')).toBeUndefined()
  })

  it('accepts a list of a quarter of the cache, and no larger one', () => {
    const { cache, list } = setUp(20_000)
    cache.set(URL, 'game', list(1, bodyOf(5000)))
    expect(cache.find(URL, 'game')).toBeDefined()
    const other = `${URL}?a`
    cache.set(other, 'game', list(1, bodyOf(5000, other) + 1))
    expect(cache.find(other, 'game')).toBeUndefined()
  })

  it('evicts the list that was not used for longest once the cache is full', () => {
    const { cache, list } = setUp(20_000)
    const urls = [0, 1, 2, 3, 4].map((n) => `${URL}?limit=${n}`)
    const keep = (url = '') => cache.set(url, 'game', list(1, bodyOf(5000, url)))
    for (const url of urls.slice(0, 4)) keep(url)
    expect(urls.map((url) => cache.find(url, 'game') !== undefined)).toEqual([true, true, true, true, false])
    cache.find(urls[0] ?? '', 'game')
    keep(urls[4])
    expect(urls.map((url) => cache.find(url, 'game') !== undefined)).toEqual([true, false, true, true, true])
  })

  it('does nothing in a cache of 0 bytes', () => {
    const { cache, list } = setUp(0)
    cache.set(URL, 'game', list(1, 0))
    expect(cache.find(URL, 'game')).toBeUndefined()
  })
})
