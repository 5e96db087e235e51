// Room in the cache: what was not wanted for longest goes, once there is more than the bound.
//
// Nothing is counted over process borders. Each process looks through the folder itself when it has added a fraction of
// the bound, so that the cache is never larger than the bound and such a fraction for each process.

import { readdir, rmdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../../telemetry/logger.ts'
import { unlessMissing } from '../file/fs/durable.ts'
import { MARK } from './making-marks.ts'

export interface EvictionOptions {
  folder: string
  /** Bound of all files together. */
  maxBytes: number
  log: Logger
}

export interface Eviction {
  /** To be called for each file that was added, with its size. Does not wait for room to be made. */
  added(bytes: number): void
  /** Resolves once no room is being made. */
  idle(): Promise<void>
}

interface Entry {
  path: string
  bytes: number
  usedMs: number
}

/** What a process adds before it looks, as a part of the bound. */
const LOOK_AFTER = 1 / 32

/** What is left after room was made, as a part of the bound. */
const LEAVE = 0.9

/** A block of most disks: what even an empty file takes. */
const BLOCK_BYTES = 4096

/** A mark this old was left behind. */
const OLD_MARK_MS = 3_600_000

export const createEviction = ({ folder, maxBytes, log }: EvictionOptions): Eviction => {
  // Nothing is known before the first look.
  let sinceLook = Number.POSITIVE_INFINITY
  let running: Promise<void> | undefined

  const makeRoom = async (): Promise<void> => {
    const entries = await entriesOf(folder)
    let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0)
    if (bytes <= maxBytes) return
    const before = bytes
    for (const entry of entries.sort((one, other) => one.usedMs - other.usedMs)) {
      if (bytes <= maxBytes * LEAVE) break
      await unlink(entry.path).catch(unlessMissing)
      bytes -= entry.bytes
    }
    await removeEmpty(folder)
    log.debug({ before, after: bytes }, 'made room in the cache')
  }

  const look = async (): Promise<void> => {
    sinceLook = 0
    await makeRoom().catch((error: unknown) => log.warn({ error }, 'could not make room in the cache'))
  }

  return {
    added(bytes) {
      sinceLook += onDisk(bytes)
      if (running || sinceLook < maxBytes * LOOK_AFTER) return
      running = look().finally(() => {
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
    for (const name of await namesIn(image)) {
      const path = join(image, name)
      const found = await stat(path).catch(unlessMissing)
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
  for (const project of await namesIn(folder))
    for (const image of await namesIn(join(folder, project))) folders.push(join(folder, project, image))
  return folders
}

/** Folders that somebody puts a file into at this moment are not empty, or are made again. */
const removeEmpty = async (folder: string): Promise<void> => {
  for (const project of await namesIn(folder)) {
    for (const image of await namesIn(join(folder, project))) await rmdir(join(folder, project, image)).catch(() => {})
    await rmdir(join(folder, project)).catch(() => {})
  }
}

/** What another process removed first is gone as it should be; a stray file is no folder. */
const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder).catch(unlessMissing)) ?? []
