// Writes that survive a power cut: data, then name, each synced.

import { closeSync, constants, fsync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { type FileHandle, link, mkdir, open, readFile, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { TintypeError } from '../../../core/errors.ts'

/**
 * Creates a file with this content and syncs it. Its name is durable only once its folder is synced too.
 *
 * @param isDurable false for a file that need not survive a power cut, or that the caller syncs
 * @throws the error of the system call; `EEXIST` where the name is taken. A file that was begun is removed.
 */
export const writeNew = async (
  path: string,
  content: string | Uint8Array | AsyncIterable<string | Uint8Array>,
  isDurable = true,
): Promise<void> => {
  const handle = await open(path, 'wx')
  try {
    await writeFile(handle, content)
    if (isDurable) await handle.sync()
  } catch (error) {
    await unlink(path).catch(() => {})
    throw error
  } finally {
    await handle.close()
  }
}

/** Writes all of a chunk: a bare `write()` may be short without an error near a full disk. */
export const writeAll = async (handle: FileHandle, chunk: Uint8Array): Promise<void> => {
  for (let at = 0; at < chunk.byteLength; ) at += (await handle.write(chunk, at)).bytesWritten
}

/** Writes all of several chunks, in one call where possible. */
export const writeAllOf = async (handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> => {
  const { bytesWritten } = await handle.writev(chunks)
  const bytes = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0)
  if (bytesWritten < bytes) await writeAll(handle, Buffer.concat(chunks).subarray(bytesWritten))
}

/**
 * Flags for reading a plain file: a symbolic link is refused with ELOOP, and a pipe without a writer is empty, where
 * opening it would block a thread for ever.
 */
export const READ_PLAIN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Reads a text from a plain file. @throws errors of the system; `ELOOP` for a symbolic link */
export const readText = (path: string): Promise<string> => readFile(path, { encoding: 'utf8', flag: READ_PLAIN })

/** Synchronous {@link readText}. */
export const readTextNow = (path: string): string => {
  const file = openSync(path, READ_PLAIN)
  try {
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

const syncOpen = promisify(fsync)
/** Non-blocking: opening a pipe at the path would wait for ever. */
const SYNC_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * Syncs a file or a folder that exists. Opens it synchronously: it was changed a moment ago, so it is in memory, and only
 * the sync itself waits for the disk.
 */
export const sync = async (path: string): Promise<void> => {
  const file = openSync(path, SYNC_FLAGS)
  try {
    await syncOpen(file)
  } finally {
    closeSync(file)
  }
}

/** Waits for all of them, as `Promise.all`, but rejects only once none runs any more. */
export const allDone = async <Work extends readonly unknown[] | []>(work: Work) => {
  await Promise.allSettled(work)
  return Promise.all(work)
}

/**
 * Makes a folder and its missing parents, durably. Not by Node's recursive `mkdir`, which reports ENOENT on a full disk.
 */
export const makeFolder = async (path: string): Promise<void> => {
  const make = async () => {
    if (await makeOne(path)) await sync(dirname(path))
  }
  await make().catch(async (error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
    await makeFolder(dirname(path))
    await make()
  })
}

/** Makes a folder in an existing one, without syncing its name. False where it exists already. */
export const makeOne = async (path: string): Promise<boolean> => {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return false
    throw error
  }
}

/** Links a file to a second name. False where that name is taken. */
export const linkNew = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** `gone`: the name was taken, and its file was removed or emptied before it could be compared. */
export type Linked = { outcome: 'ours' | 'gone' } | { outcome: 'taken' } | { outcome: 'unknown'; cause: unknown }

/**
 * Links a draft to its final name where that is free, and recognizes an own link whose answer was lost: NFS repeats a
 * request and answers EEXIST to the second one. So where the name is taken, or the call fails, the file's bytes decide.
 *
 * @param text content of the draft, which no other writer has
 * @throws the error of the system call where the name is still free
 */
export const linkOnce = async (draft: string, path: string, text: string): Promise<Linked> => {
  let failure: unknown
  try {
    if (await linkNew(draft, path)) return { outcome: 'ours' }
  } catch (error) {
    failure = error
  }
  try {
    const found = await readText(path)
    if (found === text) return { outcome: 'ours' }
    return found === '' ? { outcome: 'gone' } : { outcome: 'taken' }
  } catch (cause) {
    if (!isMissing(cause)) return { outcome: 'unknown', cause: failure ?? cause }
    if (failure === undefined) return { outcome: 'gone' }
    throw failure
  }
}

/** Removes a file. Does nothing where it is missing, see {@link isMissing}. */
export const removeFile = async (path: string): Promise<void> => {
  try {
    await unlink(path)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** True for errors of a missing file or folder, also where a parent of it is a file. */
export const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')

/** For `catch()`: undefined where the file or folder is missing. @throws every other error */
export const unlessMissing = (error: unknown): undefined => {
  if (!isMissing(error)) throw error
}

/** Removes a folder and its content. Does nothing where it is missing; removes a symbolic link, not its target. */
export const removeFolder = async (path: string): Promise<void> => {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (!found) return
    // `readdir` would follow the link out of the store.
    if (found.isSymbolicLink()) return await unlink(path)
    // Folders of this store are flat: several times faster than `rm`, which stats every entry first.
    await Promise.all(readdirSync(path).map((name) => unlink(join(path, name))))
    await rmdir(path)
  } catch {
    // Another process may add a file meanwhile.
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
  }
}

/** The `code` of a system error, undefined for any other value. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** True where the disk or the quota of the system user is full. */
export const isFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '')

/** Translates a failed system call for callers of the store: `storage_full` or `store_unavailable`. */
export const storeError = (error: unknown): TintypeError => {
  if (error instanceof TintypeError) return error
  const code = codeOf(error)
  if (isFull(error))
    return new TintypeError('storage_full', 'There is no room left on the disk of the store.', { cause: error })
  return new TintypeError('store_unavailable', `The store cannot be used now (${code ?? 'unknown error'}).`, {
    cause: error,
    retryAfterSeconds: 5,
  })
}

/** For `catch()`. @throws TintypeError {@link storeError} of the error */
export const throwStoreError = (error: unknown): never => {
  throw storeError(error)
}

/**
 * Syncs a folder. Calls during a sync share the next one, which begins after all of their changes. A failed sync fails the
 * waiting calls too, because the system may report an error only once.
 */
export type SharedSync = (folder: string) => Promise<void>

export const createSharedSync = (): SharedSync => {
  const underWay = new Map<string, Promise<void>>()
  const next = new Map<string, Promise<void>>()

  const begin = (folder: string): Promise<void> => {
    next.delete(folder)
    const done = sync(folder).finally(() => underWay.delete(folder))
    underWay.set(folder, done)
    return done
  }

  const follow = (folder: string, before: Promise<void>): Promise<void> => {
    const done = before.then(
      () => begin(folder),
      (error: unknown) => {
        next.delete(folder)
        throw error
      },
    )
    next.set(folder, done)
    return done
  }

  return (folder) => {
    const waiting = next.get(folder)
    if (waiting) return waiting
    const before = underWay.get(folder)
    return before ? follow(folder, before) : begin(folder)
  }
}
