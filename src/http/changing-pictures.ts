// Pictures under URLs at which another one can follow at any moment, those of assets and of objects: stored variants and
// transforms of the image that a request finds there.

import type { ReadableState } from '../core/project/state.ts'
import type { ByTransparency, Format } from '../core/transform/formats.ts'
import { sizeRecipe } from '../core/transform/recipe.ts'
import type { Renders } from '../services/images/renders.ts'
import type { Variants } from '../services/images/variants.ts'
import { type DeliveryOptions, redirectOf } from './bucket-redirect.ts'
import type { Context } from './context.ts'
import type { Guard } from './guard.ts'
import { requireSignatureForm, searchOf, sizeOf } from './request/params.ts'
import type { TransformRequestParser } from './request/transform-request.ts'
import {
  changingDelivery,
  coverDelivery,
  deliver,
  deliverRender,
  REVALIDATED,
  renderDelivery,
  withAccess,
} from './response/send-picture.ts'

export interface ChangingPictureOptions extends DeliveryOptions {
  variants: Pick<Variants, 'find'>
  renders: Pick<Renders, 'find' | 'choose' | 'focalPoint'>
  guard: Guard
  transformRequests: TransformRequestParser
}

export interface ChangingPicture {
  projectId: string
  /** Path as signatures cover it. */
  path: string
  /** Id of the image; undefined where the project has changed: it is read and authorized again. */
  find(project: ReadableState): Promise<string | undefined>
}

/** Format of a stored variant, and the request header that has selected JPEG. */
export interface FileFormat {
  formats: ByTransparency<Format>
  vary?: string | undefined
}

export interface ChangingPictures {
  /** Responds with the stored variant of `size`. @param formatOf called once access is granted */
  file(c: Context, picture: ChangingPicture, formatOf: () => FileFormat): Promise<Response>
  /** Responds with a transform, by the query. */
  render(c: Context, picture: ChangingPicture): Promise<Response>
}

export const createChangingPictures = (options: ChangingPictureOptions): ChangingPictures => {
  const { variants, renders, guard, transformRequests, accelRedirect, direct } = options

  const chosen = (projectId: string, imageId: string, formats: ByTransparency<Format>) =>
    formats.opaque === formats.transparent ? formats.opaque : renders.choose(projectId, imageId, formats)

  return {
    async file(c, { projectId, path, find }, formatOf) {
      requireSignatureForm(c)
      const signedUntil = () => transformRequests.signedUntil(path, searchOf(c))
      const wanted = () => ({ isOriginal: sizeOf(c) === 'original' })
      return guard.picture(c, projectId, { signedUntil, wanted }, async ({ project: newest, access }) => {
        const [size, { formats, vary }] = [sizeOf(c), formatOf()]
        const project = newest()
        const imageId = await find(project)
        if (imageId === undefined) return undefined
        const format = await chosen(projectId, imageId, formats)
        const now = Date.now()
        if (format === 'jpeg') {
          const picture = await variants.find(project, imageId, size)
          const redirect = direct && redirectOf(direct, { projectId, imageId, size }, access)
          const delivery = Object.assign(coverDelivery(picture, project, now), { accelRedirect, redirect, vary })
          return deliver(c, picture, withAccess(delivery, access))
        }
        const made = await renders.find(project, imageId, sizeRecipe(size, format))
        const delivery = changingDelivery(renderDelivery(made, REVALIDATED, c.get('vary')), project, now)
        return deliverRender(c, made, withAccess(delivery, access))
      })
    },

    async render(c, { projectId, path, find }) {
      const { isChosen, isFocal, isFullSize, recipesFor, signedUntil } = transformRequests.parse(path, searchOf(c))
      // Set before anything can fail: errors vary by `Accept` as well.
      if (isChosen) c.set('vary', 'Accept')
      const wanted = () => ({ isOriginal: isFullSize })
      return guard.picture(c, projectId, { signedUntil, wanted }, async ({ project: newest, access }) => {
        const project = newest()
        const imageId = await find(project)
        if (imageId === undefined) return undefined
        const point = isFocal ? await renders.focalPoint(project, imageId) : null
        if (point === undefined) return undefined
        const recipe = await renders.choose(projectId, imageId, recipesFor(c.req.header('accept'), point))
        const made = await renders.find(project, imageId, recipe)
        const delivery = changingDelivery(renderDelivery(made, REVALIDATED, c.get('vary')), project, Date.now())
        return deliverRender(c, made, withAccess(delivery, access))
      })
    },
  }
}
