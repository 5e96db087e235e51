// Checks Deflate data of TIFF files by its checksum (zlib, RFC 1950), without keeping what it stands for.

import { createInflate, inflateSync } from 'node:zlib'
import type { Lengths } from './lengths.ts'

/** Longer data is inflated in pieces: a picture may be one strip, of hundreds of megabytes. */
const SYNC_BYTES = 4 * 1024 * 1024

/** True where the data is complete, has the right length and its checksum holds. */
export const isWholeDeflate = async (data: Buffer, { least, most }: Lengths): Promise<boolean> => {
  try {
    const length = most <= SYNC_BYTES ? inflateSync(data, { maxOutputLength: most }).length : await lengthOf(data, most)
    return length >= least && length <= most
  } catch {
    return false
  }
}

/** Stops above `most`. */
const lengthOf = async (data: Buffer, most: number): Promise<number> => {
  const inflate = createInflate({ chunkSize: 256 * 1024 })
  let length = 0
  inflate.end(data)
  for await (const piece of inflate) {
    length += piece.length
    if (length > most) break
  }
  return length
}
