// Transforms and other formats that are in memory, for the way in front of the app.

import { formatOf } from '../core/formats.ts'
import { isSize } from '../core/names.ts'
import { sizeRecipe } from '../core/recipe.ts'
import type { Renders } from '../services/renders.ts'
import type { AskedReader } from './asked.ts'
import { type Delivery, IMMUTABLE } from './deliver.ts'
import { renderDelivery } from './rendered.ts'

export interface FastRendersOptions {
  renders: Renders
  asked: AskedReader
}

export interface FastRender {
  body: Buffer<ArrayBuffer>
  delivery: Delivery
  /** Route as the metrics name it. */
  route: string
}

/** Undefined where the app has to answer. */
export type FindFastRender = (url: string, accept: string | undefined) => FastRender | undefined

const RENDERED =
  /^(\/projects\/([A-Za-z0-9_-][A-Za-z0-9._-]{0,63})\/images\/([0-9a-z]{20})\/(?:render|([a-z]+)\.(webp|avif)))(\?.*)?$/

const BY_ID = '/projects/{project_id}/images/{image_id}'

export const createFastRenders =
  ({ renders, asked }: FastRendersOptions): FindFastRender =>
  (url, accept) => {
    const [, path, projectId, imageId, size, extension, search = ''] = RENDERED.exec(url) ?? []
    if (path === undefined || projectId === undefined || imageId === undefined) return undefined
    if (size !== undefined && extension !== undefined) {
      const format = formatOf(extension)
      if (!isSize(size) || format === undefined || search !== '') return undefined
      const render = renders.peek(projectId, imageId, sizeRecipe(size, format))
      if (!render) return undefined
      const delivery = renderDelivery(render, IMMUTABLE, undefined)
      return { body: render.body, delivery, route: `${BY_ID}/{size}.{format}` }
    }
    const known = asked.known(path, search)
    const render = known && renders.peek(projectId, imageId, known.recipeFor(accept))
    if (!render) return undefined
    const delivery = renderDelivery(render, known.cacheControl(), known.isChosen ? 'Accept' : undefined)
    return { body: render.body, delivery, route: `${BY_ID}/render` }
  }
