// Store: the interface of every place that keeps projects and images. test/contracts/store.ts is its contract suite.

import type { VariantName } from '../core/names.ts'
import type { ProjectChange } from '../core/project/changes.ts'
import type { ImageList } from '../core/project/image-list.ts'
import type { ImageQuery } from '../core/project/image-query.ts'
import type { ImageRecord } from '../core/project/model.ts'
import type { ProjectState } from '../core/project/state.ts'
import type { DirectReads } from './direct-reads.ts'
import type { FocalPoints } from './focal-points.ts'
import type { StagingOwner } from './staging-owner.ts'
import type { StoredBytes } from './stored-bytes.ts'
import type { Watching } from './watch.ts'

export interface Store extends Watching, FocalPoints, StoredBytes, StagingOwner {
  /**
   * Makes the store usable: creates what is missing and begins to sweep the remains of dead processes. Called once,
   * before any other method. Of a read-only store it creates and sweeps nothing.
   * @throws TintypeError `store_unavailable`, with one line that says why the store cannot be used
   */
  open(): Promise<void>

  /** True where {@link Store.open} has found, or was told, that the store is only read: changes throw `read_only`. */
  isReadOnly(): boolean

  /**
   * The newest committed state, of all processes: every change that was acknowledged before the call is in it. Undefined
   * where the project does not exist or was deleted. The list of images may not be loaded; {@link Store.images} reads it.
   * @throws TintypeError `project_damaged`
   */
  project(projectId: string): Promise<ProjectState | undefined>

  /**
   * {@link Store.project} without a wait. Undefined where the state in memory cannot be shown to be the newest.
   *
   * @param share accepts the state that another call of this turn of the event loop validated, a millisecond ago at
   *   most. That validation came after the turn had seen this call's request, so every change acknowledged before the
   *   request was sent is in it. Exceptions: of several requests pipelined on a connection it holds for the first; with
   *   more than a thousand connections at once, but for that millisecond. @default false
   */
  current(projectId: string, share?: boolean): ProjectState | undefined

  /**
   * A state for a picture that has an id and never changes, without a wait: {@link Store.current}, or in a store that
   * several machines share, a state that was the newest some seconds ago. Undefined where memory does not tell.
   */
  recent(projectId: string, share?: boolean): ProjectState | undefined

  /**
   * All images of a state in their order. Undefined where the state is so old that a part of its list is gone: read the
   * project again. @throws TintypeError `project_damaged`
   */
  images(state: ProjectState): Promise<ImageRecord[] | undefined>

  /** {@link Store.images} as a list whose segments are loaded, to search in: nothing is copied. */
  imageList(state: ProjectState): Promise<ImageList | undefined>

  /**
   * The primary image of a state; null where it has none. Undefined as for {@link Store.images}.
   * @throws TintypeError `project_damaged`
   */
  cover(state: ProjectState): Promise<ImageRecord | null | undefined>

  /**
   * A page of the images of a state. Undefined as for {@link Store.images}.
   * @throws TintypeError `invalid_parameter` where `after` leads nowhere; `project_damaged`
   */
  imagePage(state: ProjectState, page: PageRequest): Promise<ImagePage | undefined>

  /**
   * Ids of projects behind `after`, sorted by UTF-16 code units: all that exist, and some that were deleted or whose
   * first upload failed. {@link Store.project} distinguishes them.
   */
  projectIds(page?: { after?: string; limit?: number }): Promise<string[]>

  /**
   * Opens a staging area for one upload. Invisible to readers; `discard()` it in every case.
   *
   * @param imageId a pending image, which no other living process stages. @default a new id
   * @throws TintypeError `storage_full` where too little room remains to begin; `store_unavailable`
   */
  stage(projectId: string, imageId?: string): Promise<Stage>

  /** False once the staging area with this {@link Stage.id} is gone, whichever process it belonged to. */
  isStaged(stageId: string): Promise<boolean>

  /**
   * Applies a change to the newest state and makes it durable. When this resolves, the change survives a crash of
   * any process and of the machine, and every later read in any process sees it. When it rejects with an error of
   * {@link applyChange}, nothing was changed. When it rejects with `store_unavailable` or `storage_full`, the change
   * has either happened whole or not at all, now or ever.
   *
   * Changes of one project that wait in one process are committed together. Files of images that the change removes are
   * gone when this resolves, as far as the storage allows it.
   *
   * @returns the state that the change led to.
   * @throws TintypeError errors of `applyChange`; `busy` where the project was locked for too long;
   *   `store_unavailable`; `storage_full`
   */
  commit(projectId: string, change: ProjectChange, options?: CommitOptions): Promise<ProjectState>

  /** {@link Store.commit} that also returns the state to which the change was applied, so that an answer can tell of both. */
  transition(projectId: string, change: ProjectChange, options?: CommitOptions): Promise<Transition>

  /** Opens a stored variant, undefined where the image does not exist (or no longer), or has no source. Close it. */
  openVariant(projectId: string, imageId: string, size: VariantName): Promise<ReadableFile | undefined>

  /**
   * Size and date of a stored variant without opening it, undefined where the image does not exist (or no longer), or has
   * no source.
   *
   * @param at revision that the answer is for: undefined is returned too where it is not the newest any more, because a
   *   newer one may contain images that the reader of this one may not see. @default the newest
   */
  findVariant(projectId: string, imageId: string, size: VariantName, at?: number): Promise<StoredFile | undefined>

  /** {@link Store.findVariant} that fetches nothing: a variant that is in a fallback alone is described by its record. */
  statVariant(projectId: string, imageId: string, size: VariantName, at?: number): Promise<StoredFile | undefined>

  /** {@link Store.findVariant} without a wait, in the state of `current`, or `at` that of `recent`. Undefined: not known. */
  currentVariant(
    projectId: string,
    imageId: string,
    size: VariantName,
    share?: boolean,
    at?: number,
  ): StoredFile | undefined

  /**
   * Reads a variant without a wait, as {@link Store.currentVariant} finds it: for small ones that were stored a moment ago.
   * Undefined where it is not known, or larger than `maxBytes`. Absent in stores whose files are not on a local disk.
   * @throws as {@link Store.openVariant}
   */
  variantNow?(
    projectId: string,
    imageId: string,
    size: VariantName,
    maxBytes: number,
  ): (StoredFile & { body: Buffer<ArrayBuffer> }) | undefined

  /**
   * Gives a program that reads paths, such as an encoder, a stored variant as a local file, for as long as `use` runs.
   * The file must not be changed. It can go away under `use` where the image is deleted.
   * @throws TintypeError `image_not_found`; errors of `use`
   */
  withLocalFile<T>(variant: VariantReference, use: (path: string) => Promise<T>): Promise<T>

  /**
   * The variant that renders of an image are made from: its source where it has one, else its original. It stays the same
   * for as long as the image exists. The list of images is not loaded for it.
   * @throws TintypeError `image_not_found`
   */
  renderSource(projectId: string, imageId: string): Promise<VariantReference>

  /**
   * Path of a variant below the folder that a web server can send files from (`X-Accel-Redirect`), with `/`. Absent in
   * stores whose files are not on a local disk.
   */
  pathBelowRoot?(variant: VariantReference): string

  /** Absent in stores that clients cannot reach. */
  direct?: DirectReads
  /** Resolves where the store can be written now; read, where it is read-only. @throws TintypeError `store_unavailable`, `storage_full` */
  check(): Promise<void>

  /** Finishes the changes under way and releases everything. */
  close(): Promise<void>
}

export interface PageRequest extends ImageQuery {
  /** `next` of an earlier page, or an image id: the page begins behind it. @default the beginning */
  after?: string
  /** Most images of the page. @default all */
  limit?: number
}

export interface ImagePage {
  images: ImageRecord[]
  /**
   * Cursor of the next page, undefined on the last one. It continues at the same place after images around it were
   * deleted: where very many were, some images are repeated, but none is skipped.
   */
  next: string | undefined
}

/** The states before and after one change; the same object where it changed nothing. */
export interface Transition {
  /** `deleted` where the change created the project. All images are loaded where the change depends on them. */
  before: ProjectState
  after: ProjectState
}

export interface CommitOptions {
  /** Staging area of the image that the change adds: where it was swept meanwhile, the change is refused. */
  stage?: Stage
  /** Longest time for which the change may wait to be committed with others of its project, in milliseconds. @default 0 */
  gatherMs?: number
}

export interface VariantReference {
  projectId: string
  imageId: string
  size: VariantName
}

/** The staging area of one upload: local files, apart from stored ones, so that a crash leaves no partial stored file. */
export interface Stage {
  /** Names the staging area among those of all processes. */
  readonly id: string
  readonly imageId: string
  /** Local path of the upload as it arrived. */
  readonly uploadPath: string
  /** Local paths to which the encoder writes the variants. */
  readonly targets: Record<VariantName, string>
  /**
   * Writes a stream to `uploadPath`, at the pace of the disk. Holds no more than a few chunks in memory.
   * @returns the number of bytes on disk. @throws TintypeError `storage_full`, `store_unavailable`; errors of the stream as they are
   */
  receive(stream: AsyncIterable<Uint8Array>): Promise<number>
  /** Begins what {@link publish} needs, so that it goes on beside the encoder. Never throws. */
  prepare(): void
  /**
   * Makes variants durable under their final names. Visible to readers only with the commit of the image.
   *
   * @param names variants that the encoder has written. @default the four sizes @param contents their lengths and hashes. @default read from the files
   * @throws TintypeError `storage_full`, `store_unavailable`, also where a file has not the content that is given
   */
  publish(names?: readonly VariantName[], contents?: Partial<ImageRecord['sizes']>): Promise<void>
  /** Removes the staging area, and published files too where their image is not part of the project. Never throws. */
  discard(): Promise<void>
}

export interface StoredFile {
  bytes: number
  /** Milliseconds since 1970. */
  modifiedMs: number
}

/** An open file: its size, its date and the bytes that it gives belong together, whatever happens to its name. */
export interface ReadableFile extends StoredFile {
  /**
   * Bytes from `start` up to `end`, which is not included, in pieces. Nothing is read before a piece is requested. Each
   * piece is the caller's own memory.
   *
   * @throws (in the iteration) Error where the file has become shorter than `end`; TintypeError `store_unavailable`
   */
  read(start: number, end: number): AsyncIterable<Uint8Array<ArrayBuffer>>
  /** Ends reads under way. May be called more than once. Never throws. */
  close(): Promise<void>
}
