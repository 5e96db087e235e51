// Variants in memory, for the fast path: by image id, and as the cover of a project.

import { IMAGE_ID_SOURCE, isSize, PROJECT_ID_SOURCE, type Size } from '../../core/names.ts'
import { coverShownMs } from '../../core/request/conditional.ts'
import type { CachedVariant, Variants } from '../../services/images/variants.ts'
import { coverDelivery, isConditionalForAll, storedDelivery } from '../response/send-picture.ts'
import { type Prepared, preparePicture } from './response-heads.ts'
import type { FastView, Find, ReadUrl } from './types.ts'

const PICTURE = new RegExp(
  String.raw`^/projects/(${PROJECT_ID_SOURCE})/(?:images/(${IMAGE_ID_SOURCE})(?:\?size=([a-z]+)|/([a-z]+)\.jpg)?|(thumbnail)|cover\.jpg(?:\?size=([a-z]+))?)$`,
)

const BY_ID = '/projects/{project_id}/images/{image_id}'
const FILE = '/projects/{project_id}/images/{image_id}/{size}.{format}'
const THUMBNAIL = '/projects/{project_id}/thumbnail'
const COVER = '/projects/{project_id}/cover.{format}'

/** Identifies a picture without holding its bytes, so that the cache can evict them. */
type Mark = Pick<CachedVariant['picture'], 'imageId' | 'bytes' | 'modifiedMs'>

const markOf = ({ imageId, bytes, modifiedMs }: Mark): Mark => ({ imageId, bytes, modifiedMs })

const isSame = (one: Mark, other: Mark): boolean =>
  one.imageId === other.imageId && one.bytes === other.bytes && one.modifiedMs === other.modifiedMs

export interface ReadVariantUrlOptions {
  variants: Pick<Variants, 'findCached'>
  /** See {@link Delivery}. */
  accelRedirect?: string
}

export const readVariantUrl = ({ variants, accelRedirect }: ReadVariantUrlOptions): ReadUrl => {
  /** True for conditions that the app evaluates, because nginx sends the picture and would evaluate them again. */
  const isForApp = ({ conditions, header }: FastView): boolean =>
    accelRedirect !== undefined && conditions > 0 && isConditionalForAll(header)

  const byId = (projectId: string, imageId: string, size: Size, route: string): Find => {
    let last: { mark: Mark; prepared: Prepared } | undefined
    return (request, share) => {
      const found = isForApp(request) ? undefined : variants.findCached(projectId, imageId, size, share)
      if (!found) return undefined
      const { picture } = found
      if (!last || !isSame(last.mark, picture)) {
        const prepared = preparePicture({ ...storedDelivery(picture), accelRedirect }, picture)
        last = { mark: markOf(picture), prepared }
      }
      return { prepared: last.prepared, body: picture.body, route }
    }
  }

  const cover = (projectId: string, size: Size, route: string): Find => {
    let last: { mark: Mark; changed: string; changedMs: number; shownMs: number; prepared: Prepared } | undefined
    return (request, share) => {
      const found = isForApp(request) ? undefined : variants.findCached(projectId, undefined, size, share)
      if (!found) return undefined
      const { picture, project } = found
      const { updated_at: changed } = project
      const nowMs = Date.now()
      const isCurrent = last?.changed === changed && isSame(last.mark, picture)
      if (!last || !isCurrent || last.shownMs !== coverShownMs(last.changedMs, nowMs)) {
        const changedMs = Date.parse(changed)
        const prepared = preparePicture({ ...coverDelivery(picture, project, nowMs), accelRedirect }, picture)
        last = { mark: markOf(picture), changed, changedMs, shownMs: coverShownMs(changedMs, nowMs), prepared }
      }
      return { prepared: last.prepared, body: picture.body, route }
    }
  }

  return (url) => {
    const [isPicture, projectId = '', imageId, inQuery, inName, thumbnail, ofCover] = PICTURE.exec(url) ?? []
    if (isPicture === undefined) return undefined
    // `images/{id}` alone is the original, which is large.
    const size = thumbnail ? 'thumb' : (inQuery ?? inName ?? ofCover ?? (imageId ? 'original' : 'thumb'))
    if (!isSize(size)) return undefined
    if (imageId) return byId(projectId, imageId, size, inName ? FILE : BY_ID)
    return cover(projectId, size, thumbnail ? THUMBNAIL : COVER)
  }
}
