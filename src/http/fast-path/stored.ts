// Variants in memory, for the fast path: by image id, and as the cover of a project.

import { IMAGE_ID_SOURCE, isSize, PROJECT_ID_SOURCE, type Size } from '../../core/names.ts'
import { coverShownMs } from '../../core/request/conditional.ts'
import type { OpenableVariant, Variants } from '../../services/images/variants.ts'
import type { TransformRequestParser } from '../request/transform-request.ts'
import {
  cachingFor,
  coverDelivery,
  IMMUTABLE,
  isConditionalForAll,
  storedDelivery,
  withAccess,
} from '../response/send-picture.ts'
import type { FastGuard } from './guard.ts'
import { type PictureQuery, readPictureQuery } from './picture-query.ts'
import { type Prepared, preparePicture } from './response-heads.ts'
import type { FastView, Find, ReadUrl } from './types.ts'

const PICTURE = new RegExp(
  String.raw`^(/projects/(${PROJECT_ID_SOURCE})/(?:images/(${IMAGE_ID_SOURCE})(?:/([a-z]+)\.jpg)?|(thumbnail)|cover\.jpg))(\?.*)?$`,
)

const BY_ID = '/projects/{project_id}/images/{image_id}'
const FILE = '/projects/{project_id}/images/{image_id}/{size}.{format}'
const THUMBNAIL = '/projects/{project_id}/thumbnail'
const COVER = '/projects/{project_id}/cover.{format}'

/** Identifies a picture without holding its bytes, so that the cache can evict them. */
type Mark = Pick<OpenableVariant, 'imageId' | 'bytes' | 'modifiedMs'>

const markOf = ({ imageId, bytes, modifiedMs }: Mark): Mark => ({ imageId, bytes, modifiedMs })

const isSame = (one: Mark, other: Mark): boolean =>
  one.imageId === other.imageId && one.bytes === other.bytes && one.modifiedMs === other.modifiedMs

export interface ReadVariantUrlOptions {
  variants: Pick<Variants, 'findCached'>
  guard: Pick<FastGuard, 'picture'>
  transformRequests: Pick<TransformRequestParser, 'signedUntil'>
  /** See {@link Delivery}. */
  accelRedirect?: string
  /** True where the app redirects requests for originals. @default false */
  redirectsOriginals?: boolean
}

export const readVariantUrl = (options: ReadVariantUrlOptions): ReadUrl => {
  const { variants, guard, transformRequests, accelRedirect, redirectsOriginals = false } = options

  /** True for conditions that the app evaluates, because nginx sends the picture and would evaluate them again. */
  const isForApp = ({ conditions, header }: FastView): boolean =>
    accelRedirect !== undefined && conditions > 0 && isConditionalForAll(header)

  const byId = ({ projectId, size, route, signedUntil }: PictureUrl, imageId: string): Find => {
    let last: { mark: Mark; prepared: Prepared } | undefined
    const wanted = { imageId, isOriginal: size === 'original' }
    return (request) => {
      const authorized = isForApp(request) ? undefined : guard.picture(request, projectId, wanted, signedUntil)
      const picture = authorized && variants.findCached(authorized.project, imageId, size)
      if (!picture) return undefined
      const { access } = authorized
      const cacheControl = cachingFor(IMMUTABLE, access)
      const isCurrent = last?.prepared.delivery.cacheControl === cacheControl && isSame(last.mark, picture)
      if (!last || !isCurrent) {
        const delivery = withAccess({ ...storedDelivery(picture), accelRedirect }, access)
        last = { mark: markOf(picture), prepared: preparePicture(delivery, picture) }
      }
      return { prepared: last.prepared, body: picture.body, route }
    }
  }

  const cover = ({ projectId, size, route, signedUntil }: PictureUrl): Find => {
    let last:
      | { mark: Mark; changed: string; changedMs: number; shownMs: number; isPrivate: boolean; prepared: Prepared }
      | undefined
    const wanted = { isOriginal: size === 'original' }
    return (request) => {
      const authorized = isForApp(request) ? undefined : guard.picture(request, projectId, wanted, signedUntil)
      const imageId = authorized?.project.primary_image_id
      const picture = imageId && variants.findCached(authorized.project, imageId, size)
      if (!picture) return undefined
      const { project, access } = authorized
      const { updated_at: changed } = project
      const { isPrivate } = access
      const nowMs = Date.now()
      const isCurrent = last?.changed === changed && last.isPrivate === isPrivate && isSame(last.mark, picture)
      if (!last || !isCurrent || last.shownMs !== coverShownMs(last.changedMs, nowMs)) {
        const changedMs = Date.parse(changed)
        const delivery = withAccess({ ...coverDelivery(picture, project, nowMs), accelRedirect }, access)
        const prepared = preparePicture(delivery, picture)
        last = {
          mark: markOf(picture),
          changed,
          changedMs,
          shownMs: coverShownMs(changedMs, nowMs),
          isPrivate,
          prepared,
        }
      }
      return { prepared: last.prepared, body: picture.body, route }
    }
  }

  return (url) => {
    const [, path, projectId, imageId, inName, thumbnail, search = ''] = PICTURE.exec(url) ?? []
    if (path === undefined || projectId === undefined) return undefined
    const query = readPictureQuery(transformRequests, path, search)
    // Names and thumbnails have no other size.
    if (!query || (query.size !== undefined && (inName ?? thumbnail) !== undefined)) return undefined
    // `images/{id}` alone is the original, which is large.
    const size = inName ?? query.size ?? (imageId ? 'original' : 'thumb')
    if (!isSize(size) || (size === 'original' && redirectsOriginals)) return undefined
    const { signedUntil } = query
    if (imageId) return byId({ projectId, size, route: inName ? FILE : BY_ID, signedUntil }, imageId)
    return cover({ projectId, size, route: thumbnail ? THUMBNAIL : COVER, signedUntil })
  }
}

/** A URL of a variant. */
interface PictureUrl {
  projectId: string
  size: Size
  /** Route as the metrics name it. */
  route: string
  signedUntil: PictureQuery['signedUntil']
}
