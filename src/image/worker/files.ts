// The files of a job: an upload is read, a variant written whole, and what fails is told for what it is.

import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs'
import { TintypeError } from '../../core/errors.ts'

export interface WrittenFile {
  bytes: number
  /** In hex. */
  sha256: string
}

/**
 * All of an upload. Synchronous, as below.
 *
 * @throws TintypeError `store_unavailable` where it can't be read, such as for want of file descriptors
 */
export const readUpload = (path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (error) {
    throw failureOf(error)
  }
}

/** Codes of a disk, a quota or a file size limit that is exhausted. */
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG']

/**
 * Writes a new file from its pieces. Not synced: the store does that. Synchronous, because an encoder process has
 * nothing else to do on this thread.
 *
 * @throws TintypeError `storage_full`; `store_unavailable` where the disk fails; `internal` where the file exists
 */
export const writeNew = (path: string, pieces: readonly Buffer[]): WrittenFile => {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    const file = openSync(path, 'wx')
    try {
      for (const piece of pieces) {
        writeWhole(file, piece)
        hash.update(piece)
        bytes += piece.length
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

/** Near the end of a disk a write is short without an error; the next one then has it. */
const writeWhole = (file: number, piece: Buffer): void => {
  for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done)
}

const failureOf = (error: unknown): TintypeError => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (typeof code !== 'string' || code === 'EEXIST')
    return new TintypeError('internal', 'A file of the picture could not be read or written.', { cause: error })
  if (FULL.includes(code))
    return new TintypeError('storage_full', 'There is no room for the picture.', { cause: error })
  return new TintypeError('store_unavailable', `The store cannot be used now (${code}).`, { cause: error })
}
