// Handlers of what is made from originals: transforms, and the named sizes in other formats than JPEG.

import { LRUCache } from 'lru-cache'
import { decide } from '../../core/delivery.ts'
import { chooseFormat, type Format, MEDIA_TYPES } from '../../core/formats.ts'
import type { Size } from '../../core/names.ts'
import { eachOnce, invalidParameter } from '../../core/parameters.ts'
import { type Presets, presetOf } from '../../core/presets.ts'
import { formatOfRecipe, type Recipe, sizeRecipe, transformRecipe } from '../../core/recipe.ts'
import { EXPIRES, SIGNATURE, verifySignature } from '../../core/signature.ts'
import { parseTransform, type Transform, transformParameters } from '../../core/transform.ts'
import type { Pictures } from '../../services/pictures.ts'
import type { Render, Renders } from '../../services/renders.ts'
import { type Delivery, deliver, IMMUTABLE } from '../deliver.ts'
import { imageIdOf, projectIdOf } from '../params.ts'
import type { Context } from '../respond.ts'
import { coverDelivery } from '../stored.ts'

export interface RenderRouteOptions {
  renders: Renders
  pictures: Pictures
  /** The first one signs, all verify. */
  signingKeys: readonly string[]
  presets: Presets
}

/** What a request asks for, once it was found to be allowed. */
interface Asked {
  transform: Transform
  cacheControl: string
  /** Milliseconds since 1970. */
  expiresMs: number
}

/** A preset can be given another meaning by the operator of the server. */
const PRESET_CACHING = 'public, max-age=86400'

/** Requests whose meaning is remembered: a page asks for the same ones again and again. */
const REMEMBERED = { max: 5000, maxLength: 500 }

export const createRenderRoutes = ({ renders, pictures, signingKeys, presets }: RenderRouteOptions) => {
  const remembered = new LRUCache<string, Asked>({ max: REMEMBERED.max })

  const readAsked = (search: string, path: string): Asked => {
    const parameters = eachOnce(new URLSearchParams(search))
    const signature = taken(parameters, SIGNATURE)
    const expires = taken(parameters, EXPIRES)
    const expiry = expires === undefined ? [] : ([[EXPIRES, expires]] as const)
    const preset = taken(parameters, 'preset')
    if (preset === undefined) {
      const transform = parseTransform(parameters)
      const signed = { path, parameters: new Map([...transformParameters(transform), ...expiry]) }
      verifySignature(signed, signature, signingKeys, Date.now())
      return { transform, cacheControl: IMMUTABLE, expiresMs: expiresMsOf(expires) }
    }
    for (const [name, value] of parameters) throw invalidParameter(name, 'nothing else beside preset', value)
    const transform = presetOf(presets, preset)
    if (signature !== undefined)
      verifySignature(
        { path, parameters: new Map([['preset', preset], ...expiry]) },
        signature,
        signingKeys,
        Date.now(),
      )
    return { transform, cacheControl: PRESET_CACHING, expiresMs: expiresMsOf(expires) }
  }

  const askedOf = (c: Context, path: string): Asked => {
    const { url } = c.req
    const at = url.indexOf('?')
    const search = at < 0 ? '' : url.slice(at)
    const key = path + search
    const known = remembered.get(key)
    if (known && Date.now() < known.expiresMs) return known
    const asked = readAsked(search, path)
    if (search.length <= REMEMBERED.maxLength) remembered.set(key, asked)
    return asked
  }

  const send = async (c: Context, render: Render, delivery: Delivery): Promise<Response> => {
    const open = () => render.open(c.req.raw.signal)
    const source = { bytes: 0, open }
    // The length of something can be told only once it is there.
    if (c.req.method === 'HEAD' && decide((name) => c.req.header(name), delivery) === 'send') {
      const content = await open()
      source.bytes = Buffer.isBuffer(content) ? content.length : content.bytes
      if (!Buffer.isBuffer(content)) await content.handle.close()
    }
    return deliver(c, source, delivery)
  }

  const deliveryOf = ({ imageId, name, modifiedMs }: Render, recipe: Recipe) => ({
    etag: `"${imageId}-${name}"`,
    modifiedMs,
    contentType: MEDIA_TYPES[formatOfRecipe(recipe)],
  })

  return {
    async render(c: Context) {
      const projectId = projectIdOf(c)
      const imageId = imageIdOf(c, projectId)
      const { transform, cacheControl, expiresMs } = askedOf(c, `/projects/${projectId}/images/${imageId}/render`)
      const isChosen = transform.format === 'auto'
      if (isChosen) c.set('vary', 'Accept')
      const recipe = transformRecipe(transform, isChosen ? chooseFormat(c.req.header('accept')) : 'jpeg')
      const render = await renders.find(projectId, imageId, recipe)
      return send(c, render, {
        ...deliveryOf(render, recipe),
        cacheControl: untilThen(cacheControl, expiresMs),
        vary: c.get('vary'),
      })
    },

    /** A named size in another format than JPEG. */
    async sized(c: Context, projectId: string, imageId: string, size: Size, format: Format) {
      const recipe = sizeRecipe(size, format)
      const render = await renders.find(projectId, imageId, recipe)
      return send(c, render, { ...deliveryOf(render, recipe), cacheControl: IMMUTABLE, vary: c.get('vary') })
    },

    /** The same of the primary image. */
    async cover(c: Context, projectId: string, size: Size, format: Format) {
      const recipe = sizeRecipe(size, format)
      const { picture, project } = await pictures.findPrimary(projectId, size)
      const render = await renders.find(projectId, picture.imageId, recipe)
      const { etag, contentType } = deliveryOf(render, recipe)
      return send(c, render, {
        ...coverDelivery(picture, project, Date.now()),
        etag,
        contentType,
        vary: c.get('vary'),
      })
    },
  }
}

export type RenderRoutes = ReturnType<typeof createRenderRoutes>

const taken = (parameters: Map<string, string>, name: string): string | undefined => {
  const value = parameters.get(name)
  parameters.delete(name)
  return value
}

const expiresMsOf = (expires: string | undefined): number =>
  expires === undefined ? Number.POSITIVE_INFINITY : Number(expires) * 1000

/** No cache keeps an answer for longer than its URL is valid. */
const untilThen = (cacheControl: string, expiresMs: number): string =>
  expiresMs === Number.POSITIVE_INFINITY
    ? cacheControl
    : `public, max-age=${Math.max(0, Math.min(31_536_000, Math.floor((expiresMs - Date.now()) / 1000)))}`
