// Pictures made from originals: small ones from memory, others from the disk cache, new ones by an encoder.

import { LRUCache } from 'lru-cache'
import { unknownImage, unknownProject } from '../../core/not-found.ts'
import type { ProjectState } from '../../core/project/state.ts'
import { type Recipe, recipeName } from '../../core/transform/recipe.ts'
import type { EncoderPool } from '../../image/encoder.ts'
import type { RenderCache } from '../../stores/render-cache/render-cache.ts'
import type { ReadableFile, Store, StoredFile } from '../../stores/store.ts'
import type { ChangeListener } from '../../stores/watch.ts'
import { readWhole } from './variants.ts'

export interface RendersOptions {
  store: Store
  encoders: EncoderPool
  cache: RenderCache
  /**
   * Made of each image that this process adds, one after the other, when no upload and no transform waits. What fails, or
   * would wait behind too much, is made at its first use. @default none
   */
  prefetched?: readonly Recipe[]
  /** Memory for small pictures, in bytes; 0 keeps none. @default 16777216 (16 MiB) */
  cacheBytes?: number
  /** Largest picture that is kept in memory, in bytes. @default 131072 (128 KiB) */
  maxBodyBytes?: number
}

export interface Render {
  imageId: string
  /** Of the recipe: with the image's id, it says which bytes these are. */
  name: string
  recipe: Recipe
  /** Of the original, in whole seconds, as milliseconds since 1970. */
  modifiedMs: number
  /**
   * The picture, made now where it is not kept: the bytes of a small one, the open file of another.
   *
   * @param signal of the request: what nobody waits for any more is not made
   * @throws TintypeError `image_not_found` where it was deleted meanwhile, `project_damaged`, `busy`,
   *   `image_too_slow`, `storage_full`; the signal's reason
   */
  open(signal?: AbortSignal): Promise<Buffer<ArrayBuffer> | ReadableFile>
}

export interface Renders {
  /**
   * Opens and makes nothing.
   *
   * @param project newest state at the request
   * @throws TintypeError `project_not_found` where it was deleted since, `image_not_found`
   */
  find(project: ProjectState, imageId: string, recipe: Recipe): Promise<Render>
  /**
   * Without a wait, where it is in memory and everybody may see it. Undefined says nothing.
   *
   * @param share see {@link Store.current}
   */
  peek(projectId: string, imageId: string, recipe: Recipe, share?: boolean): RenderInMemory | undefined
  /** Since the start: pictures given out from memory and not, what is in it now, and the same of the disk cache. */
  stats(): { memory: CacheStats & { entries: number; bytes: number }; disk: CacheStats }
  /** Finishes what is being kept. */
  close(): Promise<void>
}

interface CacheStats {
  hits: number
  misses: number
}

export interface RenderInMemory extends Omit<Render, 'open'> {
  body: Buffer<ArrayBuffer>
}

interface Kept {
  body: Buffer<ArrayBuffer>
  modifiedMs: number
  /** Newest revision of the project in which the image was seen to be there. */
  revision: number
}

/** The objects around the bytes of one picture, about. */
const ENTRY_BYTES = 1000

export const createRenders = (options: RendersOptions): Renders => {
  const { store, encoders, cache, prefetched = [] } = options
  const cacheBytes = options.cacheBytes ?? 16 * 2 ** 20
  const maxBodyBytes = cacheBytes === 0 ? -1 : (options.maxBodyBytes ?? 128 * 1024)
  const memory = new LRUCache<string, Kept>({
    maxSize: Math.max(1, cacheBytes),
    sizeCalculation: ({ body }, key) => body.length + key.length * 2 + ENTRY_BYTES,
  })

  const ending = new AbortController()
  const prefetching = new Set<Promise<void>>()
  const counts = { hits: 0, misses: 0 }

  const requireProject = async (projectId: string): Promise<ProjectState> => {
    const project = store.current(projectId) ?? (await store.project(projectId))
    if (!project) throw unknownProject(projectId)
    return project
  }

  const requireOriginal = async (projectId: string, imageId: string): Promise<StoredFile> => {
    const original = await store.findVariant(projectId, imageId, 'original')
    if (original) return original
    await requireProject(projectId)
    throw unknownImage(projectId, imageId)
  }

  const openFile = async (project: ProjectState, imageId: string, recipe: Recipe, signal?: AbortSignal) => {
    const { project_id: projectId } = project
    const original = await requireOriginal(projectId, imageId)
    const isWanted = async () => (await store.findVariant(projectId, imageId, 'original')) !== undefined
    try {
      return await cache.get(
        { projectId, imageId, name: recipeName(recipe) },
        {
          make: (target, signal) =>
            store.withLocalFile({ projectId, imageId, size: 'original' }, (source) =>
              encoders.render({ source, target, recipe }, signal),
            ),
          modifiedMs: original.modifiedMs,
          isWanted,
          signal,
        },
      )
    } catch (error) {
      // Deleted before the encoder had read it.
      if (!(await isWanted())) throw unknownImage(projectId, imageId)
      throw error
    }
  }

  const find = async (project: ProjectState, imageId: string, recipe: Recipe): Promise<Render> => {
    const { project_id: projectId } = project
    const name = recipeName(recipe)
    const key = keyOf(projectId, imageId, name)
    const kept = memory.get(key)
    if (kept && kept.revision !== project.revision) {
      const original = await store.findVariant(projectId, imageId, 'original')
      if (!original || !renew(kept, original, project.revision)) memory.delete(key)
    }
    if (kept?.revision === project.revision) {
      counts.hits++
      return { imageId, name, recipe, modifiedMs: kept.modifiedMs, open: () => Promise.resolve(kept.body) }
    }
    const { modifiedMs } = await requireOriginal(projectId, imageId)
    counts.misses++
    return {
      imageId,
      name,
      recipe,
      modifiedMs: inSeconds(modifiedMs),
      async open(signal) {
        const file = await openFile(project, imageId, recipe, signal)
        const isRead = Buffer.isBuffer(file)
        if ((isRead ? file.length : file.bytes) > maxBodyBytes) return file
        const body = isRead ? file : await readWhole(file)
        memory.set(key, { body, modifiedMs: inSeconds(modifiedMs), revision: project.revision })
        return body
      },
    }
  }

  const prefetchEach = async (projectId: string, imageId: string): Promise<void> => {
    const { signal } = ending
    for (const recipe of prefetched) {
      // A turn first and then a usual place in the line: whoever asks for the same meanwhile waits behind nobody else.
      await encoders.turn({ priority: 'prefetch', signal })
      const content = await (await find(await requireProject(projectId), imageId, recipe)).open(signal)
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
    find,

    peek(projectId, imageId, recipe, share) {
      const name = recipeName(recipe)
      const kept = memory.get(keyOf(projectId, imageId, name))
      if (!kept) return undefined
      const project = store.current(projectId, share)
      if (!project || project.visibility === 'private') return undefined
      if (kept.revision !== project.revision) {
        const original = store.currentVariant(projectId, imageId, 'original', true)
        if (!original || !renew(kept, original, project.revision)) return undefined
      }
      counts.hits++
      return { imageId, name, recipe, modifiedMs: kept.modifiedMs, body: kept.body }
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

/** Makes what is in memory good for a revision too. False where the original of that revision is another one. */
const renew = (kept: Kept, original: StoredFile, revision: number): boolean => {
  if (inSeconds(original.modifiedMs) !== kept.modifiedMs) return false
  kept.revision = revision
  return true
}

const keyOf = (projectId: string, imageId: string, name: string): string => `${projectId}/${imageId}/${name}`

const inSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000
