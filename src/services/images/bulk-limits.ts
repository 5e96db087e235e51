// Limits of bulk uploads, whatever carries the files, and their errors.

import { TintypeError } from '../../core/errors.ts'
import { bytesText } from '../../core/text.ts'

export interface BulkLimits {
  /** Files of a request. */
  maxFiles: number
  /** Bytes of a request; of an archive, also those of its files. */
  maxBytes: number
  /** Bytes of a file. */
  maxUploadBytes: number
}

export const tooManyFiles = (maxFiles: number): TintypeError =>
  new TintypeError('too_many_files', `Expected at most ${maxFiles} files in one request, received more.`, {
    details: { max_files: maxFiles },
  })

/** Error for a request that is too large as a whole. */
export const bulkTooLarge = (maxBytes: number): TintypeError =>
  new TintypeError('upload_too_large', `Expected a request of at most ${bytesText(maxBytes)}.`, {
    details: { max_bytes: maxBytes },
  })

/** Error for one file that is too large. */
export const fileTooLarge = (maxBytes: number): TintypeError =>
  new TintypeError('upload_too_large', `Expected a file of at most ${bytesText(maxBytes)}.`, {
    details: { max_bytes: maxBytes },
  })

/**
 * Passes bytes on, up to a limit.
 *
 * @param tooLarge error beyond the limit. @default that of a request
 * @throws TintypeError `upload_too_large`
 */
export async function* upTo(
  maxBytes: number,
  chunks: AsyncIterable<Uint8Array>,
  tooLarge: (maxBytes: number) => TintypeError = bulkTooLarge,
): AsyncGenerator<Uint8Array, void, void> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    yield chunk
  }
}
