// A picture as an answer: conditions first, before anything is opened; then a range or the whole, from memory or from
// the descriptor that was opened for it, or by the web server in front.

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
import type { Picture } from '../../services/images/variants.ts'
import type { ReadableFile } from '../../stores/store.ts'
import type { Context } from '../context.ts'
import { BASE_HEADERS, notModified } from './respond.ts'

/** Up to this size a file is read at once and sent as one piece. */
const WHOLE_BYTES = 64 * 1024

/** What is for ever to caches. */
export const YEAR_SECONDS = 31_536_000

/** A variant never changes, so whoever has it may keep it for ever. */
export const IMMUTABLE = `public, max-age=${YEAR_SECONDS}, immutable`

/** Where the bytes come from. */
export interface Source {
  bytes: number
  /** Called only where bytes are sent. What it opens is closed when the answer has been sent or given up. */
  open(): Promise<Buffer<ArrayBuffer> | ReadableFile>
  /** Of a stored file, below the store's folder. */
  path?: string | undefined
}

export interface Delivery extends Validators {
  /** What `Last-Modified` says, in milliseconds since 1970. @default modifiedMs */
  shownModifiedMs?: number
  cacheControl: string
  contentType: string
  /** Header of the request by which this answer was chosen, such as `Accept`. @default none */
  vary?: string
  /** Path under which the web server in front finds the store's folder; it sends the bytes then. @default none */
  accelRedirect?: string
}

/**
 * Of a variant by image id. The file never changes, unless it was damaged and doctor made it again: then it has other
 * bytes, and nearly always another number of them.
 */
export const storedDelivery = ({ imageId, size, bytes, modifiedMs }: Picture): Delivery => ({
  etag: `"${imageId}-${size}-${bytes}"`,
  modifiedMs,
  cacheControl: IMMUTABLE,
  contentType: 'image/jpeg',
})

/**
 * Of a variant as the cover, which can change at any moment. Its date is that of the project's last change, because an
 * older image may become the cover after a newer one.
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

/** Of a render. @param vary request header by which the format was chosen */
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

/** How a picture may be seen, and so how long a cache may keep it. */
export interface Sight {
  /** Of a private project. */
  isPrivate: boolean
  /** When the signed URL ends by which it is seen, in milliseconds since 1970. */
  untilMs?: number
}

/**
 * A private picture is kept by the client alone, which revalidates it, because its access may end. A signed URL grants
 * access as long as it is valid, and so it may be kept for as long.
 */
export const seenAs = (delivery: Delivery, { isPrivate, untilMs }: Sight): Delivery => {
  if (!isPrivate) return delivery
  const seconds = untilMs === undefined ? 0 : Math.floor((untilMs - Date.now()) / 1000)
  const isKept = seconds > 0 && delivery.cacheControl !== 'no-cache'
  const cacheControl = isKept ? `private, max-age=${Math.min(YEAR_SECONDS, seconds)}` : 'private, no-cache'
  return { ...delivery, cacheControl }
}

/** Sends a render, which is made where it is not kept. @throws what {@link deliver} throws */
export const deliverRender = async (c: Context, render: Render, delivery: Delivery): Promise<Response> => {
  const open = () => render.open(c.req.raw.signal)
  const source = { bytes: 0, open }
  // The length of a render is known only once it is made.
  if (c.req.method === 'HEAD' && decide((name) => c.req.header(name), delivery) === 'send') {
    const content = await open()
    source.bytes = Buffer.isBuffer(content) ? content.length : content.bytes
    if (!Buffer.isBuffer(content)) await content.close()
  }
  return deliver(c, source, delivery)
}

/** @throws TintypeError `precondition_failed`, `range_not_satisfiable`, what `open` throws */
export const deliver = async (c: Context, source: Source, delivery: Delivery): Promise<Response> => {
  const header: HeaderOf = (name) => c.req.header(name)
  const decision = decide(header, delivery)
  if (decision === 'not_modified') return notModified(c, cachingHeaders(delivery))
  if (decision === 'precondition_failed') throw preconditionFailed(delivery.etag)

  const headers = pictureHeaders(delivery)
  const { accelRedirect } = delivery
  if (accelRedirect !== undefined && source.path !== undefined && !isConditionalForAll(header)) {
    // nginx says it itself, and would say it twice.
    const { 'Accept-Ranges': _, ...passedOn } = headers
    return c.body(null, 200, { ...passedOn, 'X-Accel-Redirect': accelUrl(accelRedirect, source.path) })
  }
  if (c.req.method === 'HEAD') return c.body(null, 200, { ...headers, 'Content-Length': String(source.bytes) })

  const content = await source.open()
  const bytes = Buffer.isBuffer(content) ? content.length : content.bytes
  const range = rangeOf(header, delivery, bytes)
  if (range === 'unsatisfiable') {
    if (!Buffer.isBuffer(content)) await content.close()
    throw rangeNotSatisfiable(bytes)
  }
  c.set('bodyBytes', range === 'whole' ? bytes : range.end - range.start + 1)
  if (range === 'whole')
    return c.body(await bodyOf(content, { start: 0, end: bytes - 1 }), 200, {
      ...headers,
      'Content-Length': String(bytes),
    })
  return c.body(await bodyOf(content, range), 206, {
    ...headers,
    'Content-Length': String(range.end - range.start + 1),
    'Content-Range': `bytes ${range.start}-${range.end}/${bytes}`,
  })
}

/**
 * Pictures may be embedded by pages of other sites, unlike other responses. Inline styles are allowed because a browser
 * that shows a picture in a tab of its own wraps it in a page whose layout is made of them.
 */
const PICTURE_HEADERS = {
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Content-Security-Policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
} as const

/** Those that a 304 repeats (RFC 9110 section 15.4.5); with a strong tag, no date. */
export const cachingHeaders = ({ etag, cacheControl, vary }: Delivery): Record<string, string> => ({
  ETag: etag,
  'Cache-Control': cacheControl,
  ...PICTURE_HEADERS,
  ...(vary === undefined ? {} : { Vary: vary }),
})

/** All of a 200 but the length. */
export const pictureHeaders = (delivery: Delivery): Record<string, string> => ({
  ...BASE_HEADERS,
  ...cachingHeaders(delivery),
  'Last-Modified': httpDate(delivery.shownModifiedMs ?? delivery.modifiedMs),
  'Accept-Ranges': 'bytes',
  'Content-Type': delivery.contentType,
})

/** nginx would look at these again, without our tag. */
const isConditionalForAll = (header: HeaderOf): boolean =>
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

const bodyOf = async (content: Buffer<ArrayBuffer> | ReadableFile, { start, end }: ByteRange) => {
  if (Buffer.isBuffer(content)) return content.subarray(start, end + 1)
  return end - start < WHOLE_BYTES ? readPart(content, start, end) : streamOf(content, start, end)
}

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

const streamOf = (file: ReadableFile, start: number, end: number): ReadableStream<Uint8Array> => {
  const pieces = file.read(start, end + 1)[Symbol.asyncIterator]()
  let remaining = end + 1 - start
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { value: piece } = await pieces.next()
          if (piece) controller.enqueue(piece)
          remaining -= piece?.byteLength ?? remaining
          if (remaining > 0) return
          await file.close()
          controller.close()
        } catch (error) {
          await file.close()
          throw error
        }
      },
      cancel: () => file.close(),
    },
    // Nothing is read before a piece is requested.
    { highWaterMark: 0 },
  )
}
