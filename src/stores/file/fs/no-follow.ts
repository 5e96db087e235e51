// Plain files and folders of the store. A symbolic link or a pipe planted at their path is not followed, so that nothing
// outside the store is served, written or deleted (CWE-59).
//
// `O_NOFOLLOW` protects the last part of a path alone, and Node has no `openat`. So every folder from below the root down
// to a file is checked by `lstat`, about a microsecond each: when a project is opened, before its files are opened, and
// before anything is written, deleted or swept. Pictures in memory are served without a check: they are the stored ones.

import { closeSync, lstatSync, openSync, readSync, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, relative, sep } from 'node:path'
import { TintypeError } from '../../../core/errors.ts'
import type { ReadableFile } from '../../store.ts'
import type { Paths } from '../paths.ts'
import { codeOf, READ_PLAIN, throwStoreError } from './durable.ts'

/** Size of one chunk, in bytes: a slow reader holds one of them beside the buffer of the socket. */
const CHUNK_BYTES = 128 * 1024

export interface PlainFile extends ReadableFile {
  handle: FileHandle
}

/** Opens a plain file, undefined where there is none. @throws other errors of the system */
export const openPlainFile = async (path: string): Promise<PlainFile | undefined> => {
  const handle = await open(path, READ_PLAIN).catch((error: unknown) => {
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
    const file = openSync(path, READ_PLAIN)
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

/**
 * The lowest symbolic link among the folders from `folder` up to, and without, `root`. Undefined where there is none.
 *
 * @param folder below `root`; need not exist
 */
export const linkBelow = (root: string, folder: string): string | undefined => {
  for (let path = folder; path.length > root.length; path = dirname(path)) if (!isPlainFolder(path)) return path
  return undefined
}

/** Refuses a folder of the store that is reached by a symbolic link. @throws TintypeError `store_unavailable` */
export const refuseLinks = (root: string, folder: string): void => {
  const link = linkBelow(root, folder)
  if (link !== undefined) throw new TintypeError('store_unavailable', describeLink(root, link))
}

/**
 * Refuses a project that is reached by a symbolic link.
 *
 * @param folders folders in the project that are checked as well; need not exist
 * @throws TintypeError `project_damaged`; `store_unavailable` where the link is not in the project
 */
export const refuseLinkedProject = (paths: Paths, projectId: string, ...folders: readonly string[]): void => {
  const project = paths.project(projectId)
  const link = [project, ...folders].find((folder) => !isPlainFolder(folder))
  if (link !== undefined) throw new TintypeError('project_damaged', describeLink(paths.root, link))
  refuseLinks(paths.root, dirname(project))
}

/** @param link below `root` */
export const describeLink = (root: string, link: string): string =>
  `"${relative(root, link).replaceAll(sep, '/')}" in the storage folder is a symbolic link; put the folder itself in its place.`

/** Missing; a symbolic link; a pipe or socket without its other end. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ELOOP', 'ENXIO'])
