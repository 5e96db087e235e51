// Reads uploads and writes variants; errors of the system become those of the store.

import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs'
import { TintypeError } from '../../core/errors.ts'

export interface WrittenFile {
  bytes: number
  /** In hex. */
  sha256: string
}

/**
 * Reads an upload whole. Synchronous, like {@link writeNew}.
 *
 * @throws TintypeError `store_unavailable` where it cannot be read, for example without free file descriptors
 */
export const readUpload = (path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (error) {
    throw failureOf(error)
  }
}

/** Codes of an exhausted disk, quota or file size limit. */
const FULL_CODES = ['ENOSPC', 'EDQUOT', 'EFBIG']

/**
 * Writes a new file from its parts. Not synced: the store does that. Synchronous, because a worker process has nothing
 * else to do on this thread.
 *
 * @throws TintypeError `storage_full`; `store_unavailable` where the disk fails; `internal` where the file exists
 */
export const writeNew = (path: string, parts: readonly Buffer[]): WrittenFile => {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    const file = openSync(path, 'wx')
    try {
      for (const part of parts) {
        writeWhole(file, part)
        hash.update(part)
        bytes += part.length
      }
      const { size } = fstatSync(file)
      if (size !== bytes) throw new Error(`wrote ${bytes} bytes, the file has ${size}`)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw failureOf(error)
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** On a nearly full disk a write is short without an error; the next one fails. */
const writeWhole = (file: number, part: Buffer): void => {
  for (let done = 0; done < part.length; ) done += writeSync(file, part, done)
}

/** Translates a failed system call: `storage_full`, `store_unavailable`, or `internal` where the file exists. */
export const failureOf = (error: unknown): TintypeError => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (typeof code !== 'string' || code === 'EEXIST')
    return new TintypeError('internal', 'A file of the picture could not be read or written.', { cause: error })
  if (FULL_CODES.includes(code))
    return new TintypeError('storage_full', 'The disk has no space for the picture.', { cause: error })
  return new TintypeError('store_unavailable', `The store cannot be used now (${code}).`, { cause: error })
}
