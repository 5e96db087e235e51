// Routes of named assets: put, list, read, render, delete.

import { isPublic } from '../../core/auth/access.ts'
import type { ReadableState } from '../../core/project/state.ts'
import type { AssetService } from '../../services/images/assets.ts'
import type { ImageService } from '../../services/images/images.ts'
import type { JobService } from '../../services/jobs/jobs.ts'
import type { Observer } from '../../telemetry/observer.ts'
import { type ChangingPictureOptions, createChangingPictures } from '../changing-pictures.ts'
import type { Context } from '../context.ts'
import * as descriptions from '../openapi/images/assets.ts'
import { assetNameOf, assetPathOf } from '../request/asset-path.ts'
import { expectedAssetOf } from '../request/if-match.ts'
import { receiveForm } from '../request/multipart.ts'
import { idempotencyKeyOf, limitOf, prefersAsync, projectIdOf, queryOf, REPLAY_HEADER } from '../request/params.ts'
import { acceptedResponse } from '../response/job-view.ts'
import { hasEtag, json, jsonHeaders, notModified, revalidated, sized } from '../response/respond.ts'
import type { Views } from '../response/views.ts'
import { assetNameSchema, assetPrefixSchema } from '../schemas/images/assets.ts'

export interface AssetRouteOptions extends ChangingPictureOptions {
  assets: AssetService
  images: Pick<ImageService, 'upload'>
  /** @default every upload is waited for */
  jobs?: Pick<JobService, 'accept'>
  views: Views
  maxUploadBytes: number
  /** @default none */
  observer?: Pick<Observer, 'received'>
}

export const createAssetRoutes = (options: AssetRouteOptions) => {
  const { assets, images, jobs, views, guard, observer } = options
  const pictures = createChangingPictures(options)

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
      const asset = assetPathOf(c)
      const picture = {
        projectId,
        path: `/projects/${projectId}/assets/${asset.path}`,
        find: (project: ReadableState) => assets.find(project, asset.name),
      }
      if (asset.kind === 'file') {
        const { format } = asset
        return pictures.file(c, picture, () => ({ formats: { opaque: format, transparent: format } }))
      }
      c.set('route', (asset.hasExtension ? descriptions.renderFile : descriptions.render).path)
      return pictures.render(c, picture)
    },

    async remove(c: Context) {
      const projectId = projectIdOf(c)
      const by = await guard.require(c, 'write', projectId)
      const name = assetNameOf(c)
      return json(c, views.primary(await assets.remove(projectId, name, { by, expected: expectedAssetOf(c) })))
    },
  }
}
