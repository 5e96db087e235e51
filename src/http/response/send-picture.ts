// Sends pictures: evaluates conditions before anything is opened, then sends a range or the whole, from memory, from an
// open file, by nginx, or by a redirect to a bucket.

import { TintypeError } from '../../core/errors.ts'
import type { Project } from '../../core/project/model.ts'
import {
  type ByteRange,
  coverShownMs,
  decide,
  type HeaderOf,
  httpDate,
  rangeOf,
  type Validators,
} from '../../core/request/conditional.ts'
import { MEDIA_TYPES } from '../../core/transform/formats.ts'
import { formatOfRecipe } from '../../core/transform/recipe.ts'
import type { Render } from '../../services/images/renders.ts'
import type { OpenableVariant } from '../../services/images/variants.ts'
import type { ReadableFile } from '../../stores/store.ts'
import type { PictureAccess } from '../access.ts'
import { isConditionalForEngine, type Redirect, redirectTo } from '../bucket-redirect.ts'
import { type Context, viewOf } from '../context.ts'
import { streamOf } from './picture-stream.ts'
import { BASE_HEADERS, respond } from './respond.ts'

/** Largest part of a file that is read and sent at once, in bytes. */
const WHOLE_BYTES = 64 * 1024

/** Lifetime of immutable responses in caches, in seconds. */
export const YEAR_SECONDS = 31_536_000

/** `Cache-Control` of variants, which never change. */
export const IMMUTABLE = `public, max-age=${YEAR_SECONDS}, immutable`

/** `Cache-Control` of pictures that can change at any moment. */
export const REVALIDATED = 'no-cache'

/** Source of the bytes. */
export interface Source {
  bytes: number
  /** Content, where it is in memory. */
  body?: Buffer<ArrayBuffer> | undefined
  /** Called only where bytes are sent. An opened file is closed after the response, also an aborted one. */
  open(): Promise<Buffer<ArrayBuffer> | ReadableFile>
  /** Path of a stored file below the store's folder. */
  path?: string | undefined
}

export interface Delivery extends Validators {
  /** Value of `Last-Modified`, in milliseconds since 1970. @default modifiedMs */
  shownModifiedMs?: number
  cacheControl: string
  contentType: string
  /** Request header that selected the response, such as `Accept`. @default none */
  vary?: string
  /** Path under which nginx serves the store's folder and sends the bytes. @default none */
  accelRedirect?: string
  /** Redirects the client to where the picture lies. @default none */
  redirect?: Redirect | undefined
}

/**
 * Delivery of a variant by image id. Its file changes only where doctor repairs damage; the number of bytes, which is
 * part of the entity tag, then nearly always differs.
 */
export const storedDelivery = ({ imageId, size, bytes, modifiedMs }: OpenableVariant): Delivery => ({
  etag: `"${imageId}-${size}-${bytes}"`,
  modifiedMs,
  cacheControl: IMMUTABLE,
  contentType: 'image/jpeg',
})

/**
 * Delivery of a picture under a URL at which another one can follow at any moment. Its date is the last change of the
 * project, because an older image may follow a newer one.
 *
 * @param picture delivery under a URL of its own
 */
export const changingDelivery = (
  { etag, contentType, vary }: Pick<Delivery, 'etag' | 'contentType' | 'vary'>,
  { updated_at }: Project,
  nowMs: number,
): Delivery => {
  const modifiedMs = Date.parse(updated_at)
  const shownModifiedMs = coverShownMs(modifiedMs, nowMs)
  return { etag, modifiedMs, shownModifiedMs, dateIsWeak: true, cacheControl: REVALIDATED, contentType, vary }
}

/** Delivery of a variant as the cover, or as that of an asset. */
export const coverDelivery = (picture: OpenableVariant, project: Project, nowMs: number): Delivery =>
  changingDelivery(storedDelivery(picture), project, nowMs)

/** Delivery of a render. @param vary request header by which the format was chosen */
export const renderDelivery = (
  { imageId, name, recipe, modifiedMs }: Omit<Render, 'open'>,
  cacheControl: string,
  vary: string | undefined,
): Delivery => ({
  etag: `"${imageId}-${name}"`,
  modifiedMs,
  cacheControl,
  contentType: MEDIA_TYPES[formatOfRecipe(recipe)],
  vary,
})

/** {@link renderDelivery} of a transform: dated like a cover where it follows a focal point, which can change. */
export const transformDelivery = (
  render: Omit<Render, 'open'>,
  cacheControl: string,
  vary: string | undefined,
  project: Project,
): Delivery => {
  const delivery = renderDelivery(render, cacheControl, vary)
  return cacheControl === REVALIDATED ? changingDelivery(delivery, project, Date.now()) : delivery
}

/**
 * Restricts the caching of private pictures: only the client caches them, and revalidates them, because its access may
 * end. With a signed URL, it caches them without revalidation until the URL expires.
 */
export const cachingFor = (cacheControl: string, { isPrivate, untilMs }: PictureAccess): string => {
  if (!isPrivate) return cacheControl
  const seconds = untilMs === undefined ? 0 : Math.floor((untilMs - Date.now()) / 1000)
  const isKept = seconds > 0 && cacheControl !== REVALIDATED
  return isKept ? `private, max-age=${Math.min(YEAR_SECONDS, seconds)}` : 'private, no-cache'
}

/** Restricts the caching of a delivery by {@link cachingFor}. */
export const withAccess = (delivery: Delivery, access: PictureAccess): Delivery =>
  access.isPrivate ? { ...delivery, cacheControl: cachingFor(delivery.cacheControl, access) } : delivery

/** Sends a render, made now unless it is cached. @throws errors of {@link deliver} */
export const deliverRender = async (
  c: Context,
  render: Pick<Render, 'open'>,
  delivery: Delivery,
): Promise<Response> => {
  const open = () => render.open(c.req.raw.signal)
  const source = { bytes: 0, open }
  // The length of a render is known only after rendering.
  if (c.req.method === 'HEAD' && decide(viewOf(c).header, delivery) === 'send') {
    const content = await open()
    source.bytes = Buffer.isBuffer(content) ? content.length : content.bytes
    if (!Buffer.isBuffer(content)) await content.close()
  }
  return deliver(c, source, delivery)
}

/** Sends a picture. @throws TintypeError `precondition_failed`, `range_not_satisfiable`, errors of `open` */
export const deliver = async (c: Context, source: Source, delivery: Delivery): Promise<Response> => {
  const { header } = viewOf(c)
  const decision = decide(header, delivery)
  if (decision === 'not_modified') return respond(c, null, 304, cachingHeaders(delivery))
  if (decision === 'precondition_failed') throw preconditionFailed(delivery.etag)

  if (delivery.redirect && !isConditionalForEngine(header))
    return redirectTo(c, delivery.redirect, delivery, cachingHeaders(delivery))
  const redirected = redirectHeaders(delivery, source)
  if (redirected && !isConditionalForAll(header)) return respond(c, null, 200, redirected)
  const headers = pictureHeaders(delivery)
  headers['Content-Length'] = String(source.bytes)
  if (c.req.method === 'HEAD') return respond(c, null, 200, headers)

  const content = source.body ?? (await source.open())
  const bytes = Buffer.isBuffer(content) ? content.length : content.bytes
  const range = rangeOf(header, delivery, bytes)
  if (range === 'unsatisfiable') {
    if (!Buffer.isBuffer(content)) await content.close()
    throw rangeNotSatisfiable(bytes)
  }
  const { start, end } = range === 'whole' ? { start: 0, end: bytes - 1 } : range
  const length = end - start + 1
  c.set('bodyBytes', length)
  headers['Content-Length'] = String(length)
  if (range !== 'whole') headers['Content-Range'] = `bytes ${start}-${end}/${bytes}`
  const body = Buffer.isBuffer(content) ? partOf(content, range) : await bodyOf(c, content, { start, end })
  return respond(c, body, range === 'whole' ? 200 : 206, headers)
}

/**
 * Headers that allow embedding by pages of other sites, and inline styles: browsers wrap a picture in a tab of its own
 * into a page that needs them.
 */
const PICTURE_HEADERS = {
  ...BASE_HEADERS,
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Content-Security-Policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
} as const

/** Headers of a 304 (RFC 9110 section 15.4.5); no date beside a strong tag. */
export const cachingHeaders = ({ etag, cacheControl, vary }: Delivery): Record<string, string> => {
  const headers: Record<string, string> = { ETag: etag, 'Cache-Control': cacheControl, ...PICTURE_HEADERS }
  if (vary !== undefined) headers.Vary = vary
  return headers
}

/** Headers of a 200, without the length. */
export const pictureHeaders = (delivery: Delivery): Record<string, string> => {
  const headers = cachingHeaders(delivery)
  headers['Last-Modified'] = httpDate(delivery.shownModifiedMs ?? delivery.modifiedMs)
  headers['Accept-Ranges'] = 'bytes'
  headers['Content-Type'] = delivery.contentType
  return headers
}

/** Headers of a 200 whose body nginx sends. Undefined where this process sends it. */
export const redirectHeaders = (
  delivery: Delivery,
  { path }: Pick<Source, 'path'>,
): Record<string, string> | undefined => {
  const { accelRedirect } = delivery
  if (accelRedirect === undefined || path === undefined) return undefined
  // nginx adds it itself.
  const { 'Accept-Ranges': _, ...headers } = pictureHeaders(delivery)
  return { ...headers, 'X-Accel-Redirect': accelUrl(accelRedirect, path), 'Content-Length': '0' }
}

/** True for conditions that nginx would evaluate again, without our entity tag. */
export const isConditionalForAll = (header: HeaderOf): boolean =>
  header('if-match') !== undefined || header('if-unmodified-since') !== undefined

const accelUrl = (prefix: string, path: string): string =>
  `${prefix.replace(/\/+$/, '')}/${path.split('/').map(encodeURIComponent).join('/')}`

const preconditionFailed = (etag: string): TintypeError =>
  new TintypeError('precondition_failed', 'The image is not, or no longer, the one that the request names.', {
    details: { etag },
  })

const rangeNotSatisfiable = (bytes: number): TintypeError =>
  new TintypeError('range_not_satisfiable', `Expected a range that begins before byte ${bytes}.`, {
    details: { bytes },
  })

const partOf = (content: Buffer<ArrayBuffer>, range: ByteRange | 'whole'): Buffer<ArrayBuffer> =>
  range === 'whole' ? content : content.subarray(range.start, range.end + 1)

const bodyOf = async (c: Context, file: ReadableFile, { start, end }: ByteRange) =>
  end - start < WHOLE_BYTES ? readPart(file, start, end) : streamOf(c, file, start, end)

const readPart = async (file: ReadableFile, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  try {
    for await (const piece of file.read(start, end + 1)) pieces.push(piece)
  } finally {
    await file.close()
  }
  const [first] = pieces
  return first && pieces.length === 1 ? first : Buffer.concat(pieces)
}
