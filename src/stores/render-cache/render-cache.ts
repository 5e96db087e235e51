// Disk cache of renders, bounded. Everything here can be made again, so the whole folder may be deleted at any moment,
// while servers run too.
//
//   .cache/<project folder>/<image id>/<name>           a finished render; its access time is the time of the last use
//   .cache/<project folder>/<image id>/<name>.making    the process that makes it, as in .tmp/<owner>/owner.json
//
// A file is made in the workspace and appears complete, by one rename. The folder of an image is removed with the image
// (removal.ts); a render under way at that moment is removed when it is finished. A render that the disk cannot keep is
// made in memory and returned all the same.

import { existsSync, utimesSync } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { TintypeError } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { codeOf, removeFile, removeFolder, sync } from '../file/fs/durable.ts'
import { describeLink, linkBelow, openPlainFile, readPlainFileNow, refuseLinks } from '../file/fs/no-follow.ts'
import { createPaths } from '../file/paths.ts'
import { createWorkspace, newToken } from '../file/staging/workspace.ts'
import type { ReadableFile } from '../store.ts'
import { moveIn, openUsed } from './cached-file.ts'
import { createEviction } from './eviction.ts'
import { createMarks } from './making-marks.ts'
import { createSingleFlight, type FlightResult } from './single-flight.ts'

export interface RenderCacheOptions {
  /** Folder of the store. */
  storageDir: string
  log: Logger
  /** Limit on the cache, in bytes; 0 keeps nothing. @default 2147483648 (2 GiB) */
  maxBytes?: number
  /** While true, cached renders are read and none is added. @default () => false */
  isReadOnly?(): boolean
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
  /**
   * Returns the content, or writes it to `target`, which does not exist yet, until the signal aborts. Without a target it
   * returns the content.
   */
  make(target: string | undefined, signal: AbortSignal): Promise<Buffer<ArrayBuffer> | undefined>
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
   * is returned as bytes, and so is one that the disk cannot keep.
   *
   * @throws what `make` throws; the signal's reason
   */
  get(key: CacheKey, options: MakeOptions): Promise<ReadableFile | Buffer<ArrayBuffer>>
  /** Hits and misses since the start. */
  stats(): { hits: number; misses: number }
  /** Resolves once every file under way is kept. */
  close(): Promise<void>
}

type Opened = ReadableFile | Buffer<ArrayBuffer>

/** Path or content of a render. */
type Made = string | Buffer<ArrayBuffer>

type Flight = FlightResult<Made>

/** Largest new render that is returned as bytes. */
const SMALL_BYTES = 128 * 1024

/** Attempts where the folder is deleted under way. */
const ATTEMPTS = 3

/** Pause between two warnings that renders cannot be kept, in milliseconds: each request may be a reason. */
const WARN_MS = 60_000

export const createRenderCache = (options: RenderCacheOptions): RenderCache => {
  const { log, isReadOnly = () => false } = options
  const maxBytes = options.maxBytes ?? 2 * 2 ** 30
  const paths = createPaths(options.storageDir)
  const workspace = createWorkspace({ paths })
  const eviction = createEviction({ folder: paths.cache, maxBytes, log })
  const marks = createMarks({ waitMs: options.waitMs ?? 60_000 })
  const flights = createSingleFlight<Made>()
  const uncachedFlights = createSingleFlight<Buffer<ArrayBuffer>>()
  const counts = { hits: 0, misses: 0 }
  let warnedMs = Number.NEGATIVE_INFINITY

  const warn = (key: CacheKey, error?: unknown): void => {
    if (performance.now() - warnedMs < WARN_MS) return
    warnedMs = performance.now()
    log.warn({ error, ...key }, 'could not cache a render; sending it uncached')
  }

  /** Path of a new file in the workspace, which is made for the first render, as many servers make none. */
  const newPath = async (key: CacheKey): Promise<string | undefined> => {
    try {
      // Missing also where it was swept.
      if (!existsSync(workspace.path)) await removeFolder(await workspace.folder())
      return join(workspace.path, newToken())
    } catch (error) {
      warn(key, error)
      return undefined
    }
  }

  const folderOf = ({ projectId, imageId }: CacheKey): string => paths.cached(projectId, imageId)
  const pathOf = (key: CacheKey): string => join(folderOf(key), key.name)
  /** A symbolic link that leads out of the cache: nothing is read or kept behind it. */
  const linkOf = (key: CacheKey): string | undefined => linkBelow(paths.root, folderOf(key))
  // `existsSync`: 10 microseconds for a miss, instead of a trip through the thread pool.
  const find = async (key: CacheKey): Promise<ReadableFile | undefined> => {
    if (maxBytes === 0 || !existsSync(pathOf(key)) || linkOf(key)) return undefined
    return isReadOnly() ? openPlainFile(pathOf(key)) : openUsed(pathOf(key))
  }

  const keepFile = async (
    made: string,
    content: Buffer | undefined,
    key: CacheKey,
    { modifiedMs, isWanted }: MakeOptions,
  ): Promise<void> => {
    if (content) {
      // The answer is sent first.
      await setImmediate()
      // The encoder can have written a part of it.
      await writeFile(made, content)
    }
    // Whole seconds, as in HTTP dates: all copies of a render have the same time.
    utimesSync(made, new Date(), Math.floor(modifiedMs / 1000))
    // Without it a power cut could leave an empty file under the final name.
    await sync(made)
    const { size } = await stat(made)
    refuseLinks(paths.root, folderOf(key))
    await moveIn(made, pathOf(key))
    if (await isWanted()) eviction.added(size)
    else await removeFolder(folderOf(key))
  }

  /** Never throws. */
  const keep: typeof keepFile = (made, content, key, options) =>
    keepFile(made, content, key, options).catch(async (error: unknown) => {
      // The folder is removed with the image.
      if (await options.isWanted().catch(() => true)) warn(key, error)
    })

  /** Makes a render that is not kept. */
  const makeInMemory = async ({ make }: MakeOptions, signal: AbortSignal): Promise<Buffer<ArrayBuffer>> => {
    const content = await make(undefined, signal)
    if (!content) throw new TintypeError('internal', 'Expected the content of a render without a file, got nothing.')
    return content
  }

  /** Returns the path of the render: the temporary one where it was made here, because keeping it takes time. */
  const make = async (key: CacheKey, options: MakeOptions, signal: AbortSignal): Promise<Flight> => {
    const mark = await marks.take(pathOf(key), signal)
    if (mark.finished) return { value: pathOf(key) }
    const path = await newPath(key)
    const release = async () => {
      if (path !== undefined) await removeFile(path).catch(() => {})
      await mark.release()
    }
    try {
      signal.throwIfAborted()
      if (path === undefined) return { value: await makeInMemory(options, signal), finish: release }
      const content = await options.make(path, signal)
      return { value: content ?? path, finish: () => keep(path, content, key, options).finally(release) }
    } catch (error) {
      await release()
      throw error
    }
  }

  /** Undefined where the file vanishes again and again, by an operator or an eviction. @throws errors of the system */
  const getCached = async (key: CacheKey, options: MakeOptions): Promise<Opened | undefined> => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const cached = await find(key)
      if (attempt === 1) counts[cached ? 'hits' : 'misses']++
      if (cached || isReadOnly()) return cached
      const made = await flights.join(
        pathOf(key),
        (signal) => make(key, options, signal),
        async (value) => (Buffer.isBuffer(value) ? value : ((await openMade(value)) ?? find(key))),
        options.signal,
      )
      if (made) return made
    }
    return undefined
  }

  return {
    find,

    async get(key, options) {
      const link = maxBytes === 0 ? undefined : linkOf(key)
      if (link !== undefined) warn(key, new Error(describeLink(paths.root, link)))
      if (maxBytes > 0 && link === undefined) {
        try {
          const cached = await getCached(key, options)
          if (cached) return cached
        } catch (error) {
          // Errors of the encoder and aborts are final; one of the disk is not.
          if (error instanceof TintypeError || codeOf(error) === undefined) throw error
          warn(key, error)
        }
      } else counts.misses++
      return uncachedFlights.join(
        pathOf(key),
        async (signal) => ({ value: await makeInMemory(options, signal) }),
        async (value) => value,
        options.signal,
      )
    },

    stats: () => ({ ...counts }),

    async close() {
      await Promise.all([flights.idle(), uncachedFlights.idle()])
      await eviction.idle()
      if (!isReadOnly()) await workspace.close()
    },
  }
}

/** Opens a render that was just made, or reads it where it is small. */
const openMade = async (path: string): Promise<Opened | undefined> =>
  readPlainFileNow(path, SMALL_BYTES) ?? openPlainFile(path)
