// How a stored JPEG is delivered: under its id, and as the cover of its project.

import type { Project } from '../../core/project/model.ts'
import { coverShownMs } from '../../core/request/conditional.ts'
import type { Picture } from '../../services/images/variants.ts'
import { type Delivery, IMMUTABLE } from './send-picture.ts'

/**
 * By id: the file never changes, unless it was damaged and doctor made it again. Then it may have other bytes, and as
 * good as always another number of them.
 */
export const storedDelivery = ({ imageId, size, bytes, modifiedMs }: Picture): Delivery => ({
  etag: `"${imageId}-${size}-${bytes}"`,
  modifiedMs,
  cacheControl: IMMUTABLE,
  contentType: 'image/jpeg',
})

/**
 * As the cover: to be asked for again, since another image may take its place at any moment. Its date is that of the
 * project's last change, because an older image may become the cover after a newer one.
 */
export const coverDelivery = (picture: Picture, { updated_at }: Project, nowMs: number): Delivery => {
  const changedMs = Date.parse(updated_at)
  return {
    ...storedDelivery(picture),
    modifiedMs: changedMs,
    shownModifiedMs: coverShownMs(changedMs, nowMs),
    dateIsWeak: true,
    cacheControl: 'no-cache',
  }
}
