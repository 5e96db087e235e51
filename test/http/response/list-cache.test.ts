// List cache: a list is found while its project stays at its revision; the cache is bounded in bytes.

import { describe, expect, it } from 'vitest'
import { createListCache } from '../../../src/http/response/list-cache.ts'

const URL = '/projects/game/images'
const OVERHEAD = 1000

const setUp = (maxBytes = 100_000) => {
  const state: { revision: number | undefined } = { revision: 1 }
  const cache = createListCache({
    maxBytes,
    recent: () => (state.revision === undefined ? undefined : { revision: state.revision }),
  })
  const list = (revision: number, bytes = 10) => ({ revision, etag: `"${revision}"`, body: Buffer.alloc(bytes) })
  /** As the fast path does, which knows the newest state. */
  const find = (url: string) =>
    state.revision === undefined ? undefined : cache.find(url, { revision: state.revision })
  return { cache, state, list, find }
}

/** Bytes of a body that makes an entry of this size. */
const bodyOf = (entryBytes: number, url = URL) => entryBytes - OVERHEAD - url.length * 2

describe('a cached list', () => {
  it('is found while its project stays at its revision, for its URL alone', () => {
    const { cache, list, find } = setUp()
    const kept = list(1)
    cache.set(URL, 'game', kept)
    expect(find(URL)).toBe(kept)
    expect(find(`${URL}?limit=1`)).toBeUndefined()
  })

  it('is dropped once its project has changed', () => {
    const { cache, state, list, find } = setUp()
    cache.set(URL, 'game', list(1))
    state.revision = 2
    expect(find(URL)).toBeUndefined()
    state.revision = 1
    expect(find(URL)).toBeUndefined()
  })

  it('is not found but stays while the state of its project is unknown', () => {
    const { cache, state, list, find } = setUp()
    cache.set(URL, 'game', list(1))
    state.revision = undefined
    expect(find(URL)).toBeUndefined()
    state.revision = 1
    expect(find(URL)).toBeDefined()
  })
})

describe('adding a list', () => {
  it('ignores one of another revision than the newest, which replaces nothing', () => {
    const { cache, state, list, find } = setUp()
    state.revision = 2
    const newest = list(2)
    cache.set(URL, 'game', newest)
    cache.set(URL, 'game', list(1))
    cache.set(URL, 'game', list(3))
    expect(find(URL)).toBe(newest)
    state.revision = undefined
    cache.set(`${URL}?limit=1`, 'game', list(2))
    state.revision = 2
    expect(find(`${URL}?limit=1`)).toBeUndefined()
  })

  it('accepts a list of half of the cache, and no larger one', () => {
    const { cache, list, find } = setUp(20_000)
    cache.set(URL, 'game', list(1, bodyOf(10_000)))
    expect(find(URL)).toBeDefined()
    const other = `${URL}?a`
    cache.set(other, 'game', list(1, bodyOf(10_000, other) + 1))
    expect(find(other)).toBeUndefined()
  })

  it('evicts the list that was not used for longest once the cache is full', () => {
    const { cache, list, find } = setUp(20_000)
    const urls = [0, 1, 2, 3, 4].map((n) => `${URL}?limit=${n}`)
    const keep = (url = '') => cache.set(url, 'game', list(1, bodyOf(5000, url)))
    for (const url of urls.slice(0, 4)) keep(url)
    expect(urls.map((url) => find(url) !== undefined)).toEqual([true, true, true, true, false])
    find(urls[0] ?? '')
    keep(urls[4])
    expect(urls.map((url) => find(url) !== undefined)).toEqual([true, false, true, true, true])
  })

  it('does nothing in a cache of 0 bytes', () => {
    const { cache, list, find } = setUp(0)
    cache.set(URL, 'game', list(1, 0))
    expect(find(URL)).toBeUndefined()
  })
})
