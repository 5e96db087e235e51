// Files of the cache: moved in whole, and touched when they are used.

import { mkdir, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../file/fs/durable.ts'
import { openPlainFile, type PlainFile } from '../file/fs/no-follow.ts'
import type { ReadableFile } from '../store.ts'

/** Precision of the time of the last use, in milliseconds: it costs a write. */
const TOUCH_MS = 60_000

/** Attempts where the folder is deleted under way. */
const ATTEMPTS = 3

/** Moves a file into a folder, which is made. @throws errors of the system */
export const moveIn = async (from: string, to: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    await mkdir(dirname(to), { recursive: true })
    try {
      return await rename(from, to)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error
    }
  }
}

/** Opens a cached file, and records the time of its use. @throws errors of the system */
export const openUsed = async (path: string): Promise<ReadableFile | undefined> => {
  const file = await openPlainFile(path)
  if (!file) return undefined
  // Set explicitly, because most disks are mounted with `relatime` or `noatime`.
  await touch(file).catch(() => {})
  return file
}

const touch = async ({ handle }: PlainFile): Promise<void> => {
  const { mtime, atimeMs } = await handle.stat()
  const now = Date.now()
  if (now - atimeMs > TOUCH_MS) await handle.utimes(new Date(now), mtime)
}
