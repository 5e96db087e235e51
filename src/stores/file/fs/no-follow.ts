// Files and folders of the store that are what they seem: a symbolic link, or a pipe, planted in their place is not
// followed, so that nothing beside the store is sent to anybody or written to.

import { closeSync, constants, lstatSync, openSync, readSync, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { ReadableFile } from '../../store.ts'
import { codeOf } from './durable.ts'

/** A pipe that nobody writes to would be waited for, by a thread that file calls share, for ever. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Bytes of one piece: a slow reader holds no more than one of them, and what the socket holds. */
const PIECE_BYTES = 128 * 1024

export interface PlainFile extends ReadableFile {
  handle: FileHandle
}

/** Undefined where there is no such file, or something else in its place. @throws other errors of the system */
export const openPlainFile = async (path: string): Promise<PlainFile | undefined> => {
  const handle = await open(path, FLAGS).catch((error: unknown) => {
    if (!ABSENT.has(codeOf(error) ?? '')) throw error
  })
  if (!handle) return undefined
  try {
    const stats = await handle.stat()
    if (stats.isFile()) return plainFile(handle, stats)
  } catch (error) {
    await handle.close()
    throw error
  }
  await handle.close()
  return undefined
}

const plainFile = (handle: FileHandle, { size, mtimeMs }: Stats): PlainFile => ({
  handle,
  bytes: size,
  modifiedMs: mtimeMs,

  async *read(start, end) {
    for (let at = start; at < end; ) {
      // Not from Node's pool: a piece can be all of a picture that stays in memory.
      const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, end - at))
      const { bytesRead } = await handle.read(piece, 0, piece.length, at)
      if (bytesRead === 0) throw new Error(`the file ends at byte ${at}, when it was opened it had ${size}`)
      at += bytesRead
      yield piece.subarray(0, bytesRead)
    }
  },

  close: () => handle.close(),
})

/** Stats of a plain file, without opening it. Synchronous: a microsecond or two. */
export const plainFileStats = (path: string): Stats | undefined => {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isFile() ? stats : undefined
}

/**
 * All of a small file that was written a moment ago, so that it is in memory: the four trips through the thread pool are
 * spared, to open, look at, read and close it. Undefined for a larger one, and where anything is unusual.
 */
export const readPlainFileNow = (path: string, maxBytes: number): Buffer<ArrayBuffer> | undefined => {
  try {
    const bytes = plainFileStats(path)?.size
    if (bytes === undefined || bytes > maxBytes) return undefined
    const file = openSync(path, FLAGS)
    try {
      // Not from Node's pool, of which a small body would hold 8 KiB.
      const body = Buffer.allocUnsafeSlow(bytes)
      return readSync(file, body) === bytes ? body : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    // Whoever opens it the usual way meets the same, and can say so.
    return undefined
  }
}

/** False where a symbolic link is in the folder's place. What can't be looked at is met by whoever uses it. */
export const isPlainFolder = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true
  } catch {
    return true
  }
}

/** Nothing is there; a symbolic link; a pipe or socket without its other end. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ELOOP', 'ENXIO'])
