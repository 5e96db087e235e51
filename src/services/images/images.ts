// Image service: upload, list, edit, delete, set the primary image.

import { requireReadable } from '../../core/auth/access.ts'
import { unknownImage } from '../../core/not-found.ts'
import type { ProjectChange } from '../../core/project/changes.ts'
import { presentIds } from '../../core/project/delete-images.ts'
import type { ImageEdit } from '../../core/project/image-details.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { ImagePage, PageRequest, Store } from '../../stores/store.ts'
import { filesOfTar } from './archives/tar.ts'
import { filesOfZip } from './archives/zip.ts'
import { type BulkUpload, createBulkUploader } from './bulk.ts'
import type { BulkFile } from './bulk-files.ts'
import type { BulkLimits } from './bulk-limits.ts'
import { createUploader, type Upload, type UploaderOptions } from './upload.ts'

export interface ImageServiceOptions extends UploaderOptions {
  store: UploaderOptions['store'] & Pick<Store, 'imagePage' | 'images' | 'commit'>
}

/** `by`: principal of the change; `ifRevision`: revisions that the change may apply to. */
export type ChangeOptions = Pick<ProjectChange, 'by' | 'ifRevision'>

export interface EditedImage {
  project: ReadableState
  image: ImageRecord
}

export interface DeletedImages {
  /** State that the change led to. */
  project: ReadableState
  deleted: number
  /** Ids that were not in the project, in the order of the request. */
  missing: string[]
}

export interface Archive {
  type: 'zip' | 'tar'
  projectId: string
  chunks: AsyncIterable<Uint8Array>
  limits: BulkLimits
}

export interface ImageService {
  /**
   * Stores one upload and its variants. The stream is written to disk as it arrives; where it throws, also at its end,
   * nothing is stored.
   *
   * @throws TintypeError those of `EncoderPool.encode`, {@link Store.commit} and `OwnerQuota.reserve`;
   *   `idempotency_conflict`, `idempotency_running`, `quota_exceeded`
   */
  upload: Upload
  /** Stores many uploads of one request, each with an outcome of its own, in their order. */
  uploadAll: BulkUpload
  /**
   * The files of an archive, for {@link ImageService.uploadAll}.
   *
   * @throws TintypeError (in the iteration) `malformed_archive`, `file_missing`, `too_many_files`, `upload_too_large`;
   *   errors of the body and of the store
   */
  filesOf(archive: Archive): AsyncIterable<BulkFile>
  /**
   * Lists a page of images. Undefined where the state is too old, and segments of its list were removed: read and
   * authorize the project again.
   *
   * @throws TintypeError `invalid_parameter`
   */
  list(project: ReadableState, page?: PageRequest): Promise<ImagePage | undefined>
  /** Returns the state that the change led to. @throws TintypeError `project_not_found`, `image_not_found`, `precondition_failed` */
  remove(projectId: string, imageId: string, options?: ChangeOptions): Promise<ReadableState>
  /** Edits the details of an image. Returns the image with the state that the change led to. As {@link ImageService.remove}. */
  edit(projectId: string, imageId: string, edit: ImageEdit, options?: ChangeOptions): Promise<EditedImage>
  /**
   * Deletes images in one change, and reports those that are not in the project. Repeating it is safe.
   *
   * @throws TintypeError `project_not_found`, `precondition_failed`
   */
  removeAll(projectId: string, imageIds: readonly string[], options?: ChangeOptions): Promise<DeletedImages>
  /** As {@link ImageService.remove}. */
  setPrimary(projectId: string, imageId: string, options?: ChangeOptions): Promise<ReadableState>
}

export const createImageService = (options: ImageServiceOptions): ImageService => {
  const { store, variants } = options

  return {
    upload: createUploader(options),
    uploadAll: createBulkUploader(options),

    filesOf: ({ type, projectId, chunks, limits }) =>
      type === 'zip' ? filesOfZip(store, projectId, chunks, limits) : filesOfTar(chunks, limits),

    list: (project, page = {}) => store.imagePage(project, page),

    async remove(projectId, imageId, options) {
      const project = await store.commit(projectId, { type: 'delete_image', imageId, ...options })
      variants.forget(projectId, imageId)
      return requireReadable(project, options?.by)
    },

    async edit(projectId, imageId, edit, options) {
      const change = { type: 'edit_image', imageId, edit, ...options } as const
      const project = requireReadable(await store.commit(projectId, change), options?.by)
      const image = (await store.images(project))?.find(({ id }) => id === imageId)
      // The segments of the state were removed after many later commits.
      if (!image) throw unknownImage(projectId, imageId)
      return { project, image }
    },

    async removeAll(projectId, imageIds, options) {
      const change = { type: 'delete_images', imageIds, ...options } as const
      const { before, after } = await store.transition(projectId, change)
      const deleted = new Set(presentIds(before, imageIds))
      for (const imageId of deleted) variants.forget(projectId, imageId)
      const missing = [...new Set(imageIds)].filter((imageId) => !deleted.has(imageId))
      return { project: requireReadable(after, options?.by), deleted: deleted.size, missing }
    },

    async setPrimary(projectId, imageId, options) {
      const project = await store.commit(projectId, { type: 'set_primary', imageId, ...options })
      return requireReadable(project, options?.by)
    },
  }
}
