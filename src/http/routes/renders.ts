// Handlers of what is made from originals: transforms, and the named sizes in other formats than JPEG.

import type { Size } from '../../core/names.ts'
import { decide } from '../../core/request/conditional.ts'
import type { Format } from '../../core/transform/formats.ts'
import { sizeRecipe } from '../../core/transform/recipe.ts'
import type { Render, Renders } from '../../services/images/renders.ts'
import type { Pictures } from '../../services/images/variants.ts'
import { type Guard, type Sight, seenAs } from '../authorize.ts'
import type { Context } from '../context.ts'
import { imageIdOf, projectIdOf } from '../request/params.ts'
import type { AskedReader } from '../request/transform-request.ts'
import { renderDelivery } from '../response/rendered-picture.ts'
import { type Delivery, deliver, IMMUTABLE } from '../response/send-picture.ts'
import { coverDelivery } from '../response/stored-picture.ts'

export interface RenderRouteOptions {
  renders: Pick<Renders, 'find'>
  pictures: Pictures
  asked: AskedReader
  guard: Guard
}

export const createRenderRoutes = ({ renders, pictures, asked, guard }: RenderRouteOptions) => {
  const send = async (c: Context, render: Render, delivery: Delivery): Promise<Response> => {
    const open = () => render.open(c.req.raw.signal)
    const source = { bytes: 0, open }
    // The length of something can be told only once it is there.
    if (c.req.method === 'HEAD' && decide((name) => c.req.header(name), delivery) === 'send') {
      const content = await open()
      source.bytes = Buffer.isBuffer(content) ? content.length : content.bytes
      if (!Buffer.isBuffer(content)) await content.close()
    }
    return deliver(c, source, delivery)
  }

  return {
    async render(c: Context) {
      const projectId = projectIdOf(c)
      const { url } = c.req
      const at = url.indexOf('?')
      const { isChosen, recipeFor, cacheControl, expiresMs } = asked.read(
        `/projects/${projectId}/images/${c.req.param('image_id')}/render`,
        at < 0 ? '' : url.slice(at),
      )
      // First of all: an error depends on `Accept` as well.
      if (isChosen) c.set('vary', 'Accept')
      const imageId = imageIdOf(c, projectId)
      const sight = await guard.picture(c, projectId, () => (Number.isFinite(expiresMs) ? expiresMs : undefined))
      const render = await renders.find(projectId, imageId, recipeFor(c.req.header('accept')))
      return send(c, render, seenAs(renderDelivery(render, cacheControl(), c.get('vary')), sight))
    },

    /** A named size in another format than JPEG. */
    async sized(c: Context, projectId: string, imageId: string, size: Size, format: Format, sight: Sight) {
      const render = await renders.find(projectId, imageId, sizeRecipe(size, format))
      return send(c, render, seenAs(renderDelivery(render, IMMUTABLE, c.get('vary')), sight))
    },

    /** The same of the primary image. */
    async cover(c: Context, projectId: string, size: Size, format: Format, sight: Sight) {
      const { picture, project } = await pictures.findPrimary(projectId, size)
      const render = await renders.find(projectId, picture.imageId, sizeRecipe(size, format))
      const { etag, contentType, vary } = renderDelivery(render, IMMUTABLE, c.get('vary'))
      const delivery = { ...coverDelivery(picture, project, Date.now()), etag, contentType, vary }
      return send(c, render, seenAs(delivery, sight))
    },
  }
}

export type RenderRoutes = ReturnType<typeof createRenderRoutes>
