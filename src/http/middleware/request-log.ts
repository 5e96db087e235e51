// What is noted of each request: its id, one line in the log, and its place in the metrics.

import type { Logger } from '../../telemetry/logger.ts'
import type { RequestIds } from '../../telemetry/request-ids.ts'
import { createRequestLines } from '../../telemetry/request-line.ts'
import type { RequestMeter } from '../../telemetry/request-meter.ts'
import type { FastOptions } from '../fast-path/fast-path.ts'
import type { Client } from '../request/client-address.ts'
import { type Context, incomingOf } from '../response/respond.ts'

export interface RequestLogOptions {
  log: Logger
  ids: RequestIds
  requests: RequestMeter
  client: Client
}

export const REQUEST_ID = 'X-Request-Id'

/** Route of what no route was found for: any number of paths, one name. */
const NO_ROUTE = 'none'

/** Also one that was escaped by mistake: what is behind it may be a signature. */
const QUERY = /\?|%3f/i

/**
 * The path as it came, still encoded, so that it is one line whatever is in it; without the query.
 *
 * @param url absolute, or from its path on
 */
export const loggedPath = (url: string): string => {
  const path = url.startsWith('/') ? url : url.slice(url.indexOf('/', url.indexOf('://') + 3))
  const end = path.search(QUERY)
  return end < 0 ? path : path.slice(0, end)
}

/** The time runs until the answer begins. */
export const requestLog = ({ log, ids, requests, client }: RequestLogOptions) => {
  const writeLine = createRequestLines(log)

  return async (c: Context, next: () => Promise<void>): Promise<void> => {
    const startedMs = performance.now()
    const { method, url } = c.req
    const id = ids(c.req.header('x-request-id'))
    c.set('requestId', id)
    // On Node's own response: a Response whose headers are touched is sent the slow way.
    const outgoing = incomingOf(c) && c.env.outgoing
    const isOnNode = outgoing !== undefined && !outgoing.headersSent
    if (isOnNode) outgoing.setHeader(REQUEST_ID, id)
    await next()
    if (!isOnNode) c.res.headers.set(REQUEST_ID, id)
    const { status } = c.res
    const ms = performance.now() - startedMs
    const bytes = method === 'HEAD' ? 0 : (c.get('bodyBytes') ?? 0)
    requests.record(method, c.get('route') ?? NO_ROUTE, status, ms, bytes)
    writeLine({ id, method, path: loggedPath(url), status, ms, bytes, from: () => client.addressOf(c) })
  }
}

/** The same for answers that go out at once. */
export const logAnswers = ({ log, ids, requests, client }: RequestLogOptions): NonNullable<FastOptions['onAnswer']> => {
  const writeLine = createRequestLines(log)

  return ({ method = 'GET', url = '', rawHeaders, socket }, { status, route, body }, { startedMs, requestId }) => {
    const id = ids(requestId)
    const ms = performance.now() - startedMs
    const bytes = body?.length ?? 0
    requests.record(method, route, status, ms, bytes)
    const from = () => client.addressBehind(socket.remoteAddress, () => forwardedForIn(rawHeaders))
    writeLine({ id, method, path: loggedPath(url), status, ms, bytes, from })
    return [REQUEST_ID, id]
  }
}

const forwardedForIn = (rawHeaders: readonly string[]): string | undefined => {
  const values = rawHeaders.filter((_, at) => rawHeaders[at - 1]?.toLowerCase() === 'x-forwarded-for' && at % 2 === 1)
  return values.length > 0 ? values.join(',') : undefined
}
