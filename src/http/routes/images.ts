// Handlers of images: upload, list, read, delete, and the cover.

import { isSize, type Size } from '../../core/names.ts'
import { isImageCursor } from '../../core/project/cursor.ts'
import { accessOf, type Project } from '../../core/project/model.ts'
import { type Format, formatOf } from '../../core/transform/formats.ts'
import type { ImageService } from '../../services/images/images.ts'
import type { Pictures } from '../../services/images/variants.ts'
import type { ProjectService } from '../../services/projects/projects.ts'
import type { Observer } from '../../telemetry/observer.ts'
import { type Guard, type Sight, seenAs } from '../authorize.ts'
import type { Context } from '../context.ts'
import { ifRevisionOf } from '../request/if-match.ts'
import { receiveFile } from '../request/multipart.ts'
import {
  afterOf,
  chosenFormatOf,
  fileNameOf,
  imageIdOf,
  limitOf,
  projectIdOf,
  sizeOf,
  unknownFile,
} from '../request/params.ts'
import type { AskedReader } from '../request/transform-request.ts'
import { dedupeOf, idempotencyKeyOf, REPLAY_HEADER } from '../request/upload-options.ts'
import type { ListMemory } from '../response/list-cache.ts'
import { hasEtag, json, jsonHeaders, notModified, revalidated, sized } from '../response/respond.ts'
import { deliver } from '../response/send-picture.ts'
import { coverDelivery, storedDelivery } from '../response/stored-picture.ts'
import type { Views } from '../response/views.ts'
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
  guard: Guard
  asked: AskedReader
}

export const createImageRoutes = (options: ImageRouteOptions) => {
  const { images, projects, pictures, views, lists, maxUploadBytes, observer, accelRedirect, renders, guard, asked } =
    options

  /** @param path below the project's own */
  const sightOf = (c: Context, projectId: string, path: string) =>
    guard.picture(c, projectId, () => asked.signedUntil(`/projects/${projectId}/${path}`, searchOf(c)))

  const byId = async (
    c: Context,
    projectId: string,
    imageId: string,
    size: Size,
    format: Format,
    sight: Sight,
  ): Promise<Response> => {
    if (format !== 'jpeg') return renders.sized(c, projectId, imageId, size, format, sight)
    const picture = await pictures.find(projectId, imageId, size)
    return deliver(c, picture, seenAs({ ...storedDelivery(picture), accelRedirect, vary: c.get('vary') }, sight))
  }

  const cover = async (c: Context, projectId: string, size: Size, format: Format, sight: Sight): Promise<Response> => {
    if (format !== 'jpeg') return renders.cover(c, projectId, size, format, sight)
    const { picture, project } = await pictures.findPrimary(projectId, size)
    const delivery = { ...coverDelivery(picture, project, Date.now()), accelRedirect, vary: c.get('vary') }
    return deliver(c, picture, seenAs(delivery, sight))
  }

  return {
    async upload(c: Context) {
      const projectId = projectIdOf(c)
      guard.requireUploader(c, projectId)
      // What is wrong in any case is refused first, so that it says nothing of a project that must not be known.
      const [idempotencyKey, dedupe] = [idempotencyKeyOf(c), dedupeOf(c)]
      const file = receiveFile(c, maxUploadBytes, observer)
      const by = await guard.require(c, 'create', projectId)
      const uploaded = await images.upload(projectId, file, {
        by,
        signal: c.req.raw.signal,
        // An upload can take many minutes, in which a key can be revoked.
        confirm: () => guard.requireStill(c, 'create', projectId),
        idempotencyKey,
        dedupe,
      })
      return json(c, views.upload(uploaded), uploaded.isNew ? 201 : 200, {
        Location: views.imageUrl(projectId, uploaded.image.id),
        ...(uploaded.isReplay ? { [REPLAY_HEADER]: 'true' } : {}),
      })
    },

    async list(c: Context) {
      const projectId = projectIdOf(c)
      await guard.require(c, 'read', projectId)
      const limit = limitOf(c)
      const after = afterOf(c, isImageCursor, '"next" of an earlier page, or the id of an image')
      // Nothing of the list is read for a client that has it.
      if (c.req.header('if-none-match') !== undefined) {
        const project = await projects.get(projectId)
        const etag = views.listEtag(project)
        if (hasEtag(c, etag)) return notModified(c, revalidated(etag, isPrivate(project)))
      }
      const { project, images: page, next } = await images.list(projectId, { after, limit })
      const body = {
        ...views.primary(project),
        images: page.map((image) => views.image(project, image)),
        next: next === undefined ? null : `${views.projectUrl(projectId)}/images?limit=${limit}&after=${next}`,
      }
      const etag = views.listEtag(project)
      if (hasEtag(c, etag)) return notModified(c, revalidated(etag, isPrivate(project)))
      const text = Buffer.from(JSON.stringify(body))
      // What is in front of the app asks nobody who they are.
      if (!isPrivate(project))
        lists?.keep(pathOf(c.req.url), projectId, { revision: project.revision, etag, body: text })
      return sized(c, text, 200, jsonHeaders(etag, isPrivate(project)))
    },

    async read(c: Context) {
      const projectId = projectIdOf(c)
      const imageId = c.req.param('image_id') ?? ''
      const sight = await sightOf(c, projectId, `images/${imageId}`)
      const format = chosenFormatOf(c)
      return byId(c, projectId, imageIdOf(c, projectId), sizeOf(c), format, sight)
    },

    async file(c: Context) {
      const projectId = projectIdOf(c)
      const sight = await sightOf(c, projectId, `images/${c.req.param('image_id')}/${c.req.param('file')}`)
      const imageId = imageIdOf(c, projectId)
      const [size, extension] = fileNameOf(c)
      if (!isSize(size)) throw unknownFile(c)
      return byId(c, projectId, imageId, size, formatOf(extension) ?? 'jpeg', sight)
    },

    async thumbnail(c: Context) {
      const projectId = projectIdOf(c)
      const sight = await sightOf(c, projectId, 'thumbnail')
      const format = chosenFormatOf(c)
      return cover(c, projectId, 'thumb', format, sight)
    },

    async cover(c: Context) {
      const projectId = projectIdOf(c)
      const sight = await sightOf(c, projectId, c.req.param('file') ?? '')
      const [, extension] = fileNameOf(c)
      return cover(c, projectId, sizeOf(c, 'thumb'), formatOf(extension) ?? 'jpeg', sight)
    },

    async remove(c: Context) {
      const projectId = projectIdOf(c)
      const by = await guard.require(c, 'write', projectId)
      const imageId = imageIdOf(c, projectId)
      const ifRevision = ifRevisionOf(c, imageId)
      return json(c, views.primary(await images.remove(projectId, imageId, { by, ifRevision })))
    },

    async setPrimary(c: Context) {
      const projectId = projectIdOf(c)
      const by = await guard.require(c, 'write', projectId)
      const imageId = imageIdOf(c, projectId)
      return json(c, views.primary(await images.setPrimary(projectId, imageId, { by, ifRevision: ifRevisionOf(c) })))
    },
  }
}

const searchOf = (c: Context): string => {
  const at = c.req.url.indexOf('?')
  return at < 0 ? '' : c.req.url.slice(at)
}

const isPrivate = (project: Project): boolean => accessOf(project).visibility === 'private'

/** Path and query. */
const pathOf = (url: string): string => url.slice(url.indexOf('/', url.indexOf('://') + 3))
