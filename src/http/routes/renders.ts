// Route of transforms.

import type { Renders } from '../../services/images/renders.ts'
import type { Context } from '../context.ts'
import type { Guard } from '../guard.ts'
import { fileNameOf, imageIdOf, projectIdOf, searchOf } from '../request/params.ts'
import type { TransformRequestParser } from '../request/transform-request.ts'
import { deliverRender, transformDelivery, withAccess } from '../response/send-picture.ts'

export interface RenderRouteOptions {
  renders: Pick<Renders, 'find' | 'choose' | 'focalPoint'>
  transformRequests: TransformRequestParser
  guard: Guard
}

export const createRenderRoutes = ({ renders, transformRequests, guard }: RenderRouteOptions) => ({
  /** Answers `/render`, and `/render.webp` with any extension of a picture. */
  async render(c: Context) {
    const projectId = projectIdOf(c)
    const file = c.req.param('file')
    if (file !== undefined) fileNameOf(c)
    const { isChosen, isFocal, isFullSize, recipesFor, cacheControl, signedUntil } = transformRequests.parse(
      `/projects/${projectId}/images/${c.req.param('image_id')}/${file ?? 'render'}`,
      searchOf(c),
    )
    // Set before anything can fail: errors vary by `Accept` as well.
    if (isChosen) c.set('vary', 'Accept')
    const imageId = imageIdOf(c, projectId)
    const wanted = () => ({ imageId, isOriginal: isFullSize })
    return guard.picture(c, projectId, { signedUntil, wanted, isFixed: !isFocal }, async (authorized) => {
      const project = authorized.project()
      const point = isFocal ? await renders.focalPoint(project, imageId) : null
      if (point === undefined) return undefined
      const recipe = await renders.choose(projectId, imageId, recipesFor(c.req.header('accept'), point))
      const render = await renders.find(project, imageId, recipe)
      const delivery = transformDelivery(render, cacheControl(point), c.get('vary'), project)
      return deliverRender(c, render, withAccess(delivery, authorized.access))
    })
  },
})
