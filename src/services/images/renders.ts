// Renders: small ones from memory, others from the disk cache, new ones by an encoder.

import { LRUCache } from 'lru-cache'
import { requireReadable } from '../../core/auth/access.ts'
import { unknownImage, unknownProject } from '../../core/not-found.ts'
import type { ReadableState } from '../../core/project/state.ts'
import { isSource, type Origin, type Recipe, recipeAt, recipeFrom, recipeName } from '../../core/transform/recipe.ts'
import type { EncoderPool } from '../../image/encoder.ts'
import type { FocalPoints } from '../../stores/focal-points.ts'
import type { RenderCache } from '../../stores/render-cache/render-cache.ts'
import type { ReadableFile, Store, StoredFile } from '../../stores/store.ts'
import type { ChangeListener } from '../../stores/watch.ts'
import { readWhole } from './read-whole.ts'
import { createRenderOrigins, type RenderOrigins } from './render-origins.ts'

export interface RendersOptions {
  store: Store
  encoders: EncoderPool
  cache: RenderCache
  /**
   * Recipes rendered of each image that this process adds, one at a time, while no upload and no transform waits.
   * Failed or skipped ones are rendered at their first request. @default none
   */
  prefetched?: readonly Recipe[]
  /** Colour behind transparent pixels in JPEG files. @default '#ffffff' */
  background?: string
  /** Memory cache for small renders, in bytes; 0 disables it. @default 16777216 (16 MiB) */
  cacheBytes?: number
  /** Largest render in the memory cache, in bytes. @default 131072 (128 KiB) */
  maxBodyBytes?: number
}

export interface Render {
  imageId: string
  /** Name of the recipe as it applies to the image; with the image id, it identifies the content. */
  name: string
  recipe: Recipe
  /** Modification time of the original, in whole seconds, as milliseconds since 1970. */
  modifiedMs: number
  /**
   * Renders the picture unless it is cached. Returns the content of a small one, the open file of a larger one.
   *
   * @param signal cancels rendering, once every request for it is aborted
   * @throws TintypeError `image_not_found` where the image was deleted meanwhile, `project_damaged`, `busy`,
   *   `image_too_slow`, `storage_full`; the signal's reason
   */
  open(signal?: AbortSignal): Promise<Buffer<ArrayBuffer> | ReadableFile>
}

export interface Renders extends Pick<RenderOrigins, 'choose' | 'chooseNow'>, FocalPoints {
  /**
   * Finds a render without opening or rendering it.
   *
   * @throws TintypeError `image_not_found`, also where the state is not the newest any more: the guard then judges again
   */
  find(project: ReadableState, imageId: string, recipe: Recipe): Promise<Render>
  /**
   * Finds a cached render, synchronously. Undefined says nothing.
   *
   * @param project newest state at the request
   */
  findCached(project: ReadableState, imageId: string, recipe: Recipe): RenderInMemory | undefined
  /** Hits and misses since the start, of the memory cache and of the disk cache, and content of the former. */
  stats(): { memory: CacheStats & { entries: number; bytes: number }; disk: CacheStats }
  /** Finishes writes to the disk cache. */
  close(): Promise<void>
}

interface CacheStats {
  hits: number
  misses: number
}

export interface RenderInMemory extends Omit<Render, 'open'> {
  body: Buffer<ArrayBuffer>
}

interface CachedRender {
  name: string
  body: Buffer<ArrayBuffer>
  modifiedMs: number
  /** Newest revision of the project that is known to contain the image. */
  revision: number
}

/** Overhead of one cached render, about, in bytes. */
const ENTRY_BYTES = 1000

export const createRenders = (options: RendersOptions): Renders => {
  const { store, encoders, cache, prefetched = [], background = '#ffffff' } = options
  const cacheBytes = options.cacheBytes ?? 16 * 2 ** 20
  const maxBodyBytes = cacheBytes === 0 ? -1 : (options.maxBodyBytes ?? 128 * 1024)
  const memory = new LRUCache<string, CachedRender>({
    maxSize: Math.max(1, cacheBytes),
    sizeCalculation: ({ body }, key) => body.length + key.length * 2 + ENTRY_BYTES,
  })

  const origins = createRenderOrigins(store)
  const ending = new AbortController()
  const prefetching = new Set<Promise<void>>()
  const counts = { hits: 0, misses: 0 }

  /** An original in a state that is still the newest. */
  const requireOriginal = async (project: ReadableState, imageId: string): Promise<StoredFile> => {
    const { project_id: projectId, revision } = project
    const original = await store.statVariant(projectId, imageId, 'original', revision)
    if (!original) throw unknownImage(projectId, imageId)
    return original
  }

  /** Opens a render of an image that was found in a state; newer states change nothing but that it may be deleted. */
  const openFile = async (
    { projectId, imageId, origin }: { projectId: string; imageId: string; origin: Origin },
    recipe: Recipe,
    original: StoredFile,
    signal?: AbortSignal,
  ) => {
    const isWanted = async () => (await store.statVariant(projectId, imageId, 'original')) !== undefined
    if (!(await isWanted())) throw unknownImage(projectId, imageId)
    const size = origin === 'original' ? origin : 'source'
    try {
      // The original as PNG is the source itself.
      const stored = isSource(recipe) ? await store.openVariant(projectId, imageId, 'source') : undefined
      if (stored) return stored
      return await cache.get(
        { projectId, imageId, name: recipeName(recipe) },
        {
          make: (target, signal) =>
            store.withLocalFile({ projectId, imageId, size }, async (source) => {
              const { content } = await encoders.render({ source, target, recipe }, signal)
              return content
            }),
          modifiedMs: original.modifiedMs,
          isWanted,
          signal,
        },
      )
    } catch (error) {
      // The image may have been deleted before the encoder had read it.
      if (!(await isWanted())) throw unknownImage(projectId, imageId)
      throw error
    }
  }

  const find = async (project: ReadableState, imageId: string, recipe: Recipe): Promise<Render> => {
    const { project_id: projectId } = project
    const key = keyOf(projectId, imageId, recipeName(recipe))
    const cached = memory.get(key)
    if (cached && cached.revision !== project.revision) {
      const original = await requireOriginal(project, imageId)
      if (!renew(cached, original, project.revision)) memory.delete(key)
    }
    if (cached?.revision === project.revision) {
      counts.hits++
      const { name, modifiedMs } = cached
      return { imageId, name, recipe, modifiedMs, open: () => Promise.resolve(cached.body) }
    }
    const original = await requireOriginal(project, imageId)
    const origin = await origins.find(projectId, imageId)
    const applied = recipeFrom(recipe, origin, background)
    const name = recipeName(applied)
    const modifiedMs = inSeconds(original.modifiedMs)
    counts.misses++
    return {
      imageId,
      name,
      recipe,
      modifiedMs,
      async open(signal) {
        const file = await openFile({ projectId, imageId, origin }, applied, original, signal)
        const isRead = Buffer.isBuffer(file)
        if ((isRead ? file.length : file.bytes) > maxBodyBytes) return file
        const body = isRead ? file : await readWhole(file)
        memory.set(key, { name, body, modifiedMs, revision: project.revision })
        return body
      },
    }
  }

  const prefetchEach = async (projectId: string, imageId: string): Promise<void> => {
    const { signal } = ending
    for (const recipe of prefetched) {
      // Waits at low priority, then renders at the usual one: a request for this render joins it without further
      // waiting.
      await encoders.turn({ priority: 'prefetch', signal })
      const state = store.current(projectId) ?? (await store.project(projectId))
      if (!state) throw unknownProject(projectId)
      const project = requireReadable(state, undefined)
      const point = (await store.focalPoint(project, imageId)) ?? null
      const content = await (await find(project, imageId, recipeAt(recipe, point))).open(signal)
      if (!Buffer.isBuffer(content)) await content.close()
    }
  }

  const prefetch = (projectId: string, imageId: string): void => {
    const making = prefetchEach(projectId, imageId)
      .catch(() => {})
      .finally(() => prefetching.delete(making))
    prefetching.add(making)
  }

  const prefetchAdded: ChangeListener = ({ projectId, revisions }) => {
    for (const event of revisions.flatMap(({ events }) => events))
      if (event.type === 'image.added') prefetch(projectId, event.image_id)
  }

  if (prefetched.length > 0) store.watchCommits(prefetchAdded, { signal: ending.signal })

  return {
    ...origins,
    find,
    focalPoint: store.focalPoint,
    focalPointNow: store.focalPointNow,

    findCached({ project_id: projectId, revision }, imageId, recipe) {
      const cached = memory.get(keyOf(projectId, imageId, recipeName(recipe)))
      if (!cached) return undefined
      if (cached.revision !== revision) {
        const original = store.currentVariant(projectId, imageId, 'original', true, revision)
        if (!original || !renew(cached, original, revision)) return undefined
      }
      counts.hits++
      const { name, modifiedMs, body } = cached
      return { imageId, name, recipe, modifiedMs, body }
    },

    stats: () => ({
      memory: { ...counts, entries: memory.size, bytes: memory.calculatedSize },
      disk: cache.stats(),
    }),

    async close() {
      ending.abort(new Error('the server is shutting down'))
      await Promise.all(prefetching)
      await cache.close()
    },
  }
}

/** Validates a cached render for a revision. False where that revision has another original. */
const renew = (cached: CachedRender, original: StoredFile, revision: number): boolean => {
  if (inSeconds(original.modifiedMs) !== cached.modifiedMs) return false
  cached.revision = revision
  return true
}

const keyOf = (projectId: string, imageId: string, name: string): string => `${projectId}/${imageId}/${name}`

const inSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000
