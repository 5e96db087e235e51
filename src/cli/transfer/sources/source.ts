// Sources of pictures for an import: a folder, a ZIP file, a bucket, or a project of another server.

import type { ImageDetails } from '../../../core/project/image-details.ts'
import type { ListedProject } from '../listing.ts'

export interface SourceFile {
  /** For reports: relative, with `/`. */
  path: string
  /** Name of the image. */
  name: string
  bytes: number
  /** Hash of the file in hex, where it is known without reading it. */
  sha256?: string
  /** Hash of the file from which this one was made, where it is another one: the project may have that. */
  madeFrom?: string
  /** Hash that the file had when `madeFrom` was recorded: one that was edited since was made from nothing known. @default any */
  recordedSha256?: string
  /** Name of the asset that the image is to be. */
  asset?: string
  /** Id of the image in its own project. */
  id?: string
  details?: Omit<ImageDetails, 'name'>
  /** Reads the file from its beginning. May be called again. */
  open(): AsyncIterable<Uint8Array>
}

/** A file that is not imported, with the reason. */
export interface Refusal {
  path: string
  reason: string
}

export interface Source {
  /** In the order of their paths, or of their project. */
  files: SourceFile[]
  refused: Refusal[]
  /** Files that are no pictures, hidden, or links. */
  passedOver: number
  /** Order, cover, title and tags of another project, by its ids of images, to be copied. @default nothing */
  project?: ListedProject & { imageIds: readonly string[]; coverId: string | null }
  /** Error of a source of which no further file can be read. @default each file fails for itself */
  lost?(): Error | undefined
  close(): Promise<void>
}
