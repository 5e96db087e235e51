// Route of pictures in the source of a project: stored variants and transforms of objects, imported at their first request.

import type { ByTransparency, Format } from '../../core/transform/formats.ts'
import { sizeRecipe } from '../../core/transform/recipe.ts'
import { isTransformed, sourcePath } from '../../core/transform/render-path.ts'
import type { Renders } from '../../services/images/renders.ts'
import type { Variants } from '../../services/images/variants.ts'
import type { SourcePictures } from '../../services/sources/source-pictures.ts'
import { type DeliveryOptions, redirectOf } from '../bucket-redirect.ts'
import type { Context } from '../context.ts'
import type { Guard } from '../guard.ts'
import { chosenFormatsOf, objectKeyOf, projectIdOf, requireSignatureForm, searchOf, sizeOf } from '../request/params.ts'
import type { TransformRequestParser } from '../request/transform-request.ts'
import {
  changingDelivery,
  coverDelivery,
  deliver,
  deliverRender,
  REVALIDATED,
  renderDelivery,
  withAccess,
} from '../response/send-picture.ts'

export interface SourcePictureRouteOptions extends DeliveryOptions {
  sources: Pick<SourcePictures, 'find'>
  variants: Pick<Variants, 'find'>
  renders: Pick<Renders, 'find' | 'choose' | 'focalPoint'>
  guard: Guard
  transformRequests: TransformRequestParser
}

export const createSourcePictureRoutes = (options: SourcePictureRouteOptions) => {
  const { sources, variants, renders, guard, transformRequests, accelRedirect, direct } = options

  /** @param path as signatures cover it */
  const file = (c: Context, projectId: string, key: string, path: string): Promise<Response> => {
    requireSignatureForm(c)
    const signedUntil = () => transformRequests.signedUntil(path, searchOf(c))
    const wanted = () => ({ isOriginal: sizeOf(c) === 'original' })
    return guard.picture(c, projectId, { signedUntil, wanted }, async ({ project: newest, access }) => {
      const [size, formats] = [sizeOf(c), chosenFormatsOf(c)]
      const project = newest()
      const imageId = await sources.find(project, key)
      if (imageId === undefined) return undefined
      const format = await formatFor(projectId, imageId, formats)
      const [now, vary] = [Date.now(), c.get('vary')]
      if (format === 'jpeg') {
        const picture = await variants.find(project, imageId, size)
        const redirect = redirectOf(direct, { projectId, imageId, size }, access)
        const delivery = Object.assign(coverDelivery(picture, project, now), { accelRedirect, redirect, vary })
        return deliver(c, picture, withAccess(delivery, access))
      }
      const made = await renders.find(project, imageId, sizeRecipe(size, format))
      return deliverRender(
        c,
        made,
        withAccess(changingDelivery(renderDelivery(made, REVALIDATED, vary), project, now), access),
      )
    })
  }

  const formatFor = (projectId: string, imageId: string, formats: ByTransparency<Format>) =>
    formats.opaque === formats.transparent ? formats.opaque : renders.choose(projectId, imageId, formats)

  const render = (c: Context, projectId: string, key: string, path: string): Promise<Response> => {
    const { isChosen, isFocal, isFullSize, recipesFor, signedUntil } = transformRequests.parse(path, searchOf(c))
    // Set before anything can fail: errors vary by `Accept` as well.
    if (isChosen) c.set('vary', 'Accept')
    const wanted = () => ({ isOriginal: isFullSize })
    return guard.picture(c, projectId, { signedUntil, wanted }, async ({ project: newest, access }) => {
      const project = newest()
      const imageId = await sources.find(project, key)
      if (imageId === undefined) return undefined
      const point = isFocal ? await renders.focalPoint(project, imageId) : null
      if (point === undefined) return undefined
      const recipe = await renders.choose(projectId, imageId, recipesFor(c.req.header('accept'), point))
      const made = await renders.find(project, imageId, recipe)
      const delivery = changingDelivery(renderDelivery(made, REVALIDATED, c.get('vary')), project, Date.now())
      return deliverRender(c, made, withAccess(delivery, access))
    })
  }

  return {
    async read(c: Context) {
      const projectId = projectIdOf(c)
      const key = objectKeyOf(c)
      const answer = isTransformed(Object.keys(c.req.queries())) ? render : file
      return answer(c, projectId, key, sourcePath(projectId, key))
    },
  }
}
