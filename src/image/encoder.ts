// What an encoder does: one upload in, four JPEG files out; or one original in, one file of another kind out.

import type { Size } from '../core/names.ts'
import type { Variant } from '../core/project/model.ts'
import type { Recipe } from '../core/transform/recipe.ts'
import type { Priority, UseOptions } from './pool/priority-queue.ts'

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
  /** ThumbHash of the picture, in base64. */
  placeholder: string
  /** Its dominant colour, `#rrggbb`. */
  color: string
}

export interface RenderJob {
  /** A stored original. */
  source: string
  /** Absolute path of the file to be written; it does not exist yet. */
  target: string
  recipe: Recipe
}

export interface RenderedPicture {
  width: number
  height: number
  bytes: number
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
  /**
   * Carries out a recipe on a stored original, after all uploads that wait. The file is complete when this resolves,
   * but not yet synced; where it rejects, it may be there.
   *
   * @throws TintypeError `project_damaged` where the original can't be decoded, and what {@link encode} throws but for
   *   the errors of an upload; the signal's reason where it aborts before the work has begun
   */
  render(job: RenderJob, signal?: AbortSignal): Promise<RenderedPicture>
  /**
   * Resolves once work of this priority would be begun: when nothing more urgent waits.
   *
   * @throws TintypeError `busy`, `shutting_down`; the signal's reason
   */
  turn(options: Required<UseOptions>): Promise<void>
  /**
   * Throws `busy` with `retryAfterSeconds`, or `shutting_down`, where a job that came now would be refused.
   *
   * @param priority @default 'upload'
   */
  assertRoom(priority?: Priority): void
  /** Jobs of this priority that have not begun. */
  waitingOf(priority: Priority): number
  /** Ends the encoder processes; jobs that were accepted are finished first. */
  close(): Promise<void>
}
