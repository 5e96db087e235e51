// What was made from originals, kept on disk until there is too much of it. Everything here can be made again, so the
// whole folder may be deleted at any moment, while servers run too.
//
//   .cache/<project folder>/<image id>/<name>           a finished file; its access time says when it was last wanted
//   .cache/<project folder>/<image id>/<name>.making    somebody is at it: who, as in .tmp/<owner>/owner.json
//
// A file is made beside the process's other temporary files and comes here whole, by one rename. A deleted image's
// folder goes with it (removal.ts); what was under way at that moment is removed by whoever finishes it.

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
import { createFlights } from './single-flight.ts'

export interface RenderCacheOptions {
  /** Folder of the store. */
  storageDir: string
  log: Logger
  /** Room for what is kept, in bytes; 0 keeps nothing. @default 2147483648 (2 GiB) */
  maxBytes?: number
  /** Longest wait for a file that another process makes, in milliseconds; then it is made here too. @default 60000 */
  waitMs?: number
}

export interface CacheKey {
  projectId: string
  imageId: string
  /** Of the file, with its extension. */
  name: string
}

export interface MakeOptions {
  /** Writes the whole file to `target`, which does not exist yet. Given up where the signal aborts. */
  make(target: string, signal: AbortSignal): Promise<unknown>
  /** Time that the file is given, in milliseconds since 1970: that of its original. */
  modifiedMs: number
  /** Asked once the file is kept: false where the image was deleted meanwhile. */
  isWanted(): Promise<boolean>
  /** Of the caller: a file that nobody waits for any more is not made. */
  signal?: AbortSignal
}

export interface RenderCache {
  /** The file if it is kept. Close what you opened. */
  find(key: CacheKey): Promise<ReadableFile | undefined>
  /**
   * The file, made at first: once, however many ask for it at the same time in however many processes. One that was made
   * a moment ago and is small is read already.
   *
   * @throws what `make` throws; the signal's reason
   */
  get(key: CacheKey, options: MakeOptions): Promise<ReadableFile | Buffer<ArrayBuffer>>
  /** Since the start: files that were there when they were asked for, and not. */
  stats(): { hits: number; misses: number }
  /** Finishes what is being kept. */
  close(): Promise<void>
}

/** How exactly the time of the last use is known, in milliseconds; a write for each read would be too much. */
const TOUCH_MS = 60_000

/** Files up to this size are read at once, where they were made a moment ago, in bytes. */
const SMALL_BYTES = 128 * 1024

/** How often a folder that was deleted under way is made again. */
const ATTEMPTS = 3

export const createRenderCache = (options: RenderCacheOptions): RenderCache => {
  const { log } = options
  const maxBytes = options.maxBytes ?? 2 * 2 ** 30
  const paths = createPaths(options.storageDir)
  const workspace = createWorkspace({ paths })
  const eviction = createEviction({ folder: paths.cache, maxBytes, log })
  const marks = createMarks({ waitMs: options.waitMs ?? 60_000 })
  const flights = createFlights<string>()
  const counts = { hits: 0, misses: 0 }

  /** This process's folder, made with the first picture (many a server is never asked for any), and again if it was swept. */
  const room = async (): Promise<string> => {
    if (!existsSync(workspace.path)) await removeFolder(await workspace.folder())
    return workspace.path
  }

  const folderOf = ({ projectId, imageId }: CacheKey): string => paths.cached(projectId, imageId)
  const pathOf = (key: CacheKey): string => join(folderOf(key), key.name)
  // Synchronous where there is nothing to be found: 10 microseconds instead of a trip through the thread pool.
  const find = async (key: CacheKey) => (maxBytes === 0 || !existsSync(pathOf(key)) ? undefined : openFile(pathOf(key)))

  const keep = async (made: string, key: CacheKey, isWanted: () => Promise<boolean>): Promise<void> => {
    // Else a power cut could leave an empty file under a name that says it is whole.
    await sync(made)
    const { size } = await stat(made)
    await moveTo(made, pathOf(key))
    if (await isWanted()) eviction.added(size)
    else await removeFolder(folderOf(key))
  }

  /** The path of the file: still the temporary one where it was made here, because to keep it takes time. */
  const make = async (key: CacheKey, { make, modifiedMs, isWanted }: MakeOptions, signal: AbortSignal) => {
    const mark = maxBytes === 0 ? undefined : await marks.take(pathOf(key), signal)
    if (mark?.finished) return pathOf(key)
    let made: string | undefined
    const release = async () => {
      if (made !== undefined) await removeFile(made).catch(() => {})
      await mark?.release()
    }
    try {
      made = join(await room(), newToken())
      signal.throwIfAborted()
      await make(made, signal)
      // Whole seconds, as HTTP says times: no copy of a file is older or newer than another.
      utimesSync(made, new Date(), Math.floor(modifiedMs / 1000))
    } catch (error) {
      await release()
      throw error
    }
    const path = made
    const finish = async () => {
      if (maxBytes > 0)
        await keep(path, key, isWanted).catch(async (error: unknown) => {
          // The folder goes away under it where the image is deleted.
          if (await isWanted().catch(() => true))
            log.warn({ error, ...key }, 'a picture that was made could not be kept')
        })
      await release()
    }
    return { path, finish }
  }

  return {
    find,

    async get(key, options) {
      for (let attempt = 1; ; attempt++) {
        const kept = await find(key)
        if (attempt === 1) counts[kept ? 'hits' : 'misses']++
        if (kept) return kept
        const file = await flights.join(
          pathOf(key),
          (signal) => make(key, options, signal),
          async (path) => readPlainFileNow(path, SMALL_BYTES) ?? (await openFresh(path)) ?? openFile(pathOf(key)),
          options.signal,
        )
        if (file) return file
        // It was removed in the moment between: by somebody who empties the cache, or to make room.
        if (attempt === ATTEMPTS) throw storeError(new Error('the cache loses what is put into it'))
      }
    },

    stats: () => ({ ...counts }),

    async close() {
      await flights.idle()
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

/** One that was made a moment ago. */
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
    // Said explicitly, because most disks are mounted so that reading does not change it.
    if (now - atimeMs > TOUCH_MS) await file.handle.utimes(new Date(now), mtime).catch(() => {})
    return file
  } catch (error) {
    throw storeError(error)
  }
}
