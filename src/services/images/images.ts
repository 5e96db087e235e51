// Images of a project: upload, list, delete, choose the cover.

import type { Principal } from '../../core/auth/access.ts'
import { unknownProject } from '../../core/not-found.ts'
import type { ProjectState } from '../../core/project/changes.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { Store } from '../../stores/store.ts'
import { createUploader, type Upload, type UploaderOptions } from './upload.ts'
import type { Pictures } from './variants.ts'

export interface ImageServiceOptions extends Omit<UploaderOptions, 'now'> {
  pictures: Pictures
  /** @default () => new Date() */
  now?: () => Date
}

export interface Page {
  /** Id behind which the page begins. */
  after?: string
  /** Most entries of the page. @default all */
  limit?: number
}

export interface ImageService {
  /**
   * Stores one upload and its variants. The stream is written to disk as it comes; nothing is kept where it fails, or
   * where the stream throws at its end.
   *
   * @throws TintypeError what `EncoderPool.encode`, {@link Store.commit} and `OwnerQuota.reserve` throw;
   *   `idempotency_conflict`, `idempotency_running`, `quota_exceeded`
   */
  upload: Upload
  /** @throws TintypeError `project_not_found`, `invalid_parameter` */
  list(projectId: string, page?: Page): Promise<{ project: ProjectState; images: ImageRecord[] }>
  /** @throws TintypeError `project_not_found`, `image_not_found` */
  remove(projectId: string, imageId: string, by?: Principal): Promise<ProjectState>
  /** @throws TintypeError `project_not_found`, `image_not_found` */
  setPrimary(projectId: string, imageId: string, by?: Principal): Promise<ProjectState>
}

export const createImageService = (options: ImageServiceOptions): ImageService => {
  const { store, pictures } = options
  const upload = createUploader({ ...options, now: options.now ?? (() => new Date()) })

  const requireProject = async (projectId: string): Promise<ProjectState> => {
    const project = await store.project(projectId)
    if (!project) throw unknownProject(projectId)
    return project
  }

  return {
    async upload(projectId, file, options) {
      const uploaded = await upload(projectId, file, options)
      if (!uploaded.isNew || uploaded.isReplay) return uploaded
      await pictures.warm(uploaded.project, uploaded.image)
      return uploaded
    },

    async list(projectId, page) {
      for (;;) {
        const project = await requireProject(projectId)
        const images = await store.images(project, page)
        if (images) return { project, images }
      }
    },

    async remove(projectId, imageId, by) {
      const project = await store.commit(projectId, { type: 'delete_image', imageId, by })
      pictures.forget(projectId, imageId)
      return project
    },
    setPrimary: (projectId, imageId, by) => store.commit(projectId, { type: 'set_primary', imageId, by }),
  }
}
