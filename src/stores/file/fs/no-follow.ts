// Plain files and folders of the store. A symbolic link or a pipe planted at their path is not followed, so that nothing
// outside the store is served or written.

import { closeSync, constants, lstatSync, openSync, readSync, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { ReadableFile } from '../../store.ts'
import { codeOf, throwStoreError } from './durable.ts'

/** Non-blocking: opening a pipe without a writer would block a thread of the pool for ever. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Size of one chunk, in bytes: a slow reader holds one of them beside the buffer of the socket. */
const CHUNK_BYTES = 128 * 1024

export interface PlainFile extends ReadableFile {
  handle: FileHandle
}

/** Opens a plain file, undefined where there is none. @throws other errors of the system */
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
      // Not from Node's pool: a chunk can be a whole picture that is kept in memory.
      const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - at))
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at).catch(throwStoreError)
      if (bytesRead === 0) throw new Error(`the file ends at byte ${at}; it had ${size} bytes when it was opened`)
      at += bytesRead
      yield chunk.subarray(0, bytesRead)
    }
  },

  // All bytes have been read by then.
  close: () => handle.close().catch(() => {}),
})

/** Stats of a plain file, without opening it. Synchronous: a microsecond or two. */
export const plainFileStats = (path: string): Stats | undefined => {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isFile() ? stats : undefined
}

/**
 * Reads a small file that was written a moment ago, synchronously: it is in the page cache, and four trips through the
 * thread pool are saved. Undefined for a larger file, and where anything is unusual.
 */
export const readPlainFileNow = (path: string, maxBytes: number): Buffer<ArrayBuffer> | undefined => {
  try {
    const bytes = plainFileStats(path)?.size
    if (bytes === undefined || bytes > maxBytes) return undefined
    const file = openSync(path, FLAGS)
    try {
      // Not from Node's pool, where a small body would keep 8 KiB alive.
      const body = Buffer.allocUnsafeSlow(bytes)
      return readSync(file, body) === bytes ? body : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    // Opening it the usual way reports the error.
    return undefined
  }
}

/** False where the path is a symbolic link. An error of `lstat` is left to the next use of the folder. */
export const isPlainFolder = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true
  } catch {
    return true
  }
}

/** Missing; a symbolic link; a pipe or socket without its other end. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ELOOP', 'ENXIO'])
