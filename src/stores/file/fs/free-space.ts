// Whether the disk has room for one more upload, found out before it begins.

import { statfs } from 'node:fs/promises'
import { TintypeError } from '../../../core/errors.ts'

export interface FreeSpaceOptions {
  /** A folder on the disk. */
  path: string
  /** Free bytes below which nothing more is taken in. */
  minFreeBytes: number
}

/** How long an answer of the disk is believed, in milliseconds: uploads come in hundreds a second at most. */
const FRESH_MS = 500

/** Resolves where there is room. @throws TintypeError `storage_full` */
export const createFreeSpace = ({ path, minFreeBytes }: FreeSpaceOptions): (() => Promise<void>) => {
  let known: { at: number; bytes: number; noInodes: boolean } | undefined

  return async () => {
    if (!known || Date.now() - known.at > FRESH_MS) {
      const disk = await statfs(path)
      // Some file systems (btrfs) have no fixed number of inodes and say 0 of 0.
      known = { at: Date.now(), bytes: disk.bavail * disk.bsize, noInodes: disk.files > 0 && disk.ffree === 0 }
    }
    if (known.noInodes) throw new TintypeError('storage_full', 'The disk of the store can hold no more files.')
    if (known.bytes < minFreeBytes)
      throw new TintypeError(
        'storage_full',
        `The disk of the store has ${known.bytes} bytes free; uploads need at least ${minFreeBytes}.`,
        { details: { expected: minFreeBytes, received: known.bytes } },
      )
  }
}
