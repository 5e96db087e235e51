// Originals and sources on the local disk: which there are, and when each was used last.
//
// The time of the last use is the access time of the file, set by the program: most disks are mounted with `relatime` or
// `noatime`.

import { readdirSync } from 'node:fs'
import { stat, utimes } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { isImageId, LARGE } from '../../core/names.ts'
import { namesIn } from '../file/fs/names-in.ts'
import { isPlainFolder, plainFileStats } from '../file/fs/no-follow.ts'
import { type Paths, projectIdOf } from '../file/paths.ts'

/** Those of one image. */
export interface LocalOriginals {
  projectId: string
  imageId: string
  /** Of both. */
  bytes: number
  /** Newest use of either, in milliseconds since 1970. */
  usedMs: number
}

/** Files that are inspected in one turn of the event loop: about a millisecond. */
const AT_ONCE = 200

/** Finds those of all projects. */
export const findLocalOriginals = async (paths: Paths): Promise<LocalOriginals[]> => {
  const found: LocalOriginals[] = []
  let inspected = 0
  for (const folder of await namesIn(paths.projects)) {
    const projectId = projectIdOf(folder)
    if (projectId === undefined || !isPlainFolder(paths.project(projectId))) continue
    const imageIds = new Set(LARGE.flatMap((name) => imagesIn(paths.variants(projectId, name))))
    for (const imageId of imageIds) {
      const originals = localOriginals(paths, projectId, imageId)
      if (originals.bytes > 0) found.push(originals)
      if (++inspected % AT_ONCE === 0) await setImmediate()
    }
  }
  return found
}

/** Those of one image as they are now. Synchronous: a few microseconds. */
export const localOriginals = (paths: Paths, projectId: string, imageId: string): LocalOriginals => {
  const stats = LARGE.flatMap((name) => plainFileStats(paths.variant(projectId, imageId, name)) ?? [])
  return {
    ...{ projectId, imageId },
    bytes: stats.reduce((sum, { size }) => sum + size, 0),
    usedMs: Math.max(0, ...stats.map(({ atimeMs, mtimeMs }) => Math.max(atimeMs, mtimeMs))),
  }
}

/** None where there is no such folder, or it cannot be read. */
const imagesIn = (folder: string): string[] => {
  if (!isPlainFolder(folder)) return []
  try {
    return readdirSync(folder)
      .flatMap((name) => name.split('.')[0] ?? '')
      .filter(isImageId)
  } catch {
    return []
  }
}

/** Notes the use of a file. Never throws. */
export type NoteUse = (path: string) => void

/** Precision of the time of the last use, in milliseconds: it costs a write. */
const NOTE_MS = 60_000

export const createNoteUse = (): NoteUse => {
  const noted = new LRUCache<string, true>({ max: 10_000, ttl: NOTE_MS })
  const touch = async (path: string): Promise<void> => {
    const { mtime } = await stat(path)
    await utimes(path, new Date(), mtime)
  }
  return (path) => {
    if (noted.has(path)) return
    noted.set(path, true)
    // Where it is gone, there is nothing to keep.
    touch(path).catch(() => noted.delete(path))
  }
}
