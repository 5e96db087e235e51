// Disk cache of renders, bounded. Everything here can be made again, so the whole folder may be deleted at any moment,
// while servers run too.
//
//   .cache/<project folder>/<image id>/<name>           a finished render; its access time is the time of the last use
//   .cache/<project folder>/<image id>/<name>.making    the process that makes it, as in .tmp/<owner>/owner.json
//
// A file is made in the workspace and appears complete, by one rename. The folder of an image is removed with the image
// (removal.ts); a render under way at that moment is removed when it is finished.

import { existsSync, utimesSync } from 'node:fs'
import { mkdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Logger } from '../../telemetry/logger.ts'
import { codeOf, removeFile, removeFolder, storeError, sync } from '../file/fs/durable.ts'
import { openPlainFile, readPlainFileNow } from '../file/fs/no-follow.ts'
import { createPaths } from '../file/paths.ts'
import { createWorkspace, newToken } from '../file/staging/workspace.ts'
import type { ReadableFile } from '../store.ts'
import { createEviction } from './eviction.ts'
import { createMarks } from './making-marks.ts'
import { createSingleFlight } from './single-flight.ts'

export interface RenderCacheOptions {
  /** Folder of the store. */
  storageDir: string
  log: Logger
  /** Limit on the cache, in bytes; 0 keeps nothing. @default 2147483648 (2 GiB) */
  maxBytes?: number
  /** Longest wait for a render of another process, in milliseconds; then it is made here too. @default 60000 */
  waitMs?: number
}

export interface CacheKey {
  projectId: string
  imageId: string
  /** File name, with its extension. */
  name: string
}

export interface MakeOptions {
  /** Writes the whole file to `target`, which does not exist yet, until the signal aborts. */
  make(target: string, signal: AbortSignal): Promise<unknown>
  /** Modification time for the file, in milliseconds since 1970: that of its original. */
  modifiedMs: number
  /** Called once the file is kept. False where the image was deleted meanwhile. */
  isWanted(): Promise<boolean>
  /** Of the caller: a render that no caller waits for any more is cancelled. */
  signal?: AbortSignal
}

export interface RenderCache {
  /** Opens a render, undefined where it is not cached. Close the file. */
  find(key: CacheKey): Promise<ReadableFile | undefined>
  /**
   * Opens a render, or makes it: once for any number of callers in any number of processes. A small one that was just made
   * is returned as bytes.
   *
   * @throws what `make` throws; the signal's reason
   */
  get(key: CacheKey, options: MakeOptions): Promise<ReadableFile | Buffer<ArrayBuffer>>
  /** Hits and misses since the start. */
  stats(): { hits: number; misses: number }
  /** Resolves once every file under way is kept. */
  close(): Promise<void>
}

/** Precision of the time of the last use, in milliseconds: it costs a write. */
const TOUCH_MS = 60_000

/** Largest new render that is returned as bytes. */
const SMALL_BYTES = 128 * 1024

/** Attempts where the folder is deleted under way. */
const ATTEMPTS = 3

export const createRenderCache = (options: RenderCacheOptions): RenderCache => {
  const { log } = options
  const maxBytes = options.maxBytes ?? 2 * 2 ** 30
  const paths = createPaths(options.storageDir)
  const workspace = createWorkspace({ paths })
  const eviction = createEviction({ folder: paths.cache, maxBytes, log })
  const marks = createMarks({ waitMs: options.waitMs ?? 60_000 })
  const singleFlight = createSingleFlight<string>()
  const counts = { hits: 0, misses: 0 }

  /** The workspace, made for the first render, as many servers make none, and again where it was swept. */
  const openWorkspace = async (): Promise<string> => {
    if (!existsSync(workspace.path)) await removeFolder(await workspace.folder())
    return workspace.path
  }

  const folderOf = ({ projectId, imageId }: CacheKey): string => paths.cached(projectId, imageId)
  const pathOf = (key: CacheKey): string => join(folderOf(key), key.name)
  // `existsSync`: 10 microseconds for a miss, instead of a trip through the thread pool.
  const find = async (key: CacheKey) => (maxBytes === 0 || !existsSync(pathOf(key)) ? undefined : openFile(pathOf(key)))

  const keep = async (made: string, key: CacheKey, isWanted: () => Promise<boolean>): Promise<void> => {
    // Without it a power cut could leave an empty file under the final name.
    await sync(made)
    const { size } = await stat(made)
    await moveTo(made, pathOf(key))
    if (await isWanted()) eviction.added(size)
    else await removeFolder(folderOf(key))
  }

  /** Returns the path of the render: the temporary one where it was made here, because keeping it takes time. */
  const make = async (key: CacheKey, { make, modifiedMs, isWanted }: MakeOptions, signal: AbortSignal) => {
    const mark = maxBytes === 0 ? undefined : await marks.take(pathOf(key), signal)
    if (mark?.finished) return pathOf(key)
    let made: string | undefined
    const release = async () => {
      if (made !== undefined) await removeFile(made).catch(() => {})
      await mark?.release()
    }
    try {
      made = join(await openWorkspace(), newToken())
      signal.throwIfAborted()
      await make(made, signal)
      // Whole seconds, as in HTTP dates: all copies of a render have the same time.
      utimesSync(made, new Date(), Math.floor(modifiedMs / 1000))
    } catch (error) {
      await release()
      throw error
    }
    const path = made
    const finish = async () => {
      if (maxBytes > 0)
        await keep(path, key, isWanted).catch(async (error: unknown) => {
          // The folder is removed with the image.
          if (await isWanted().catch(() => true))
            log.warn({ error, ...key }, 'could not cache a render; sending it uncached')
        })
      await release()
    }
    return { path, finish }
  }

  return {
    find,

    async get(key, options) {
      for (let attempt = 1; ; attempt++) {
        const cached = await find(key)
        if (attempt === 1) counts[cached ? 'hits' : 'misses']++
        if (cached) return cached
        const file = await singleFlight.join(
          pathOf(key),
          (signal) => make(key, options, signal),
          async (path) => readPlainFileNow(path, SMALL_BYTES) ?? (await openFresh(path)) ?? openFile(pathOf(key)),
          options.signal,
        )
        if (file) return file
        // Removed in between, by an operator or an eviction.
        if (attempt === ATTEMPTS) throw storeError(new Error('renders vanish from the cache'))
      }
    },

    stats: () => ({ ...counts }),

    async close() {
      await singleFlight.idle()
      await eviction.idle()
      await workspace.close()
    },
  }
}

const moveTo = async (from: string, to: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    await mkdir(dirname(to), { recursive: true })
    try {
      return await rename(from, to)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error
    }
  }
}

/** Opens a render that was just made. */
const openFresh = (path: string): Promise<ReadableFile | undefined> =>
  openPlainFile(path).catch((error: unknown) => {
    throw storeError(error)
  })

const openFile = async (path: string): Promise<ReadableFile | undefined> => {
  try {
    const file = await openPlainFile(path)
    if (!file) return undefined
    const { mtime, atimeMs } = await file.handle.stat()
    const now = Date.now()
    // Set explicitly, because most disks are mounted with `relatime` or `noatime`.
    if (now - atimeMs > TOUCH_MS) await file.handle.utimes(new Date(now), mtime).catch(() => {})
    return file
  } catch (error) {
    throw storeError(error)
  }
}
