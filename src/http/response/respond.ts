// Responses: JSON, conditional responses, and the headers of all of them.

import { createHash } from 'node:crypto'
import { namesWeakly } from '../../core/request/conditional.ts'
import type { Context } from '../context.ts'

type Headers = Record<string, string>

/**
 * On every answer: a browser must not guess another type than the one we name, nor show it in a frame, nor run anything
 * of it, nor give it to a page of another site that has not asked for it by the rules of CORS, nor tell that site where
 * it was. Pictures and the documentation say it otherwise where they have to.
 */
export const BASE_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
} as const

export const json = (c: Context, body: unknown, status: 200 | 201 = 200, headers?: Headers): Response =>
  sized(c, JSON.stringify(body), status, { 'Content-Type': 'application/json', ...BASE_HEADERS, ...headers })

/** An answer whose body is at hand, so that its bytes can be counted. */
export const sized = (
  c: Context,
  body: string | Uint8Array<ArrayBuffer>,
  status: 200 | 201,
  headers: Headers,
): Response => {
  c.set('bodyBytes', typeof body === 'string' ? Buffer.byteLength(body) : body.length)
  return c.body(body, status, headers)
}

interface Revalidated {
  /** @default one made from the body */
  etag?: string
  /** True where only the principal of the request may see it. @default false */
  isPrivate?: boolean
}

/** JSON that can change: kept by clients, but asked for again each time, and answered 304 where it is the same. */
export const revalidatedJson = (c: Context, body: unknown, { etag, isPrivate }: Revalidated = {}): Response => {
  const text = JSON.stringify(body)
  const tag = etag ?? `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  const caching = revalidated(tag, isPrivate)
  if (hasEtag(c, tag)) return notModified(c, caching)
  return sized(c, text, 200, jsonHeaders(tag, isPrivate))
}

/** Of JSON that can change, with its tag. */
export const jsonHeaders = (etag: string, isPrivate = false) => ({
  'Content-Type': 'application/json',
  ...BASE_HEADERS,
  ...revalidated(etag, isPrivate),
})

/** Headers of something that can change at any moment. */
export const revalidated = (etag: string, isPrivate = false) => ({
  ETag: etag,
  'Cache-Control': isPrivate ? 'private, no-cache' : 'no-cache',
})

/** @param headers those of the 200 that RFC 9110 section 15.4.5 names */
export const notModified = (c: Context, headers: Headers): Response =>
  c.body(null, 304, { ...BASE_HEADERS, ...headers })

/** True where `If-None-Match` names the tag. */
export const hasEtag = (c: Context, etag: string): boolean => {
  const header = c.req.header('if-none-match')
  return header !== undefined && namesWeakly(header, etag)
}
