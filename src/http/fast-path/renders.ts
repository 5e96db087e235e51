// Renders in memory, for the fast path: transforms, and size names in other formats.

import { IMAGE_ID_SOURCE, isSize, PROJECT_ID_SOURCE, type Size } from '../../core/names.ts'
import { FORMATS_BY_EXTENSION, type Format, PICTURE_EXTENSIONS } from '../../core/transform/formats.ts'
import { sizeRecipe } from '../../core/transform/recipe.ts'
import type { RenderInMemory, Renders } from '../../services/images/renders.ts'
import type { PictureAccess } from '../access.ts'
import type { TransformRequestParser } from '../request/transform-request.ts'
import { cachingFor, IMMUTABLE, REVALIDATED, renderDelivery } from '../response/send-picture.ts'
import type { FastGuard } from './guard.ts'
import { type PictureQuery, readPictureQuery, remembered } from './picture-query.ts'
import { type Prepared, preparePicture } from './response-heads.ts'
import type { Find, ReadUrl } from './types.ts'

export interface ReadRenderUrlOptions {
  renders: Pick<Renders, 'findCached' | 'chooseNow' | 'focalPointNow'>
  guard: Pick<FastGuard, 'picture'>
  transformRequests: Pick<TransformRequestParser, 'cached' | 'signedUntil'>
}

const RENDERED = new RegExp(
  String.raw`^(/projects/(${PROJECT_ID_SOURCE})/images/(${IMAGE_ID_SOURCE})/([a-z]+)(?:\.(${PICTURE_EXTENSIONS.join('|')}))?)(\?.*)?$`,
)

const FILE = '/projects/{project_id}/images/{image_id}/{size}.{format}'
const RENDER = '/projects/{project_id}/images/{image_id}/render'
const RENDER_FILE = '/projects/{project_id}/images/{image_id}/render.{format}'

export const readRenderUrl = ({ renders, guard, transformRequests }: ReadRenderUrlOptions): ReadUrl => {
  const file = (
    projectId: string,
    imageId: string,
    name: Size,
    format: Format,
    { signedUntil }: PictureQuery,
  ): Find => {
    const recipe = sizeRecipe(name, format)
    const prepare = createPrepare(undefined)
    const wanted = { imageId, isOriginal: name === 'original' }
    return (request) => {
      const authorized = guard.picture(request, projectId, wanted, signedUntil)
      const render = authorized && renders.findCached(authorized.project, imageId, recipe)
      return render && { prepared: prepare(render, IMMUTABLE, authorized.access), body: render.body, route: FILE }
    }
  }

  const transform = (
    { projectId, imageId, route }: { projectId: string; imageId: string; route: string },
    path: string,
    search: string,
  ): Find | undefined => {
    const parsed = transformRequests.cached(path, search)
    if (!parsed) return undefined
    const { isChosen, isFocal, expiresMs } = parsed
    const prepare = createPrepare(isChosen ? 'Accept' : undefined)
    const signedUntil = remembered(parsed.signedUntil)
    const wanted = { imageId, isOriginal: parsed.isFullSize }
    return (request) => {
      if (expiresMs !== Number.POSITIVE_INFINITY && Date.now() >= expiresMs) return undefined
      const authorized = guard.picture(request, projectId, wanted, signedUntil)
      if (!authorized) return undefined
      const point = isFocal ? renders.focalPointNow(authorized.project, imageId) : null
      if (point === undefined) return undefined
      const cacheControl = parsed.cacheControl(point)
      // Its date follows the project.
      if (cacheControl === REVALIDATED) return undefined
      const recipes = parsed.recipesFor(isChosen ? request.header('accept') : undefined, point)
      const recipe = renders.chooseNow(projectId, imageId, recipes)
      const render = recipe && renders.findCached(authorized.project, imageId, recipe)
      return render && { prepared: prepare(render, cacheControl, authorized.access), body: render.body, route }
    }
  }

  return (url) => {
    const [, path, projectId, imageId, name, extension, search = ''] = RENDERED.exec(url) ?? []
    if (path === undefined || projectId === undefined || imageId === undefined || name === undefined) return undefined
    if (name === 'render')
      return transform({ projectId, imageId, route: extension === undefined ? RENDER : RENDER_FILE }, path, search)
    const format = extension === undefined ? undefined : FORMATS_BY_EXTENSION.get(extension)
    if (!isSize(name) || format === undefined || format === 'jpeg') return undefined
    const query = readPictureQuery(transformRequests, path, search)
    if (!query || query.size !== undefined) return undefined
    return file(projectId, imageId, name, format, query)
  }
}

/** Response heads of one URL, made again only where its picture or its `Cache-Control` changes. */
const createPrepare = (vary: string | undefined) => {
  let last: { name: string; modifiedMs: number; bytes: number; prepared: Prepared } | undefined
  return (render: RenderInMemory, caching: string, access: PictureAccess): Prepared => {
    const cacheControl = cachingFor(caching, access)
    const { name, modifiedMs } = render
    const bytes = render.body.length
    const isSame = last?.name === name && last.modifiedMs === modifiedMs && last.bytes === bytes
    if (last && isSame && last.prepared.delivery.cacheControl === cacheControl) return last.prepared
    const prepared = preparePicture(renderDelivery(render, cacheControl, vary), { bytes })
    last = { name, modifiedMs, bytes, prepared }
    return prepared
  }
}
