// Routes of named assets: put, list, read, render, delete.

import { isPublic } from '../../core/auth/access.ts'
import { sizeRecipe } from '../../core/transform/recipe.ts'
import type { AssetService } from '../../services/images/assets.ts'
import type { ImageService } from '../../services/images/images.ts'
import type { Renders } from '../../services/images/renders.ts'
import type { Variants } from '../../services/images/variants.ts'
import type { JobService } from '../../services/jobs/jobs.ts'
import type { Observer } from '../../telemetry/observer.ts'
import { type DeliveryOptions, redirectOf } from '../bucket-redirect.ts'
import type { Context } from '../context.ts'
import type { Guard } from '../guard.ts'
import * as descriptions from '../openapi/images/assets.ts'
import { type AssetPath, assetNameOf, assetPathOf } from '../request/asset-path.ts'
import { expectedAssetOf } from '../request/if-match.ts'
import { receiveForm } from '../request/multipart.ts'
import {
  idempotencyKeyOf,
  limitOf,
  prefersAsync,
  projectIdOf,
  queryOf,
  REPLAY_HEADER,
  requireSignatureForm,
  searchOf,
  sizeOf,
} from '../request/params.ts'
import type { TransformRequestParser } from '../request/transform-request.ts'
import { acceptedResponse } from '../response/job-view.ts'
import { hasEtag, json, jsonHeaders, notModified, revalidated, sized } from '../response/respond.ts'
import {
  changingDelivery,
  coverDelivery,
  deliver,
  deliverRender,
  REVALIDATED,
  renderDelivery,
  withAccess,
} from '../response/send-picture.ts'
import type { Views } from '../response/views.ts'
import { assetNameSchema, assetPrefixSchema } from '../schemas/images/assets.ts'

export interface AssetRouteOptions extends DeliveryOptions {
  assets: AssetService
  images: Pick<ImageService, 'upload'>
  variants: Pick<Variants, 'find'>
  renders: Pick<Renders, 'find' | 'choose' | 'focalPoint'>
  /** @default every upload is waited for */
  jobs?: Pick<JobService, 'accept'>
  views: Views
  guard: Guard
  transformRequests: TransformRequestParser
  maxUploadBytes: number
  /** @default none */
  observer?: Pick<Observer, 'received'>
}

export const createAssetRoutes = (options: AssetRouteOptions) => {
  const { assets, images, jobs, variants, renders, views, guard, transformRequests, observer } = options
  const { accelRedirect, direct } = options

  const file = (
    c: Context,
    projectId: string,
    { path, name, format }: AssetPath & { kind: 'file' },
  ): Promise<Response> => {
    requireSignatureForm(c)
    const signedUntil = () => transformRequests.signedUntil(`/projects/${projectId}/assets/${path}`, searchOf(c))
    const wanted = () => ({ isOriginal: sizeOf(c) === 'original' })
    return guard.picture(c, projectId, { signedUntil, wanted }, async (authorized) => {
      const size = sizeOf(c)
      const { access } = authorized
      const project = authorized.project()
      const imageId = await assets.find(project, name)
      if (imageId === undefined) return undefined
      const now = Date.now()
      if (format === 'jpeg') {
        const picture = await variants.find(project, imageId, size)
        const redirect = redirectOf(direct, { projectId, imageId, size }, access)
        const delivery = Object.assign(coverDelivery(picture, project, now), { accelRedirect, redirect })
        return deliver(c, picture, withAccess(delivery, access))
      }
      const made = await renders.find(project, imageId, sizeRecipe(size, format))
      const delivery = changingDelivery(renderDelivery(made, REVALIDATED, c.get('vary')), project, now)
      return deliverRender(c, made, withAccess(delivery, access))
    })
  }

  const render = (c: Context, projectId: string, { path, name }: AssetPath & { kind: 'render' }) => {
    const url = `/projects/${projectId}/assets/${path}`
    const { isChosen, isFocal, isFullSize, recipesFor, signedUntil } = transformRequests.parse(url, searchOf(c))
    // Set before anything can fail: errors vary by `Accept` as well.
    if (isChosen) c.set('vary', 'Accept')
    const wanted = () => ({ isOriginal: isFullSize })
    return guard.picture(c, projectId, { signedUntil, wanted }, async (authorized) => {
      const project = authorized.project()
      const imageId = await assets.find(project, name)
      if (imageId === undefined) return undefined
      const point = isFocal ? await renders.focalPoint(project, imageId) : null
      if (point === undefined) return undefined
      const recipe = await renders.choose(projectId, imageId, recipesFor(c.req.header('accept'), point))
      const made = await renders.find(project, imageId, recipe)
      const delivery = changingDelivery(renderDelivery(made, REVALIDATED, c.get('vary')), project, Date.now())
      return deliverRender(c, made, withAccess(delivery, authorized.access))
    })
  }

  return {
    async put(c: Context) {
      const projectId = projectIdOf(c)
      guard.requireUploader(c, 'create', projectId)
      const name = assetNameOf(c)
      const [expected, idempotencyKey] = [expectedAssetOf(c), idempotencyKeyOf(c)]
      const form = receiveForm(c, options.maxUploadBytes, observer)
      const by = await guard.require(c, 'create', projectId)
      const request = {
        by,
        signal: c.req.raw.signal,
        // A key can be revoked during a long upload.
        confirm: () => guard.requireStill(c, 'create', projectId),
        details: form.details,
        idempotencyKey,
        asset: { name, expected },
      }
      const accepted = jobs && prefersAsync(c, by) ? await jobs.accept(projectId, form.file, request) : undefined
      if (accepted && 'job' in accepted) return acceptedResponse(c, views, accepted)
      const uploaded = accepted?.uploaded ?? (await images.upload(projectId, form.file, request))
      const isNew = uploaded.isNew && !uploaded.isReplacement
      return json(c, views.upload(uploaded, form.ignoredFields()), isNew ? 201 : 200, {
        Location: views.assetUrl(projectId, name),
        ...(uploaded.isReplay ? { [REPLAY_HEADER]: 'true' } : {}),
      })
    },

    async list(c: Context) {
      const projectId = projectIdOf(c)
      return guard.read(c, projectId, async (authorized) => {
        const limit = limitOf(c)
        const after = queryOf(c, 'after', assetNameSchema)
        const prefix = queryOf(c, 'prefix', assetPrefixSchema)
        const project = authorized.project()
        const etag = views.listEtag(project)
        const isPrivate = !isPublic(project)
        if (hasEtag(c, etag)) return notModified(c, revalidated(etag, isPrivate))
        const page = await assets.list(project, { prefix, after, limit })
        if (!page) return undefined
        const { next } = page
        const query = new URLSearchParams({
          ...(prefix === undefined ? {} : { prefix }),
          limit: String(limit),
          after: next ?? '',
        })
        const body = {
          project_id: projectId,
          revision: project.revision,
          assets: page.images.flatMap((image) => views.asset(project, image) ?? []),
          next: next === undefined ? null : `${views.projectUrl(projectId)}/assets?${query}`,
        }
        return sized(c, JSON.stringify(body), 200, jsonHeaders(etag, isPrivate))
      })
    },

    /** Answers the picture of an asset, and its renders: a name may have slashes, so that one pattern matches both. */
    async read(c: Context) {
      const projectId = projectIdOf(c)
      const path = assetPathOf(c)
      if (path.kind === 'file') return file(c, projectId, path)
      c.set('route', (path.hasExtension ? descriptions.renderFile : descriptions.render).path)
      return render(c, projectId, path)
    },

    async remove(c: Context) {
      const projectId = projectIdOf(c)
      const by = await guard.require(c, 'write', projectId)
      const name = assetNameOf(c)
      return json(c, views.primary(await assets.remove(projectId, name, { by, expected: expectedAssetOf(c) })))
    },
  }
}
