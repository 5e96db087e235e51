// Handlers of images: upload, list, read, delete, and the cover.

import { type Format, formatOf } from '../../core/formats.ts'
import { isImageId, isSize, type Size } from '../../core/names.ts'
import type { ImageService } from '../../services/images.ts'
import type { Pictures } from '../../services/pictures.ts'
import type { ProjectService } from '../../services/projects.ts'
import type { Observer } from '../../telemetry/observer.ts'
import { deliver } from '../deliver.ts'
import type { ListMemory } from '../list-memory.ts'
import { afterOf, chosenFormatOf, fileNameOf, imageIdOf, limitOf, projectIdOf, sizeOf, unknownFile } from '../params.ts'
import { receiveFile } from '../receive.ts'
import { type Context, hasEtag, json, jsonHeaders, notModified, revalidated, sized } from '../respond.ts'
import { coverDelivery, storedDelivery } from '../stored.ts'
import type { Views } from '../views.ts'
import type { RenderRoutes } from './renders.ts'

export interface ImageRouteOptions {
  images: ImageService
  projects: ProjectService
  pictures: Pictures
  views: Views
  lists?: Pick<ListMemory, 'keep'>
  maxUploadBytes: number
  /** @default nobody */
  observer?: Pick<Observer, 'received'>
  /** See {@link Delivery}. */
  accelRedirect?: string
  /** Of what isn't stored: other formats than JPEG. */
  renders: RenderRoutes
}

export const createImageRoutes = (options: ImageRouteOptions) => {
  const { images, projects, pictures, views, lists, maxUploadBytes, observer, accelRedirect, renders } = options

  const byId = async (
    c: Context,
    projectId: string,
    imageId: string,
    size: Size,
    format: Format,
  ): Promise<Response> => {
    if (format !== 'jpeg') return renders.sized(c, projectId, imageId, size, format)
    const picture = await pictures.find(projectId, imageId, size)
    return deliver(c, picture, { ...storedDelivery(picture), accelRedirect, vary: c.get('vary') })
  }

  const cover = async (c: Context, projectId: string, size: Size, format: Format): Promise<Response> => {
    if (format !== 'jpeg') return renders.cover(c, projectId, size, format)
    const { picture, project } = await pictures.findPrimary(projectId, size)
    return deliver(c, picture, { ...coverDelivery(picture, project, Date.now()), accelRedirect, vary: c.get('vary') })
  }

  return {
    async upload(c: Context) {
      const projectId = projectIdOf(c)
      const file = receiveFile(c, maxUploadBytes, observer)
      const uploaded = await images.upload(projectId, file, c.req.raw.signal)
      return json(c, views.upload(uploaded), 201, { Location: views.imageUrl(projectId, uploaded.image.id) })
    },

    async list(c: Context) {
      const projectId = projectIdOf(c)
      const limit = limitOf(c)
      const after = afterOf(c, isImageId, 'an image id')
      // Nothing of the list is read for a client that has it.
      if (c.req.header('if-none-match') !== undefined) {
        const etag = views.listEtag(await projects.get(projectId))
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
      const etag = views.listEtag(project)
      if (hasEtag(c, etag)) return notModified(c, revalidated(etag))
      const text = Buffer.from(JSON.stringify(body))
      lists?.keep(pathOf(c.req.url), projectId, { revision: project.revision, etag, body: text })
      return sized(c, text, 200, jsonHeaders(etag))
    },

    async read(c: Context) {
      const projectId = projectIdOf(c)
      const format = chosenFormatOf(c)
      return byId(c, projectId, imageIdOf(c, projectId), sizeOf(c), format)
    },

    async file(c: Context) {
      const projectId = projectIdOf(c)
      const imageId = imageIdOf(c, projectId)
      const [size, extension] = fileNameOf(c)
      if (!isSize(size)) throw unknownFile(c)
      return byId(c, projectId, imageId, size, formatOf(extension) ?? 'jpeg')
    },

    thumbnail(c: Context) {
      const format = chosenFormatOf(c)
      return cover(c, projectIdOf(c), 'thumb', format)
    },

    cover(c: Context) {
      const projectId = projectIdOf(c)
      const [, extension] = fileNameOf(c)
      return cover(c, projectId, sizeOf(c, 'thumb'), formatOf(extension) ?? 'jpeg')
    },

    async remove(c: Context) {
      const projectId = projectIdOf(c)
      return json(c, views.primary(await images.remove(projectId, imageIdOf(c, projectId))))
    },

    async setPrimary(c: Context) {
      const projectId = projectIdOf(c)
      return json(c, views.primary(await images.setPrimary(projectId, imageIdOf(c, projectId))))
    },
  }
}

/** Path and query. */
const pathOf = (url: string): string => url.slice(url.indexOf('/', url.indexOf('://') + 3))
