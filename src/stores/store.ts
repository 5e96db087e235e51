// What a store promises. The file store keeps these promises with plain files; test/contracts/store.ts checks them.

import type { FileHandle } from 'node:fs/promises'
import type { Size } from '../core/names.ts'
import type { ProjectChange, ProjectState } from '../core/project/changes.ts'
import type { ImageRecord } from '../core/project/model.ts'

export interface Store {
  /**
   * Makes the store usable: creates what is missing and begins to sweep what dead processes left. Called once, before
   * anything else.
   *
   * @throws TintypeError `store_unavailable` with one line that says what is wrong with the folder.
   */
  open(): Promise<void>

  /**
   * The newest committed state, whoever committed it: a change that was acknowledged before the call, by any process,
   * is in it. Undefined where the project does not exist or was deleted. The list of images may not be loaded; read
   * it by {@link Store.images}.
   *
   * @throws TintypeError `project_damaged`
   */
  project(projectId: string): Promise<ProjectState | undefined>

  /**
   * The same without a wait, where what is in memory could be shown to be the newest. Undefined says nothing: ask
   * {@link Store.project}.
   *
   * @param share take what was shown to another call in this turn of the event loop, a millisecond ago at most. That
   *   look came after the turn had seen that the request of this call is there, so every change that was acknowledged
   *   before the request was sent is in it; of several requests that came one behind the other on a connection, this
   *   holds for the first, and of more than a thousand connections at once, but for that millisecond. @default false
   */
  current(projectId: string, share?: boolean): ProjectState | undefined

  /**
   * Images of a state in their order. `after` is an image id; the page begins behind it. Undefined where the state is
   * so old that a part of its list is gone: ask for the project again.
   *
   * @throws TintypeError `invalid_parameter` where `after` is no image of the project; `project_damaged`
   */
  images(state: ProjectState, page?: { after?: string; limit?: number }): Promise<ImageRecord[] | undefined>

  /**
   * Ids of projects, sorted by UTF-16 code units, beginning behind `after`: of all that exist, and of some that were
   * deleted or never came to be; {@link Store.project} tells them apart.
   */
  projectIds(page?: { after?: string; limit?: number }): Promise<string[]>

  /**
   * A place for one upload's files, under a new image id. Nobody else sees it; `discard()` it in every case.
   *
   * @throws TintypeError `storage_full` where the disk has too little room to begin, `store_unavailable`
   */
  stage(projectId: string): Promise<Stage>

  /**
   * Applies a change to the newest state and makes it durable. When this resolves, the change survives a crash of
   * any process and of the machine, and every later read in any process sees it. When it rejects with an error of
   * {@link applyChange}, nothing was changed. When it rejects with `store_unavailable` or `storage_full`, the change
   * has either happened whole or not at all, now or ever.
   *
   * Changes of one project that wait in one process are committed together.
   * Files of images that the change removes are gone when this resolves, as far as the disk lets them go.
   *
   * @returns the state that the change led to.
   * @throws TintypeError what `applyChange` throws; `busy` where the lock was not to be had in time;
   *   `store_unavailable`; `storage_full`
   */
  commit(projectId: string, change: ProjectChange): Promise<ProjectState>

  /** The bytes of a stored variant, undefined where the image does not exist (or no longer). Close what you opened. */
  openVariant(projectId: string, imageId: string, size: Size): Promise<OpenFile | undefined>

  /** What there is to know of a variant without opening it, undefined where the image does not exist (or no longer). */
  findVariant(projectId: string, imageId: string, size: Size): Promise<FoundFile | undefined>

  /** The same without a wait, of the state that {@link Store.current} gives. Undefined says nothing. */
  currentVariant(projectId: string, imageId: string, size: Size, share?: boolean): FoundFile | undefined

  /** Resolves where the store can be written now. @throws TintypeError `store_unavailable`, `storage_full` */
  check(): Promise<void>

  /** Lets go of everything. Changes under way are finished first. */
  close(): Promise<void>
}

/**
 * The files of one upload until they are published. Everything in it lies in one folder of its own, so that a crash
 * leaves nothing that cannot be told from stored files.
 */
export interface Stage {
  readonly imageId: string
  /** Where an upload goes to as it arrives. */
  readonly uploadPath: string
  /** Where the encoder writes each variant. */
  readonly targets: Record<Size, string>
  /**
   * Writes a stream to `uploadPath`, at the pace of the disk. Holds no more than a few chunks in memory.
   *
   * @returns the number of bytes on disk.
   * @throws TintypeError `storage_full`, `store_unavailable`; errors of the stream as they are
   */
  receive(stream: AsyncIterable<Uint8Array>): Promise<number>
  /**
   * Makes the four variants durable under their final names. Visible to readers only with the commit of the image.
   *
   * @throws TintypeError `storage_full`, `store_unavailable`
   */
  publish(): Promise<void>
  /** Removes the folder, and published files too where their image is not part of the project. Never throws. */
  discard(): Promise<void>
}

/** A file that was not opened. */
export interface FoundFile {
  bytes: number
  /** Milliseconds since 1970. */
  modifiedMs: number
  /** Below the folder of the store, with `/`, for a web server that sends it itself. */
  path: string
}

/** A file as it was when it was opened: size and bytes belong together. */
export interface OpenFile {
  handle: FileHandle
  bytes: number
  /** Milliseconds since 1970. */
  modifiedMs: number
}
