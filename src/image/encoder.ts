// What an encoder does: one upload in, four JPEG files out.

import type { Variant } from '../core/model.ts'
import type { Size } from '../core/names.ts'

export interface EncodeJob {
  /** The upload, as it arrived. */
  source: string
  /** Absolute path of each variant's file; none of them exists yet. */
  targets: Record<Size, string>
}

export interface EncodedPicture {
  /** What the upload was. */
  type: AcceptedType
  /** SHA-256 of the upload, in hex. */
  sha256: string
  sizes: Record<Size, Variant>
}

/** Media types of the uploads that are accepted. */
export const ACCEPTED_TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/tiff',
  'image/avif',
] as const

export type AcceptedType = (typeof ACCEPTED_TYPES)[number]

export interface EncoderPool {
  /**
   * Makes the four variants in an encoder process. The files are complete when this resolves, but not yet synced.
   * Where it rejects, some of the files may be there.
   *
   * @param signal a job that still waits when it aborts is given up with the signal's reason; one that has begun is
   *   finished.
   * @throws TintypeError `empty_file`, `not_an_image`, `unsupported_image_type`, `damaged_image`, `too_many_pixels`,
   *   `image_too_slow` where the deadline ended the process, `busy` where too many jobs wait or no process can be
   *   started, `shutting_down` after `close()`, `storage_full`, `store_unavailable`, `internal` where the encoder died
   *   for another reason, twice
   */
  encode(job: EncodeJob, signal?: AbortSignal): Promise<EncodedPicture>
  /** Throws `busy` with `retryAfterSeconds`, or `shutting_down`, where a job that came now would be refused. */
  assertRoom(): void
  /** Ends the encoder processes; jobs that were accepted are finished first. */
  close(): Promise<void>
}
