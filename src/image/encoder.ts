// The encoder interface: one upload in, four JPEG files and a lossless source out; or one stored picture in, one render out. Local paths only.

import type { PageFormat } from '../core/atlas/formats.ts'
import type { Size } from '../core/names.ts'
import type { ImageRecord } from '../core/project/model.ts'
import type { Recipe } from '../core/transform/recipe.ts'

export interface EncodeJob {
  /** Absolute path of the upload, as received. */
  source: string
  /** Absolute path of each variant's file; none of them exists yet. @default for `source`: none is written */
  targets: Record<Size, string> & { source?: string }
  /** SHA-256 of the upload, in hex, where it was hashed as it arrived. @default hashed by the encoder */
  sha256?: string
}

export interface EncodedPicture {
  /** Media type of the upload. */
  type: AcceptedType
  /** SHA-256 of the upload, in hex. */
  sha256: string
  /** `source` where one was written. */
  sizes: ImageRecord['sizes']
  /** True where `source` has pixels that are not opaque. */
  transparent?: true
  /** ThumbHash of the picture, in base64. */
  placeholder: string
  /** Dominant colour of the picture, `#rrggbb`. */
  color: string
  /** Time of the exposure by EXIF, see {@link takenAtOf}. */
  takenAt?: string
}

export interface RenderJob {
  /** Absolute path of a stored original. */
  source: string
  /** Absolute path of the file for a large render; it does not exist yet. @default none: the content is returned */
  target?: string
  recipe: Recipe
}

/** Dimensions in pixels, and the size of the file. */
export interface RenderedPicture {
  width: number
  height: number
  bytes: number
  /** Of a small render, and where there is no target, or it could not be written. */
  content?: Buffer<ArrayBuffer>
}

/** Place of a frame on a page, in pixels. */
export interface DrawBox {
  x: number
  y: number
  width: number
  height: number
}

/** A frame and its picture: a stored JPEG file, or a PNG render in a part of a file. Local path. */
export interface DrawCell extends DrawBox {
  path: string
  /** Position in the file. @default the whole file */
  start?: number
  bytes?: number
}

export interface DrawJob {
  page: { width: number; height: number }
  format: PageFormat
  /** CSS colour behind transparent pixels of a JPEG page. */
  background: string
  /** Pixels that are repeated around each frame. */
  extruded: number
  /** RGBA pixels of an earlier page that this one begins with. @default an empty page */
  base?: {
    path: string
    width: number
    height: number
    /** Files of later changes, in their order. @default none */
    changes?: readonly string[]
  }
  /** Frames of the earlier page that are removed. */
  cleared: readonly DrawBox[]
  cells: readonly DrawCell[]
  /** Path of the file for the RGBA pixels; it does not exist yet. @default they are not kept */
  raw?: string
  /**
   * Path of the file for the pixels that this job changes in those of `base`, whose dimensions are those of the page; it
   * does not exist yet. @default they are not kept
   */
  changes?: string
  /** Path of the file for the page; it does not exist yet. @default its content is returned */
  target?: string
}

/** Media types of accepted uploads; `image/heic` where its decoder is installed. */
export const ACCEPTED_TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/tiff',
  'image/avif',
  'image/heic',
] as const

export type AcceptedType = (typeof ACCEPTED_TYPES)[number]

/** Highest first. A person waits for an upload, nobody for that of a job; a prefetch is made ahead of need. */
export const PRIORITIES = ['upload', 'transform', 'job', 'prefetch'] as const

export type Priority = (typeof PRIORITIES)[number]

export interface EncodingOptions {
  /** Aborts the job while it waits, with the signal's reason; a job that has begun is finished. */
  signal?: AbortSignal
  /** @default 'upload' */
  priority?: Priority
}

export interface EncoderPool {
  /**
   * Makes the four variants in a worker process. The files are complete once it resolves, but
   * not synced. Some of them may exist where it rejects.
   *
   * @throws TintypeError `empty_file`, `not_an_image`, `unsupported_image_type`, `unsupported_image_layout`,
   *   `damaged_image`, `too_many_pixels`, `image_too_slow` at the deadline, `busy` where the queue is full or no process can be started, `shutting_down`
   *   after `close()`, `storage_full`, `store_unavailable`, `encoder_failed` where the process died twice, `internal`
   */
  encode(job: EncodeJob, options?: EncodingOptions): Promise<EncodedPicture>
  /**
   * Makes a render of a stored original, with priority `transform`. The content of a small one is returned. The file of a
   * larger one is complete once it resolves, but not synced; where it cannot be written, the content is returned. A part
   * of it may exist then, and where it rejects.
   *
   * @throws TintypeError `project_damaged` where the original cannot be decoded, `image_not_found` where it is missing,
   *   `store_unavailable` where it cannot be read, and the errors of {@link encode} that concern neither the upload nor
   *   writing
   */
  render(job: RenderJob, signal?: AbortSignal): Promise<RenderedPicture>
  /**
   * Draws a page of an atlas, with priority `transform`. Files are complete once it resolves, but not synced; parts of
   * them may exist where it rejects.
   *
   * @throws TintypeError as {@link render}, and `storage_full`
   */
  draw(job: DrawJob, signal?: AbortSignal): Promise<RenderedPicture>
  /**
   * Resolves once a job of this priority would begin: a process is free and nothing of higher priority waits.
   *
   * @throws TintypeError `busy`, `shutting_down`; the signal's reason
   */
  turn(options: { priority: Priority; signal: AbortSignal }): Promise<void>
  /**
   * Throws where a new job would be refused: `busy` with `retryAfterSeconds`, or `shutting_down`. One of priority `job` is
   * not refused for those that wait: its runner bounds them.
   *
   * @param priority @default 'upload'
   */
  assertRoom(priority?: Priority): void
  /** Number of jobs of this priority that have not begun. */
  waitingOf(priority: Priority): number
  /** Finishes the accepted jobs, then ends the worker processes. */
  close(): Promise<void>
}
