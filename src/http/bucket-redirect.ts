// Redirects of requests for originals to the bucket that holds them.

import type { HeaderOf } from '../core/request/conditional.ts'
import type { DirectReads } from '../stores/direct-reads.ts'
import type { VariantReference } from '../stores/store.ts'
import type { PictureAccess } from './access.ts'
import type { Context } from './context.ts'
import { respond } from './response/respond.ts'

/** Life of a URL of the bucket, in seconds. */
const URL_SECONDS = 60

/** Time for which a client follows a URL again, in seconds: what remains of its life is enough to begin. */
const REUSED_SECONDS = 30

/** `Cache-Control` of a redirect that leads to the same picture for as long as its URL is valid. */
export const REUSED = `private, max-age=${REUSED_SECONDS}`

/** `Cache-Control` of a redirect that has to be authorized, or to find the picture, each time. */
const NOT_REUSED = 'private, no-cache'

/** How stored pictures get to clients. */
export interface DeliveryOptions {
  /** Path under which nginx serves the store's folder and sends the bytes. @default none */
  accelRedirect?: string
  /** See {@link redirectOf}. @default no request is redirected */
  direct?: DirectReads
}

/** @returns URL of the picture. @throws TintypeError `store_unavailable` */
export type Redirect = (
  method: 'GET' | 'HEAD',
  headers: { contentType: string; cacheControl: string },
) => Promise<string>

/** Redirect of a request for a variant, after it was authorized. Undefined where this process sends the picture. */
export const redirectOf = (
  direct: DirectReads,
  variant: VariantReference,
  { untilMs }: PictureAccess,
): Redirect | undefined =>
  variant.size === 'original'
    ? (method, headers) => direct.url(variant, { method, seconds: secondsUntil(untilMs), ...headers })
    : undefined

/**
 * Responds with a redirect, to a URL that ends soon: without a validator, by which a cache could keep it.
 *
 * @param picture headers of the picture
 * @param caching those of its 304
 */
export const redirectTo = async (
  c: Context,
  redirect: Redirect,
  picture: { contentType: string; cacheControl: string },
  caching: Record<string, string>,
): Promise<Response> => {
  const location = await redirect(c.req.method === 'HEAD' ? 'HEAD' : 'GET', picture)
  const { ETag: _, ...headers } = caching
  headers.Location = location
  // Only what never changes is public for ever.
  headers['Cache-Control'] = picture.cacheControl.startsWith('public') ? REUSED : NOT_REUSED
  return respond(c, null, 302, headers)
}

/**
 * True for conditions that the engine would evaluate again, by a tag and a date of its own. It finds none of our tags in
 * `If-None-Match`, and then sends the picture.
 */
export const isConditionalForEngine = (header: HeaderOf): boolean =>
  ['if-match', 'if-unmodified-since', 'if-modified-since', 'if-range'].some((name) => header(name) !== undefined)

/** No longer than the access: a second at least, as it was valid when the request was authorized. */
const secondsUntil = (untilMs: number | undefined): number => {
  if (untilMs === undefined) return URL_SECONDS
  return Math.min(URL_SECONDS, Math.max(1, Math.floor((untilMs - Date.now()) / 1000)))
}
