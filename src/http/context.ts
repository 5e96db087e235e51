// Context: the state of one request that middleware and routes share, and the view of it that policies read.

import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import type { Context as HonoContext, Handler as HonoHandler } from 'hono'
import type { Principal } from '../core/auth/access.ts'
import { TintypeError } from '../core/errors.ts'
import type { HeaderOf } from '../core/request/conditional.ts'
import type { Logger } from '../telemetry/logger.ts'

/** Bindings hold Node's request and response under @hono/node-server; they are absent in other runtimes. */
export interface Env {
  Bindings: Partial<HttpBindings> & {
    /** True where nothing changes the request on its way to the app: its headers are those that Node has received. */
    isAsReceived?: boolean
  }
  Variables: {
    /** See {@link viewOf}. */
    view?: RequestView
    /** `Vary` of every response of the route, errors too. */
    vary?: string
    /** Principal of the request, and the error of invalid credentials; read it by `principalOf`, which throws `refusal`. */
    identity?: { principal: Principal; refusal?: TintypeError }
    /** Authenticates again at the end of a long request. Credentials that have only expired meanwhile stay valid. */
    identifyAgain?: () => Promise<void>
    /** See {@link commonHeadersOf}. */
    commonHeaders?: Record<string, string>
    /** True once a response has the common headers. */
    hasCommonHeaders?: boolean
    /** True where `c.header` was used before the route's response: by a program that mounts the app, or for cookies. */
    hasOtherHeaders?: boolean
    /** Log for errors that come after the response has begun. */
    log?: Logger
    /** Id of this request, in its line of the log. */
    requestId?: string
    /** Path template of the matched route. */
    route?: string
    /** Bytes of the response body, where it has one. */
    bodyBytes?: number
    /** Resolves with them at the end of a body whose length is not known before. */
    streamedBytes?: Promise<number>
  }
}

export type Context = HonoContext<Env>

export type Handler = HonoHandler<Env>

/**
 * A step before the route. It refuses the request by an error, or answers it. Synchronous where possible: promises take
 * a large part of the time of a small response.
 */
export type Check = (c: Context) => Response | undefined | Promise<Response | undefined>

/** Parts of a request that policies read, in the app and on the fast path. */
export interface RequestView {
  method: string
  /** Request target as received (RFC 9112 section 3.2): path and query, or a whole URL. */
  target: string
  /** Returns a header by its lower-case name; several values make one list. */
  header: HeaderOf
  /** The connection; undefined where the app runs without one. */
  socket: { remoteAddress?: string | undefined } | undefined
}

/** Probes of monitoring: exempt from rate limits and the host check. */
export const PROBES: ReadonlySet<string> = new Set(['/health', '/ready'])

/** Node's request; undefined in other runtimes. */
export const incomingOf = (c: Context): IncomingMessage | undefined => {
  // Undefined where the app was called as `app.fetch(request)`.
  const env: Env['Bindings'] | undefined = c.env
  return env?.incoming && 'httpVersionMajor' in env.incoming ? env.incoming : undefined
}

/** View of the request, made once. */
export const viewOf = (c: Context): RequestView => {
  const known = c.get('view')
  if (known) return known
  const incoming = incomingOf(c)
  // The headers of a Request take several times as long to search.
  const raw = incoming && c.env.isAsReceived ? incoming.rawHeaders : undefined
  const view = {
    method: c.req.method,
    target: incoming?.url ?? c.req.path,
    header: (name: string) => (raw ? rawHeaderOf(raw, name) : c.req.header(name)),
    socket: incoming?.socket,
  }
  c.set('view', view)
  return view
}

/** Headers of the response, whatever it will be, errors too: request id, CORS, rate limits. Checks add to them. */
export const commonHeadersOf = (c: Context): Record<string, string> => {
  const known = c.get('commonHeaders')
  if (known) return known
  const headers = {}
  c.set('commonHeaders', headers)
  return headers
}

/** Errors of bodies that cannot be received whole. */
const bodyErrors = new WeakMap<IncomingMessage, TintypeError>()

/** Ends the body of a request whose rest cannot be parsed or does not arrive: its reader gets the error. */
export const failBody = (incoming: IncomingMessage, error: TintypeError): void => {
  bodyErrors.set(incoming, error)
  // Else the end of the body would destroy the connection, and the response with it.
  incoming.complete = true
  incoming.push(null)
}

/**
 * Reads the body chunk by chunk, with backpressure. Stopping early leaves the connection open for the response.
 *
 * @throws TintypeError `upload_aborted` where the client disconnects, `malformed_request`, `request_timeout`
 */
export async function* bodyChunks(c: Context): AsyncGenerator<Uint8Array, void, void> {
  const incoming = incomingOf(c)
  try {
    // Once a program that mounts the app has begun to read, only the web stream has the whole body.
    if (incoming && incoming.readableFlowing === null && !incoming.readableDidRead)
      yield* incoming.iterator({ destroyOnReturn: false })
    else if (c.req.raw.body) yield* c.req.raw.body
  } catch (error) {
    throw new TintypeError('upload_aborted', 'The connection ended before the request was complete.', { cause: error })
  }
  const error = incoming && bodyErrors.get(incoming)
  if (error) throw error
}

/**
 * Value of a header in raw ones, names and values in turn, as Node's parser has received them; repeated ones make one list.
 *
 * @param wanted in lower case
 */
export const rawHeaderOf = (raw: readonly string[], wanted: string): string | undefined => {
  let found: string | undefined
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? ''
    // Lower-cased only where the spelling differs, to avoid a copy.
    if (name.length !== wanted.length || (name !== wanted && name.toLowerCase() !== wanted)) continue
    found = found === undefined ? raw[at + 1] : `${found}, ${raw[at + 1]}`
  }
  return found
}
