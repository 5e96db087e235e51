// List cache: responses with lists of images, valid as long as their project does not change.

import { LRUCache } from 'lru-cache'

export interface ListCacheOptions {
  /** Newest state of a project as far as memory tells. See {@link Store.recent}. */
  recent(projectId: string): { revision: number } | undefined
  /** Limit of the cache, in bytes; 0 disables it. */
  maxBytes: number
}

export interface CachedList {
  revision: number
  etag: string
  body: Buffer
}

export interface ListCache {
  /** Caches a list. @param url path and query of the request */
  set(url: string, projectId: string, list: CachedList): void
  /** Finds the list of the newest state of its project. Undefined where it is not cached, or of an older state. */
  find(url: string, project: { revision: number }): CachedList | undefined
}

/** Largest part of the cache for one list. A page of 1,000 images has about 2 MB; the cache has 8 MiB by default. */
const LARGEST_PART = 1 / 2
/** Overhead of one cached list, about, in bytes. */
const ENTRY_BYTES = 1000

export const createListCache = ({ recent, maxBytes }: ListCacheOptions): ListCache => {
  const cached = new LRUCache<string, CachedList>({
    maxSize: Math.max(1, maxBytes),
    maxEntrySize: Math.max(1, Math.floor(maxBytes * LARGEST_PART)),
    sizeCalculation: ({ body }, url) => body.length + url.length * 2 + ENTRY_BYTES,
  })
  return {
    set(url, projectId, list) {
      // A list of an older revision would only evict another.
      if (recent(projectId)?.revision === list.revision) cached.set(url, list)
    },

    find(url, { revision }) {
      const list = cached.get(url)
      if (list && list.revision !== revision) cached.delete(url)
      return list?.revision === revision ? list : undefined
    },
  }
}
