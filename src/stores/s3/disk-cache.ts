// Local disk as the first tier: copies of variants by their SHA-256, each checked against it before it is served.
//
// Safe to delete at any moment. Processes may share the folder: each bounds the copies that it knows of.

import { createHash } from 'node:crypto'
import { link, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LRUCache } from 'lru-cache'
import { TintypeError } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { codeOf, removeFolder } from '../file/fs/durable.ts'
import { openPlainFile, type PlainFile } from '../file/fs/no-follow.ts'
import { moveIn } from '../render-cache/cached-file.ts'

export interface DiskCacheOptions {
  folder: string
  /** Makes a folder for drafts on the same disk, which is not part of the cache. */
  workFolder(): Promise<string>
  /** Most bytes of the copies that this process knows of. A larger one stays while it is read. */
  maxBytes: number
  log: Logger
}

/** The content of a variant, by its record. */
export interface Content {
  sha256: string
  bytes: number
}

/** Returns the whole content. */
export type Fetch = () => AsyncIterable<Uint8Array>

export interface DiskCache {
  /** Finds the copies of earlier processes, least recently written ones first out. */
  open(): Promise<void>
  /**
   * Opens a copy, which is fetched first where there is none. Calls for one content share the fetch.
   *
   * @throws errors of `fetch`; TintypeError `project_damaged` where what it returned is not the content
   */
  file(content: Content, fetch: Fetch): Promise<PlainFile>
  /**
   * Uses a copy by a path of its own, where it stays whatever happens to the cache.
   *
   * @throws as {@link DiskCache.file}; what `use` throws
   */
  withPath<Result>(content: Content, fetch: Fetch, use: (path: string) => Promise<Result>): Promise<Result>
  /** Keeps a local file on the same disk, which has the content and is not changed any more. Never throws. */
  keep(content: Content, path: string): Promise<void>
}

/** For each further try, the copy was removed between its making and its use. */
const MOST_TRIES = 3

export const createDiskCache = ({ folder, workFolder, maxBytes, log }: DiskCacheOptions): DiskCache => {
  const pathOf = (sha256: string): string => join(folder, sha256.slice(0, 2), sha256)
  const removeCopy = (sha256: string): void => void rm(pathOf(sha256), { force: true }).catch(() => {})
  /** Copies by their SHA-256: true once this process has checked them. */
  const copies = new LRUCache<string, { isChecked: boolean }>({
    maxSize: Math.max(1, maxBytes),
    dispose: (_, sha256, reason) => {
      if (reason === 'evict') removeCopy(sha256)
    },
  })
  const making = new Map<string, Promise<void>>()

  const isSound = async (file: PlainFile, { sha256, bytes }: Content): Promise<boolean> => {
    if (file.bytes !== bytes) return false
    const hash = createHash('sha256')
    for await (const piece of file.read(0, bytes)) hash.update(piece)
    return hash.digest('hex') === sha256
  }

  /** An open copy that is sound, undefined where there is none. */
  const open = async (content: Content): Promise<PlainFile | undefined> => {
    const file = await openPlainFile(pathOf(content.sha256))
    if (!file) return undefined
    if (copies.get(content.sha256)?.isChecked || (await isSound(file, content).catch(() => false))) {
      note(content)
      return file
    }
    await file.close()
    log.warn({ sha256: content.sha256 }, 'damaged copy in the disk cache; fetching it again')
    await rm(pathOf(content.sha256), { force: true })
    return undefined
  }

  /** A copy that is larger than the whole cache goes with its reader. */
  const closed = async (file: PlainFile, { sha256, bytes }: Content): Promise<void> => {
    await file.close()
    if (bytes > maxBytes) removeCopy(sha256)
  }

  const note = ({ sha256, bytes }: Content): void =>
    void copies.set(sha256, { isChecked: true }, { size: Math.max(1, bytes) })

  const make = async (content: Content, write: (draft: string) => Promise<void>): Promise<void> => {
    const work = await workFolder()
    try {
      const draft = join(work, content.sha256)
      await write(draft)
      await moveIn(draft, pathOf(content.sha256))
    } finally {
      await removeFolder(work)
    }
    note(content)
  }

  const download = async (content: Content, fetch: Fetch, path: string): Promise<void> => {
    const hash = createHash('sha256')
    await writeFile(path, hashed(fetch(), hash), { flag: 'wx' })
    if (hash.digest('hex') !== content.sha256) throw damaged(content)
  }

  /** The copy may be missing all the same, where the cache is deleted meanwhile. */
  const fetchInto = async (content: Content, fetch: Fetch): Promise<void> => {
    await make(content, (draft) => download(content, fetch, draft)).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error
    })
  }

  const fetched = async (content: Content, fetch: Fetch): Promise<PlainFile> => {
    const { sha256 } = content
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const file = await open(content)
      if (file) return { ...file, close: () => closed(file, content) }
      const made = making.get(sha256) ?? fetchInto(content, fetch).finally(() => making.delete(sha256))
      making.set(sha256, made)
      await made
    }
    return fetchedAside(content, fetch)
  }

  /** Past the cache, where it is deleted faster than its copies are opened. */
  const fetchedAside = async (content: Content, fetch: Fetch): Promise<PlainFile> => {
    const work = await workFolder()
    try {
      const path = join(work, content.sha256)
      await download(content, fetch, path)
      const file = await openPlainFile(path)
      if (!file) throw new Error(`the work folder ${work} was removed`)
      return file
    } finally {
      await removeFolder(work)
    }
  }

  return {
    async open() {
      await mkdir(folder, { recursive: true })
      const found: { sha256: string; bytes: number; modifiedMs: number }[] = []
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        const stats = entry.isFile() ? await stat(path).catch(() => undefined) : undefined
        if (stats && /^[0-9a-f]{64}$/.test(entry.name))
          found.push({ sha256: entry.name, bytes: stats.size, modifiedMs: stats.mtimeMs })
      }
      for (const { sha256, bytes } of found.sort((a, b) => a.modifiedMs - b.modifiedMs))
        copies.set(sha256, { isChecked: false }, { size: Math.max(1, bytes) })
    },

    file: fetched,

    async withPath(content, fetch, use) {
      const work = await workFolder()
      try {
        const path = join(work, content.sha256)
        for (let tries = 0; tries < MOST_TRIES; tries++) {
          const file = await fetched(content, fetch)
          try {
            await link(pathOf(content.sha256), path)
          } catch (error) {
            if (codeOf(error) === 'ENOENT') continue
            throw error
          } finally {
            await file.close()
          }
          return await use(path)
        }
        await download(content, fetch, path)
        return await use(path)
      } finally {
        await removeFolder(work)
      }
    },

    async keep(content, path) {
      if (content.bytes > maxBytes || making.has(content.sha256)) return
      try {
        // One that is there may be damaged: it is checked when it is read.
        if (await linkIn(path, pathOf(content.sha256))) note(content)
      } catch (error) {
        log.warn({ error }, 'could not keep a copy in the disk cache')
      }
    },
  }
}

/** Links a file into a folder, which is made. False where the name is taken. */
const linkIn = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (codeOf(error) !== 'ENOENT') throw error
    await mkdir(dirname(to), { recursive: true })
    await link(from, to)
    return true
  }
}

const damaged = ({ sha256 }: Content): TintypeError =>
  new TintypeError('project_damaged', `The object with the SHA-256 ${sha256} is damaged in the bucket.`)

async function* hashed(pieces: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>) {
  for await (const piece of pieces) {
    hash.update(piece)
    yield piece
  }
}
