// List cache: responses with lists of images, valid as long as their project does not change.

import { LRUCache } from 'lru-cache'

export interface ListMemoryOptions {
  /** The newest state of a project, where that can be told without a wait. See {@link Store.current}. */
  current(projectId: string, share?: boolean): { revision: number } | undefined
  /** Memory for lists, in bytes; 0 keeps none. */
  maxBytes: number
}

export interface KeptList {
  revision: number
  etag: string
  body: Buffer
}

export interface ListMemory {
  /** @param url path and query, as a request has them */
  keep(url: string, projectId: string, list: KeptList): void
  /** Undefined where the list isn't there or the project has changed. */
  find(url: string, projectId: string, share?: boolean): KeptList | undefined
}

/** One list takes no more than this part of the memory. */
const LARGEST_PART = 1 / 4
/** The objects around one list, about, in bytes. */
const ENTRY_BYTES = 1000

export const createListMemory = ({ current, maxBytes }: ListMemoryOptions): ListMemory => {
  const kept = new LRUCache<string, KeptList>({
    maxSize: Math.max(1, maxBytes),
    maxEntrySize: Math.max(1, Math.floor(maxBytes * LARGEST_PART)),
    sizeCalculation: ({ body }, url) => body.length + url.length * 2 + ENTRY_BYTES,
  })
  return {
    keep(url, projectId, list) {
      // Else it was changed while the list was read: it would only push out another.
      if (current(projectId)?.revision === list.revision) kept.set(url, list)
    },

    find(url, projectId, share) {
      const list = kept.get(url)
      if (!list) return undefined
      const now = current(projectId, share)
      if (now?.revision === list.revision) return list
      if (now) kept.delete(url)
      return undefined
    },
  }
}
