// Routes of images: upload, list, read, edit, delete, and the cover.

import { isPublic } from '../../core/auth/access.ts'
import { pendingOf } from '../../core/jobs/pending.ts'
import { isSize, type Size } from '../../core/names.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ByTransparency, Format } from '../../core/transform/formats.ts'
import { sizeRecipe } from '../../core/transform/recipe.ts'
import type { ImageService } from '../../services/images/images.ts'
import type { Renders } from '../../services/images/renders.ts'
import type { Variants } from '../../services/images/variants.ts'
import type { JobService } from '../../services/jobs/jobs.ts'
import type { Observer } from '../../telemetry/observer.ts'
import { type DeliveryOptions, redirectOf } from '../bucket-redirect.ts'
import type { Context } from '../context.ts'
import type { AnswerFrom, AuthorizedPicture, Guard, PictureRequest } from '../guard.ts'
import { ifRevisionOf } from '../request/if-match.ts'
import { imageListRequestOf, nextQuery } from '../request/image-list.ts'
import { parseBody, readJson } from '../request/json-body.ts'
import { receiveForm } from '../request/multipart.ts'
import {
  chosenFormatsOf,
  dedupeOf,
  fileNameOf,
  idempotencyKeyOf,
  imageIdOf,
  prefersAsync,
  projectIdOf,
  REPLAY_HEADER,
  requireSignatureForm,
  searchOf,
  sizeOf,
  unknownFile,
} from '../request/params.ts'
import type { TransformRequestParser } from '../request/transform-request.ts'
import { hashesOf, streamedList, wholeList } from '../response/image-list.ts'
import { acceptedResponse } from '../response/job-view.ts'
import type { ListCache } from '../response/list-cache.ts'
import { hasEtag, json, jsonHeaders, notModified, respond, revalidated, sized } from '../response/respond.ts'
import {
  coverDelivery,
  deliver,
  deliverRender,
  IMMUTABLE,
  renderDelivery,
  storedDelivery,
  withAccess,
} from '../response/send-picture.ts'
import type { Views } from '../response/views.ts'
import { imageEditSchema } from '../schemas/images/images.ts'

/** Limit of the body of an edit, in bytes: every detail at its limit, in escapes. */
const MAX_EDIT_BYTES = 128 * 1024

export interface ImageRouteOptions extends DeliveryOptions {
  images: ImageService
  variants: Variants
  /** @default every upload is waited for */
  jobs?: Pick<JobService, 'accept'>
  views: Views
  lists?: Pick<ListCache, 'set'>
  maxUploadBytes: number
  /** @default none */
  observer?: Pick<Observer, 'received'>
  renders: Pick<Renders, 'find' | 'choose'>
  guard: Guard
  transformRequests: TransformRequestParser
}

export const createImageRoutes = (options: ImageRouteOptions) => {
  const { images, jobs, variants, views, lists, renders, guard, transformRequests } = options
  const { maxUploadBytes, observer, accelRedirect, direct } = options

  /** @param path below the project's own */
  const authorize = (
    c: Context,
    projectId: string,
    path: string,
    request: Omit<PictureRequest, 'signedUntil'>,
    answer: AnswerFrom<AuthorizedPicture>,
  ): Promise<Response> => {
    requireSignatureForm(c)
    const signedUntil = () => transformRequests.signedUntil(`/projects/${projectId}/${path}`, searchOf(c))
    return guard.picture(c, projectId, { signedUntil, ...request }, answer)
  }

  /** Stored variants, the most frequent ones, ask nothing of renders. */
  const formatFor = (projectId: string, imageId: string, { opaque, transparent }: ByTransparency<Format>) =>
    opaque === transparent ? opaque : renders.choose(projectId, imageId, { opaque, transparent })

  const byId = async (
    c: Context,
    { project, access }: AuthorizedPicture,
    imageId: string,
    size: Size,
    formats: ByTransparency<Format>,
  ) => {
    const vary = c.get('vary')
    const format = await formatFor(project().project_id, imageId, formats)
    if (format !== 'jpeg') {
      const render = await renders.find(project(), imageId, sizeRecipe(size, format))
      return deliverRender(c, render, withAccess(renderDelivery(render, IMMUTABLE, vary), access))
    }
    const picture = await variants.find(project(), imageId, size)
    const redirect = direct && redirectOf(direct, { projectId: project().project_id, imageId, size }, access)
    const delivery = Object.assign(storedDelivery(picture), { accelRedirect, redirect, vary })
    return deliver(c, picture, withAccess(delivery, access))
  }

  /** @param path below the project's own */
  const cover = (
    c: Context,
    projectId: string,
    path: string,
    read: () => { size: Size; formats: ByTransparency<Format> },
  ) => {
    const wanted = () => ({ isOriginal: read().size === 'original' })
    return authorize(c, projectId, path, { wanted }, async (authorized) => {
      const { size, formats } = read()
      const { access } = authorized
      const project = authorized.project()
      const picture = await variants.findPrimary(project, size)
      // The image was deleted meanwhile: a newer state has another one.
      if (!picture) return undefined
      const format = await formatFor(projectId, picture.imageId, formats)
      const delivery = coverDelivery(picture, project, Date.now())
      const vary = c.get('vary')
      if (format === 'jpeg') {
        const redirect = direct && redirectOf(direct, { projectId, imageId: picture.imageId, size }, access)
        return deliver(c, picture, withAccess(Object.assign(delivery, { accelRedirect, redirect, vary }), access))
      }
      const render = await renders.find(project, picture.imageId, sizeRecipe(size, format))
      const { etag, contentType } = renderDelivery(render, IMMUTABLE, vary)
      return deliverRender(c, render, withAccess({ ...delivery, etag, contentType, vary }, access))
    })
  }

  return {
    async upload(c: Context) {
      const projectId = projectIdOf(c)
      guard.requireUploader(c, 'upload', projectId)
      // Checks that need no project come first, so that their errors reveal nothing about it.
      const [idempotencyKey, dedupe] = [idempotencyKeyOf(c), dedupeOf(c)]
      const form = receiveForm(c, maxUploadBytes, observer)
      const by = await guard.require(c, 'upload', projectId)
      const request = {
        by,
        signal: c.req.raw.signal,
        // A key can be revoked during a long upload.
        confirm: () => guard.requireStill(c, 'upload', projectId),
        details: form.details,
        idempotencyKey,
        dedupe,
      }
      const accepted = jobs && prefersAsync(c, by) ? await jobs.accept(projectId, form.file, request) : undefined
      if (accepted && 'job' in accepted) return acceptedResponse(c, views, accepted)
      const uploaded = accepted?.uploaded ?? (await images.upload(projectId, form.file, request))
      return json(c, views.upload(uploaded, form.ignoredFields()), uploaded.isNew ? 201 : 200, {
        Location: views.imageUrl(projectId, uploaded.image.id),
        ...(uploaded.isReplay ? { [REPLAY_HEADER]: 'true' } : {}),
      })
    },

    async list(c: Context) {
      const projectId = projectIdOf(c)
      return guard.read(c, projectId, async (authorized) => {
        const request = imageListRequestOf(c)
        const project = authorized.project()
        const etag = views.listEtag(project)
        const isPrivate = !isPublic(project)
        // A client with the current list costs no read.
        if (hasEtag(c, etag)) return notModified(c, revalidated(etag, isPrivate))
        const page = await images.list(project, request)
        if (!page) return undefined
        const list = {
          project: views.primary(project),
          images: page.images,
          view: (image: ImageRecord) =>
            request.hashes ? { ...views.image(project, image), sha256: hashesOf(image) } : views.image(project, image),
          next:
            page.next === undefined ? null : `${views.projectUrl(projectId)}/images${nextQuery(request, page.next)}`,
          pending: request.pending && page.next === undefined ? pendingOf(project) : undefined,
        }
        const text = wholeList(list)
        if (!text) return respond(c, streamedList(c, list), 200, jsonHeaders(etag, isPrivate))
        lists?.set(pathOf(c.req.url), projectId, { revision: project.revision, etag, body: text })
        return sized(c, text, 200, jsonHeaders(etag, isPrivate))
      })
    },

    async read(c: Context) {
      const projectId = projectIdOf(c)
      const wanted = () => ({ imageId: imageIdOf(c, projectId), isOriginal: sizeOf(c) === 'original' })
      const request = { wanted, isFixed: true }
      return authorize(c, projectId, `images/${c.req.param('image_id')}`, request, (authorized) => {
        const formats = chosenFormatsOf(c)
        return byId(c, authorized, imageIdOf(c, projectId), sizeOf(c), formats)
      })
    },

    async file(c: Context) {
      const projectId = projectIdOf(c)
      const wanted = () => ({ imageId: imageIdOf(c, projectId), isOriginal: fileNameOf(c).name === 'original' })
      return authorize(
        c,
        projectId,
        `images/${c.req.param('image_id')}/${c.req.param('file')}`,
        { wanted, isFixed: true },
        (authorized) => {
          const imageId = imageIdOf(c, projectId)
          const { name: size, format } = fileNameOf(c)
          if (!isSize(size)) throw unknownFile(c)
          return byId(c, authorized, imageId, size, { opaque: format, transparent: format })
        },
      )
    },

    thumbnail: (c: Context) =>
      cover(c, projectIdOf(c), 'thumbnail', () => ({ formats: chosenFormatsOf(c), size: 'thumb' })),

    cover: (c: Context) =>
      cover(c, projectIdOf(c), c.req.param('file') ?? '', () => {
        const { format } = fileNameOf(c)
        return { formats: { opaque: format, transparent: format }, size: sizeOf(c, 'thumb') }
      }),

    async edit(c: Context) {
      const projectId = projectIdOf(c)
      const by = await guard.require(c, 'write', projectId)
      const imageId = imageIdOf(c, projectId)
      const ifRevision = ifRevisionOf(c, imageId)
      const edit = parseBody(imageEditSchema, await readJson(c, MAX_EDIT_BYTES))
      const { project, image } = await images.edit(projectId, imageId, edit, { by, ifRevision })
      return json(c, views.editedImage(project, image), 200, { ETag: views.listEtag(project) })
    },

    async setPrimary(c: Context) {
      const projectId = projectIdOf(c)
      const by = await guard.require(c, 'write', projectId)
      const imageId = imageIdOf(c, projectId)
      return json(c, views.primary(await images.setPrimary(projectId, imageId, { by, ifRevision: ifRevisionOf(c) })))
    },
  }
}

/** Path and query of a URL. */
const pathOf = (url: string): string => url.slice(url.indexOf('/', url.indexOf('://') + 3))
