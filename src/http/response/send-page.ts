// Sends pages of atlases.

import type { PageName } from '../../core/atlas/page-name.ts'
import { TintypeError } from '../../core/errors.ts'
import { EXTENSIONS, MEDIA_TYPES } from '../../core/transform/formats.ts'
import type { PageMaker } from '../../services/atlases/page-maker.ts'
import { type AtlasPlan, emptyPage } from '../../services/atlases/plan.ts'
import type { ReadableFile } from '../../stores/store.ts'
import type { PictureAccess } from '../access.ts'
import type { Context } from '../context.ts'
import { type Delivery, deliver, deliverRender, IMMUTABLE, REVALIDATED, withAccess } from './send-picture.ts'

/** Sends a page that is in the cache. */
export const sendCached = (
  c: Context,
  file: ReadableFile,
  name: PageName,
  access: PictureAccess,
): Promise<Response> => {
  const delivery = deliveryOf(name.hash, name, IMMUTABLE, file.modifiedMs)
  let isOpened = false
  const open = async () => {
    isOpened = true
    return file
  }
  return deliver(c, { bytes: file.bytes, open }, withAccess(delivery, access)).finally(() => {
    if (!isOpened) void file.close()
  })
}

/**
 * Sends a page of a plan. Where it is not the page of that name any more, the frames that remain have their places still:
 * it is sent in its place, and caches ask again.
 *
 * @throws TintypeError `page_not_found` where the plan has no such page; those of {@link PageMaker.open}
 */
export const sendPage = (
  c: Context,
  pages: PageMaker,
  plan: AtlasPlan,
  name: PageName,
  access: PictureAccess,
): Promise<Response> => {
  // An earlier revision may have had more pages.
  const page = plan.pages[name.index] ?? (name.revision === plan.revision ? undefined : emptyPage(name.index))
  if (!page) throw unknownPage()
  const delivery = deliveryOf(page.hash, name, page.hash === name.hash ? IMMUTABLE : REVALIDATED, Date.now())
  const open = (signal?: AbortSignal) => pages.open(plan, page, name.format, signal)
  return deliverRender(c, { open }, withAccess(delivery, access))
}

export const unknownPage = (): TintypeError =>
  new TintypeError(
    'page_not_found',
    'There is no such page, or it was replaced more than an hour ago: load the atlas again.',
  )

/** The hash alone says whether a copy is current. */
const deliveryOf = (hash: string, { format }: PageName, cacheControl: string, modifiedMs: number): Delivery => ({
  etag: `"${hash}.${EXTENSIONS[format]}"`,
  modifiedMs,
  dateIsWeak: true,
  cacheControl,
  contentType: MEDIA_TYPES[format],
})
