// Images of a project: upload, list, delete, choose the cover.

import { type ProjectState, unknownProject } from '../core/changes.ts'
import { TintypeError } from '../core/errors.ts'
import type { ImageRecord } from '../core/model.ts'
import type { EncoderPool } from '../image/encoder.ts'
import type { Store } from '../stores/store.ts'
import type { Pictures } from './pictures.ts'

export interface ImageServiceOptions {
  store: Store
  encoders: Pick<EncoderPool, 'encode' | 'assertRoom'>
  pictures: Pictures
  /** Called with each new image. Never throws. */
  onStored?(projectId: string, imageId: string): void
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
   * @param signal given up where it aborts before the commit has begun.
   * @throws TintypeError what {@link EncoderPool.encode} and {@link Store.commit} throw
   */
  upload(projectId: string, file: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<UploadedImage>
  /** @throws TintypeError `project_not_found`, `invalid_parameter` */
  list(projectId: string, page?: Page): Promise<{ project: ProjectState; images: ImageRecord[] }>
  /** @throws TintypeError `project_not_found`, `image_not_found` */
  remove(projectId: string, imageId: string): Promise<ProjectState>
  /** @throws TintypeError `project_not_found`, `image_not_found` */
  setPrimary(projectId: string, imageId: string): Promise<ProjectState>
}

export interface UploadedImage {
  project: ProjectState
  image: ImageRecord
}

export const createImageService = (options: ImageServiceOptions): ImageService => {
  const { store, encoders, pictures } = options
  const now = options.now ?? (() => new Date())

  const requireProject = async (projectId: string): Promise<ProjectState> => {
    const project = await store.project(projectId)
    if (!project) throw unknownProject(projectId)
    return project
  }

  return {
    async upload(projectId, file, signal) {
      encoders.assertRoom()
      const stage = await store.stage(projectId)
      try {
        const bytes = await stage.receive(file)
        if (bytes === 0) throw new TintypeError('empty_file', 'Expected an image in field "file", it has 0 bytes.')
        const picture = await encoders.encode({ source: stage.uploadPath, targets: stage.targets }, signal)
        const image: ImageRecord = {
          id: stage.imageId,
          ext: 'jpg',
          created_at: now().toISOString(),
          width: picture.sizes.original.width,
          height: picture.sizes.original.height,
          sha256: picture.sha256,
          sizes: picture.sizes,
          placeholder: picture.placeholder,
          color: picture.color,
        }
        await stage.publish()
        const project = await store.commit(projectId, { type: 'add_image', image })
        await pictures.warm(project, image)
        options.onStored?.(projectId, image.id)
        return { project, image }
      } finally {
        await stage.discard()
      }
    },

    async list(projectId, page) {
      for (;;) {
        const project = await requireProject(projectId)
        const images = await store.images(project, page)
        if (images) return { project, images }
      }
    },

    async remove(projectId, imageId) {
      const project = await store.commit(projectId, { type: 'delete_image', imageId })
      pictures.forget(projectId, imageId)
      return project
    },
    setPrimary: (projectId, imageId) => store.commit(projectId, { type: 'set_primary', imageId }),
  }
}
