// Handlers of images: upload, list, read, delete, and the cover.

import { isImageId } from '../../core/names.ts'
import type { ImageService } from '../../services/images.ts'
import type { ProjectService } from '../../services/projects.ts'
import { deliver, IMMUTABLE } from '../deliver.ts'
import { afterOf, imageIdOf, limitOf, projectIdOf, sizeOf } from '../params.ts'
import { receiveFile } from '../receive.ts'
import { type Context, hasEtag, json, notModified, revalidated, revalidatedJson } from '../respond.ts'
import type { Views } from '../views.ts'

export interface ImageRouteOptions {
  images: ImageService
  projects: ProjectService
  views: Views
  maxUploadBytes: number
}

export const createImageRoutes = ({ images, projects, views, maxUploadBytes }: ImageRouteOptions) => ({
  async upload(c: Context) {
    const projectId = projectIdOf(c)
    const file = receiveFile(c, maxUploadBytes)
    const uploaded = await images.upload(projectId, file, c.req.raw.signal)
    return json(c, views.upload(uploaded), 201, { Location: views.imageUrl(projectId, uploaded.image.id) })
  },

  async list(c: Context) {
    const projectId = projectIdOf(c)
    const limit = limitOf(c)
    const after = afterOf(c, isImageId, 'an image id')
    // Nothing of the list is read for a client that has it.
    if (c.req.header('if-none-match') !== undefined) {
      const etag = revisionEtag(await projects.get(projectId))
      if (hasEtag(c, etag)) return notModified(c, revalidated(etag))
    }
    // One more than is shown tells whether there is a next page.
    const { project, images: found } = await images.list(projectId, {
      after,
      limit: limit === undefined ? undefined : limit + 1,
    })
    const page = limit === undefined ? found : found.slice(0, limit)
    const last = page.at(-1)
    const url = `${views.projectUrl(projectId)}/images?limit=${limit}&after=${last?.id}`
    const body = {
      ...views.primary(project),
      images: page.map((image) => views.image(project, image)),
      next: page.length < found.length ? url : null,
    }
    return revalidatedJson(c, body, revisionEtag(project))
  },

  async read(c: Context) {
    const projectId = projectIdOf(c)
    const imageId = imageIdOf(c, projectId)
    const size = sizeOf(c)
    const file = await images.open(projectId, imageId, size)
    return deliver(c, file, { etag: `"${imageId}-${size}"`, cacheControl: IMMUTABLE })
  },

  async thumbnail(c: Context) {
    const { imageId, file } = await images.openPrimary(projectIdOf(c), 'thumb')
    return deliver(c, file, { etag: `"${imageId}-thumb"`, cacheControl: 'no-cache' })
  },

  async remove(c: Context) {
    const projectId = projectIdOf(c)
    return json(c, views.primary(await images.remove(projectId, imageIdOf(c, projectId))))
  },

  async setPrimary(c: Context) {
    const projectId = projectIdOf(c)
    return json(c, views.primary(await images.setPrimary(projectId, imageIdOf(c, projectId))))
  },
})

const revisionEtag = ({ revision }: { revision: number }): string => `"${revision}"`
