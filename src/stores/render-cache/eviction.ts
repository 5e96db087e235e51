// Evicts the least recently used renders once the cache exceeds its limit.
//
// Processes share no counter. Each scans the folder when it has added a fraction of the limit, so the cache never exceeds
// the limit by more than that fraction for each process.

import type { Dirent } from 'node:fs'
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../../telemetry/logger.ts'
import { unlessMissing } from '../file/fs/durable.ts'
import { isPlainFolder } from '../file/fs/no-follow.ts'
import { MARK } from './making-marks.ts'

export interface EvictionOptions {
  folder: string
  /** Limit on all files together, in bytes. */
  maxBytes: number
  log: Logger
}

export interface Eviction {
  /** Reports a file that was added. Does not wait for an eviction. */
  added(bytes: number): void
  /** Resolves once no eviction is under way. */
  idle(): Promise<void>
}

interface Entry {
  path: string
  bytes: number
  usedMs: number
}

/** Bytes that a process adds between two scans, as a fraction of the limit. */
const SCAN_AFTER = 1 / 32

/** Bytes that remain after an eviction, as a fraction of the limit. */
const KEEP = 0.9

/** Block size of most disks, which even the smallest file takes. */
const BLOCK_BYTES = 4096

/** Age from which a mark is abandoned, in milliseconds. */
const OLD_MARK_MS = 3_600_000

export const createEviction = ({ folder, maxBytes, log }: EvictionOptions): Eviction => {
  // The first file triggers a scan: the folder may be full already.
  let sinceScan = Number.POSITIVE_INFINITY
  let running: Promise<void> | undefined

  const evict = async (): Promise<void> => {
    const entries = await entriesOf(folder)
    let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
    if (bytes <= maxBytes) return
    const before = bytes
    for (const entry of entries.sort((one, other) => one.usedMs - other.usedMs)) {
      if (bytes <= maxBytes * KEEP) break
      await unlink(entry.path).catch(unlessMissing)
      bytes -= entry.bytes
    }
    await removeEmpty(folder)
    log.debug({ before, after: bytes }, 'evicted renders from the cache')
  }

  const scan = async (): Promise<void> => {
    sinceScan = 0
    await evict().catch((error: unknown) =>
      log.warn({ error }, 'could not evict renders from the cache; trying again later'),
    )
  }

  return {
    added(bytes) {
      sinceScan += onDisk(bytes)
      if (running || sinceScan < maxBytes * SCAN_AFTER) return
      running = scan().finally(() => {
        running = undefined
      })
    },
    async idle() {
      await running
    },
  }
}

const entriesOf = async (folder: string): Promise<Entry[]> => {
  const entries: Entry[] = []
  for (const image of await imageFolders(folder))
    for (const name of await filesIn(image)) {
      const path = join(image, name)
      const found = await lstat(path).catch(unlessMissing)
      if (!found) continue
      if (!name.endsWith(MARK))
        entries.push({ path, bytes: onDisk(found.size), usedMs: Math.max(found.atimeMs, found.mtimeMs) })
      else if (Date.now() - found.mtimeMs > OLD_MARK_MS) await unlink(path).catch(unlessMissing)
    }
  return entries
}

const onDisk = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES

const imageFolders = async (folder: string): Promise<string[]> => {
  const folders: string[] = []
  for (const project of await foldersIn(folder))
    for (const image of await foldersIn(join(folder, project))) folders.push(join(folder, project, image))
  return folders
}

/** Removes empty folders. One that gets a file at the same time is not empty, or is made again. */
const removeEmpty = async (folder: string): Promise<void> => {
  for (const project of await foldersIn(folder)) {
    for (const image of await foldersIn(join(folder, project)))
      await rmdir(join(folder, project, image)).catch(() => {})
    await rmdir(join(folder, project)).catch(() => {})
  }
}

/** None where another process has removed the folder, or a stray file or a symbolic link is at its path. */
const entriesIn = async (folder: string): Promise<Dirent[]> =>
  isPlainFolder(folder) ? ((await readdir(folder, { withFileTypes: true }).catch(unlessMissing)) ?? []) : []

/** Names of folders; symbolic links are none. */
const foldersIn = async (folder: string): Promise<string[]> =>
  (await entriesIn(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name)

const filesIn = async (folder: string): Promise<string[]> =>
  (await entriesIn(folder)).filter((entry) => !entry.isDirectory()).map(({ name }) => name)
