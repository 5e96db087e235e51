// Map of a limited number of entries that drops the least recently used one, and takes memory only for those it holds.

import { LRUCache } from 'lru-cache'

export type BoundedMap<Value extends NonNullable<unknown>> = LRUCache<string, Value>

/**
 * The limit is given as a size of one for each entry: by its own option `max`, lru-cache allocates the lists of all
 * entries at once, which takes 6 ms for 10,000 of them.
 */
export const createBoundedMap = <Value extends NonNullable<unknown>>(maxEntries: number): BoundedMap<Value> =>
  new LRUCache<string, Value>({ maxSize: maxEntries, sizeCalculation: () => 1 })
