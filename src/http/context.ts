// Context: the state of one request that middleware and routes share, and the view of it that policies read.

import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import type { Context as HonoContext, Handler as HonoHandler } from 'hono'
import type { Principal } from '../core/auth/access.ts'
import { TintypeError } from '../core/errors.ts'
import type { HeaderOf } from '../core/request/conditional.ts'

/** Node's own request and response are there under @hono/node-server, and absent in every other runtime. */
export interface Env {
  Bindings: Partial<HttpBindings>
  Variables: {
    /** See {@link viewOf}. */
    view?: RequestView
    /** Request header that the response depends on: set on every response of the route, errors too. */
    vary?: string
    /** Read it by `principalOf`, which throws `refusal`. */
    principal?: Principal
    /** Why the credentials of the request are not valid. */
    refusal?: TintypeError
    /** Authenticates again, for requests that take long. Credentials that have only expired since the request came stay valid. */
    identifyAgain?: () => Promise<void>
    /** Remaining requests of the client: set on every response, errors too. */
    limitHeaders?: Record<string, string>
    /** Id of this request, in its line of the log. */
    requestId?: string
    /** Template of the path that was found. */
    route?: string
    /** Bytes of the response body, where it has one. */
    bodyBytes?: number
  }
}

export type Context = HonoContext<Env>

export type Handler = HonoHandler<Env>

/** Parts of a request that policies read, the same in the app and on the fast path. */
export interface RequestView {
  method: string
  /** Request target as it came (RFC 9112 section 3.2): path and query, or a whole URL. */
  target: string
  /** By name in lower case; several values of one name are one list. */
  header: HeaderOf
  /** The connection; undefined where the app runs without one. */
  socket: { remoteAddress?: string | undefined } | undefined
}

/** Probes of monitoring, many a minute: neither limited nor refused for their host. */
export const PROBES: ReadonlySet<string> = new Set(['/health', '/ready'])

/** Node's request of this call, undefined where the app runs on another server than Node's. */
export const incomingOf = (c: Context): IncomingMessage | undefined => {
  // Undefined where the app was called as `app.fetch(request)`.
  const env: Env['Bindings'] | undefined = c.env
  return env?.incoming && 'httpVersionMajor' in env.incoming ? env.incoming : undefined
}

/** Made once a request. */
export const viewOf = (c: Context): RequestView => {
  const known = c.get('view')
  if (known) return known
  const incoming = incomingOf(c)
  const view = {
    method: c.req.method,
    target: incoming?.url ?? c.req.path,
    header: (name: string) => c.req.header(name),
    socket: incoming?.socket,
  }
  c.set('view', view)
  return view
}

/**
 * The body, chunk by chunk, at the pace of the reader. Stopping early leaves the connection open, so that a response can
 * still be sent.
 *
 * @throws TintypeError `upload_aborted` where the client disconnects
 */
export async function* bodyChunks(c: Context): AsyncGenerator<Uint8Array, void, void> {
  try {
    const incoming = incomingOf(c)
    // Where a program that mounts the app has begun to read, only the web stream still has all of it.
    if (incoming && incoming.readableFlowing === null && !incoming.readableDidRead)
      yield* incoming.iterator({ destroyOnReturn: false })
    else if (c.req.raw.body) yield* c.req.raw.body
  } catch (error) {
    throw new TintypeError('upload_aborted', 'The connection ended before the request was complete.', { cause: error })
  }
}
