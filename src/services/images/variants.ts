// Stored variants: small ones from memory, others from their files, or all of them sent by another program.
//
// A cached variant is never stale. It carries the revision at which its image was last found, and is valid for that one
// alone; at another revision, the store is checked for the image first.

import { LRUCache } from 'lru-cache'
import { TintypeError } from '../../core/errors.ts'
import { SIZES, type Size } from '../../core/names.ts'
import { unknownImage } from '../../core/not-found.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ProjectState, ReadableState } from '../../core/project/state.ts'
import type { ReadableFile, Store, StoredFile } from '../../stores/store.ts'
import { readWhole } from './read-whole.ts'

export interface VariantsOptions {
  store: Store
  /** Memory cache for small variants, in bytes; 0 disables it. @default 67108864 (64 MiB) */
  cacheBytes?: number
  /**
   * Caches the content of small variants. False where another program sends the files: then sizes and dates of all
   * variants are cached. @default true
   */
  cachesBodies?: boolean
  /** Largest variant in the memory cache, in bytes. @default 131072 (128 KiB) */
  maxBodyBytes?: number
}

export interface OpenableVariant {
  imageId: string
  size: Size
  bytes: number
  /** Modification time of the file, in milliseconds since 1970. */
  modifiedMs: number
  /** {@link Store.pathBelowRoot}, undefined where the store has none, and where the content is in memory. */
  path: string | undefined
  /** Content, where it is in memory. */
  body: Buffer<ArrayBuffer> | undefined
  /**
   * Reads a small variant, which is then cached; opens the file of a larger one.
   *
   * @throws TintypeError `image_not_found` where the image was deleted meanwhile
   */
  open(): Promise<Buffer<ArrayBuffer> | ReadableFile>
}

export interface Variants {
  /**
   * Finds a variant without opening it, and without a promise where it is in memory.
   *
   * @throws TintypeError `image_not_found`, also where the state is not the newest any more: the guard then judges again
   */
  find(project: ReadableState, imageId: string, size: Size): OpenableVariant | Promise<OpenableVariant>
  /**
   * Finds a variant of the primary image, as {@link Variants.find}. Undefined where it was deleted meanwhile: read and
   * authorize the project again.
   *
   * @throws TintypeError `no_primary_image`, `project_damaged`
   */
  findPrimary(project: ReadableState, size: Size): OpenableVariant | Promise<OpenableVariant | undefined>
  /**
   * Finds a cached variant, synchronously. Undefined says nothing.
   *
   * @param project newest state at the request
   */
  findCached(project: ReadableState, imageId: string, size: Size): OpenableVariant | undefined
  /** Caches the small variants of a new image. Never throws. */
  preload(project: ProjectState, image: ImageRecord): Promise<void>
  /** Removes a deleted image from the cache. */
  forget(projectId: string, imageId: string): void
  /** Hits and misses of the cache since the start, and its current content. */
  stats(): { hits: number; misses: number; entries: number; bytes: number }
}

interface CacheEntry extends OpenableVariant {
  /** Newest revision of the project that is known to contain the image. */
  revision: number
}

/** Overhead of one cached variant in bytes, as resident memory grows by it: a heap is a third larger than what it holds. */
const ENTRY_BYTES = 2000

/** Sizes cached at upload: covers and icons. */
const PRELOADED = ['thumb', 'game'] as const satisfies Size[]

export const createVariants = (options: VariantsOptions): Variants => {
  const { store } = options
  const cacheBytes = options.cacheBytes ?? 64 * 2 ** 20
  const { cachesBodies = true } = options
  const maxBodyBytes = cacheBytes === 0 || !cachesBodies ? 0 : (options.maxBodyBytes ?? 128 * 1024)
  const cache = new LRUCache<string, CacheEntry>({
    maxSize: Math.max(1, cacheBytes),
    sizeCalculation: ({ body }, key) => (body?.length ?? 0) + key.length * 2 + ENTRY_BYTES,
  })
  /** Reads under way: concurrent requests for a variant share one. */
  const loads = new Map<string, Promise<CacheEntry | undefined>>()
  const counts = { hits: 0, misses: 0 }

  const pathOf = (projectId: string, imageId: string, size: Size) => store.pathBelowRoot?.({ projectId, imageId, size })

  /** @param isFresh stored a moment ago: read without a wait where the store can */
  const read = async (project: ProjectState, imageId: string, size: Size, isFresh: boolean) => {
    const now = isFresh ? store.variantNow?.(project.project_id, imageId, size, maxBodyBytes) : undefined
    const file = now ?? (await store.openVariant(project.project_id, imageId, size))
    if (!file) return undefined
    const body = 'body' in file ? file.body : await readWhole(file)
    const { bytes, modifiedMs } = file
    // Without what the body makes needless: there are tens of thousands of these in memory.
    const inMemory = { path: undefined, body, open: openInMemory }
    return { imageId, size, bytes, modifiedMs, ...inMemory, revision: project.revision }
  }

  const load = (
    project: ProjectState,
    imageId: string,
    size: Size,
    isFresh = false,
  ): Promise<CacheEntry | undefined> => {
    const key = keyOf(project.project_id, imageId, size)
    const underWay = loads.get(key)
    if (underWay) return underWay
    const loading = read(project, imageId, size, isFresh)
      .then((entry) => {
        if (entry) cache.set(key, entry)
        return entry
      })
      .finally(() => loads.delete(key))
    loads.set(key, loading)
    return loading
  }

  const openFile = async (projectId: string, imageId: string, size: Size): Promise<ReadableFile> => {
    const file = await store.openVariant(projectId, imageId, size)
    if (!file) throw unknownImage(projectId, imageId)
    return file
  }

  /** Finds a cached variant that was found in this revision before. */
  const recall = ({ project_id, revision }: ReadableState, imageId: string, size: Size): CacheEntry | undefined => {
    const entry = cache.get(keyOf(project_id, imageId, size))
    if (entry?.revision !== revision) return undefined
    counts.hits++
    return entry
  }

  /** Undefined where the image is not in the state, or this is not the newest any more. */
  const findIn = async (project: ReadableState, imageId: string, size: Size): Promise<OpenableVariant | undefined> => {
    const { project_id, revision } = project
    const key = keyOf(project_id, imageId, size)
    const entry = cache.get(key)
    const found = await store.findVariant(project_id, imageId, size, revision)
    if (found && entry && renew(entry, found, revision)) {
      counts.hits++
      return entry
    }
    // A state that was overtaken says nothing of the image.
    if (found || store.current(project_id)?.revision === revision) cache.delete(key)
    if (!found) return undefined
    counts.misses++
    const picture = { imageId, size, ...found, path: pathOf(project_id, imageId, size), body: undefined }
    if (!cachesBodies) {
      const described = { ...picture, open: () => openFile(project_id, imageId, size), revision }
      cache.set(key, described)
      return described
    }
    const open = async () => {
      const small = found.bytes <= maxBodyBytes ? await load(project, imageId, size) : undefined
      return small?.body ?? openFile(project_id, imageId, size)
    }
    return { ...picture, open }
  }

  const findNew = async (project: ReadableState, imageId: string, size: Size): Promise<OpenableVariant> => {
    const picture = await findIn(project, imageId, size)
    if (!picture) throw unknownImage(project.project_id, imageId)
    return picture
  }

  const findNewPrimary = async (project: ReadableState, imageId: string, size: Size) => {
    const { project_id: projectId, revision } = project
    const picture = await findIn(project, imageId, size)
    if (!picture && (await store.project(projectId))?.revision === revision) throw damaged(projectId, imageId, size)
    return picture
  }

  return {
    find: (project, imageId, size) => recall(project, imageId, size) ?? findNew(project, imageId, size),

    findPrimary(project, size) {
      const { project_id: projectId, primary_image_id: imageId } = project
      if (imageId === null)
        throw new TintypeError('no_primary_image', `Project "${projectId}" has no image, so it has no cover.`)
      return recall(project, imageId, size) ?? findNewPrimary(project, imageId, size)
    },

    findCached({ project_id: projectId, revision }, imageId, size) {
      const picture = cache.get(keyOf(projectId, imageId, size))
      if (!picture) return undefined
      if (picture.revision !== revision) {
        const found = store.currentVariant(projectId, imageId, size, true, revision)
        if (!found || !renew(picture, found, revision)) return undefined
      }
      counts.hits++
      return picture
    },

    async preload(project, image) {
      const small = PRELOADED.filter((size) => image.sizes[size].bytes <= maxBodyBytes)
      await Promise.allSettled(small.map((size) => load(project, image.id, size, true)))
    },

    forget(projectId, imageId) {
      for (const size of SIZES) cache.delete(keyOf(projectId, imageId, size))
    },

    stats: () => ({ ...counts, entries: cache.size, bytes: cache.calculatedSize }),
  }
}

/** Validates a cached variant for a revision. False where that revision has another file. */
const renew = (entry: CacheEntry, { bytes, modifiedMs }: StoredFile, revision: number): boolean => {
  if (entry.bytes !== bytes || entry.modifiedMs !== modifiedMs) return false
  entry.revision = revision
  return true
}

/** Joined: V8 keeps the parts of a template, 32 bytes each. */
const keyOf = (...parts: [projectId: string, imageId: string, size: Size]): string => parts.join('/')

/** One function for all: a closure of its own would take another hundred bytes. */
async function openInMemory(this: { body: Buffer<ArrayBuffer> | undefined }): Promise<Buffer<ArrayBuffer>> {
  if (!this.body) throw new Error('the variant is not in memory')
  return this.body
}

const damaged = (projectId: string, imageId: string, size: Size): TintypeError =>
  new TintypeError('project_damaged', `The ${size} variant of image "${imageId}" in project "${projectId}" is missing.`)
