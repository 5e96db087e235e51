// How answers are made: JSON, conditional answers and the headers that all of them carry.

import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import type { Context as HonoContext, Handler as HonoHandler } from 'hono'
import type { Principal } from '../../core/auth/access.ts'
import type { TintypeError } from '../../core/errors.ts'
import { namesWeakly } from '../../core/request/conditional.ts'

type Headers = Record<string, string>

/** Node's own request and response are there under @hono/node-server, and absent in every other runtime. */
export interface Env {
  Bindings: Partial<HttpBindings>
  Variables: {
    /** Header of the request by which the answer is chosen: on every answer of the route, errors too. */
    vary?: string
    /** Who asks. Read it by `principalOf`, which knows of refusals. */
    principal?: Principal
    /** Why what the request carried to say who asks isn't valid. */
    refusal?: TintypeError
    /** Finds out once more who asks, for what takes long. What has only expired since the request came is still good. */
    identifyAgain?: () => Promise<void>
    /** Where the client stands with its limits: on every answer, errors too. */
    limitHeaders?: Headers
    /** Id of this request, in its line of the log. */
    requestId?: string
    /** Template of the path that was found. */
    route?: string
    /** Bytes of the answer's body, where it has one. */
    bodyBytes?: number
  }
}

export type Context = HonoContext<Env>

export type Handler = HonoHandler<Env>

/** Asked by those who watch the server, many times a minute: neither counted nor refused. */
export const WATCHED: ReadonlySet<string> = new Set(['/health', '/ready'])

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

/** Node's request of this call, undefined where the app runs on something else than Node's HTTP server. */
export const incomingOf = (c: Context): IncomingMessage | undefined => {
  // Undefined where the app was called as `app.fetch(request)`.
  const env: Env['Bindings'] | undefined = c.env
  return env?.incoming && 'httpVersionMajor' in env.incoming ? env.incoming : undefined
}

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
  /** True where it is for who asked alone. @default false */
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

/** True where the client says that it has what this tag names. */
export const hasEtag = (c: Context, etag: string): boolean => {
  const header = c.req.header('if-none-match')
  return header !== undefined && namesWeakly(header, etag)
}
