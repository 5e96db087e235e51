// Transforms and other formats that are in memory, for the way in front of the app.

import { LRUCache } from 'lru-cache'
import { formatOf } from '../core/formats.ts'
import { isSize } from '../core/names.ts'
import { type Recipe, sizeRecipe } from '../core/recipe.ts'
import type { RenderInMemory, Renders } from '../services/renders.ts'
import type { AskedReader } from './asked.ts'
import { type Delivery, IMMUTABLE } from './deliver.ts'
import { renderDelivery } from './rendered.ts'

export interface FastRendersOptions {
  renders: Pick<Renders, 'peek'>
  asked: Pick<AskedReader, 'known'>
}

export interface FastRender {
  body: Buffer<ArrayBuffer>
  delivery: Delivery
  /** Route as the metrics name it. */
  route: string
}

/**
 * Undefined where the app has to answer.
 *
 * @param accept of the request, asked only where it matters
 * @param share see {@link Store.current}
 */
export type FindFastRender = (url: string, accept: () => string | undefined, share?: boolean) => FastRender | undefined

/** What a URL means, as long as it does. */
interface Target {
  projectId: string
  imageId: string
  route: string
  vary: string | undefined
  recipeFor(accept: () => string | undefined): Recipe
  cacheControl(): string
  /** Milliseconds since 1970. */
  expiresMs: number
}

const RENDERED =
  /^(\/projects\/([A-Za-z0-9_-][A-Za-z0-9._-]{0,63})\/images\/([0-9a-z]{20})\/(?:render|([a-z]+)\.(webp|avif)))(\?.*)?$/

const FILE = '/projects/{project_id}/images/{image_id}/{size}.{format}'
const RENDER = '/projects/{project_id}/images/{image_id}/render'

/** To read a URL takes as long as the rest of an answer, and a wall asks for the same few thousand. */
const REMEMBERED = { max: 5000, maxLength: 500 }

export const createFastRenders = ({ renders, asked }: FastRendersOptions): FindFastRender => {
  const targets = new LRUCache<string, Target>({ max: REMEMBERED.max })
  const deliveries = new WeakMap<Buffer, Delivery>()

  const read = (url: string): Target | undefined => {
    const [, path, projectId, imageId, size, extension, search = ''] = RENDERED.exec(url) ?? []
    if (path === undefined || projectId === undefined || imageId === undefined) return undefined
    if (size !== undefined && extension !== undefined) {
      const format = formatOf(extension)
      if (!isSize(size) || format === undefined || search !== '') return undefined
      const recipe = sizeRecipe(size, format)
      const fixed = { vary: undefined, recipeFor: () => recipe, cacheControl: () => IMMUTABLE }
      return { projectId, imageId, route: FILE, ...fixed, expiresMs: Number.POSITIVE_INFINITY }
    }
    const known = asked.known(path, search)
    if (!known) return undefined
    const { isChosen, expiresMs } = known
    return {
      projectId,
      imageId,
      route: RENDER,
      vary: isChosen ? 'Accept' : undefined,
      recipeFor: (accept) => known.recipeFor(isChosen ? accept() : undefined),
      cacheControl: () => known.cacheControl(),
      expiresMs,
    }
  }

  const targetOf = (url: string): Target | undefined => {
    const known = targets.get(url)
    if (known && (known.expiresMs === Number.POSITIVE_INFINITY || Date.now() < known.expiresMs)) return known
    const target = read(url)
    if (target && url.length <= REMEMBERED.maxLength) targets.set(url, target)
    return target
  }

  /** The same object for the same, so that its head is made once. */
  const deliveryOf = (render: RenderInMemory, { vary, ...target }: Target): Delivery => {
    const cacheControl = target.cacheControl()
    const known = deliveries.get(render.body)
    if (known?.cacheControl === cacheControl && known.vary === vary) return known
    const delivery = renderDelivery(render, cacheControl, vary)
    deliveries.set(render.body, delivery)
    return delivery
  }

  return (url, accept, share) => {
    const target = targetOf(url)
    if (!target) return undefined
    const render = renders.peek(target.projectId, target.imageId, target.recipeFor(accept), share)
    return render && { body: render.body, delivery: deliveryOf(render, target), route: target.route }
  }
}
