// Places that a copy reads from and writes to: a folder, or a prefix of a bucket.

import type { VariantName } from '../../core/names.ts'
import type { Variant } from '../../core/project/model.ts'
import type { ProjectState } from '../../core/project/state.ts'

export interface VariantFile {
  projectId: string
  imageId: string
  name: VariantName
  /** Length and hash, by the record of the image. */
  content: Variant
}

export interface CopySource {
  /** As in messages. */
  readonly name: string
  /** @throws TintypeError `store_unavailable` where there is no store */
  open(): Promise<void>
  /** Sorted. */
  projectIds(): Promise<string[]>
  /** Lowest first; none where there is no such project. */
  revisions(projectId: string): Promise<number[]>
  /** Undefined where it is gone. */
  revision(projectId: string, number: number): Promise<string | undefined>
  /** Undefined where it is gone. */
  segment(projectId: string, segmentId: string): Promise<string | undefined>
  /**
   * Paths of the records of accounts, webhooks and collections below the store, such as `.accounts/keys/<id>.json`, sorted.
   * Numbers of entries are plain.
   */
  records(): Promise<string[]>
  /** Undefined where it is gone. */
  record(path: string): Promise<string | undefined>
  /** Reads a variant. @throws (in the iteration) Error where it is missing, or shorter than its record */
  read(file: VariantFile): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** A place that is written to. No server may run on it meanwhile. */
export interface CopyTarget extends CopySource {
  /** Opens the place for writing. Makes it where it is missing. */
  openToWrite(): Promise<void>
  /** Lengths of the stored files of one variant, by image id. */
  variants(projectId: string, name: VariantName): Promise<Map<string, number>>
  /** Ids of the segments that are there. */
  segments(projectId: string): Promise<string[]>
  /** Makes the folders of a project. @param isDeleted of one without images */
  prepare(projectId: string, isDeleted: boolean): Promise<void>
  /** Writes a variant, durably once {@link CopyTarget.secure} was called. @throws Error where the content is not that of its record */
  putVariant(file: VariantFile, content: AsyncIterable<Uint8Array>): Promise<void>
  putSegment(projectId: string, segmentId: string, text: string): Promise<void>
  /** Makes variants and segments durable. */
  secure(projectId: string): Promise<void>
  /** Writes a revision where its number is free, durably. False where another one has it. */
  putRevision(projectId: string, number: number, text: string): Promise<boolean>
  removeRevision(projectId: string, number: number): Promise<void>
  removeSegment(projectId: string, segmentId: string): Promise<void>
  removeVariant(projectId: string, imageId: string, name: VariantName): Promise<void>
  /** Writes a record, in place of one that is there. Durable when it resolves. */
  putRecord(path: string, text: string): Promise<void>
  removeRecord(path: string): Promise<void>
  /** Ends the copy of a project: its head can be found from now on. */
  publish(state: ProjectState): Promise<void>
  /** False where the copy of this head was not ended. */
  isPublished(state: ProjectState): Promise<boolean>
  /** True where files of pictures may be missing, although their revision is there. */
  mayLackFiles(): boolean
  /** Called once the place has every project with all of its files. */
  completed(): Promise<void>
}
