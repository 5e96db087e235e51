// Request log: the id of each request, its line in the log, and its count in the metrics.

import type { Logger } from '../../telemetry/logger.ts'
import type { RequestIds, RequestMeter } from '../../telemetry/requests.ts'
import { createRequestLines } from '../../telemetry/requests.ts'
import { type Context, commonHeadersOf, viewOf } from '../context.ts'
import type { OnFastAnswer } from '../fast-path/fast-path.ts'
import type { ClientAddress } from './client-address.ts'

export interface RequestLogOptions {
  log: Logger
  ids: RequestIds
  requests: RequestMeter
  client: Pick<ClientAddress, 'addressOf'>
}

export const REQUEST_ID = 'X-Request-Id'

/** Route label of unmatched requests: one for any number of paths. */
export const NO_ROUTE = 'none'

/** Start of the query, also escaped by mistake: a signature may follow it. */
const QUERY = /\?|%3f/i

/** Path of a share link, whose token lets its holder in: nothing of it is logged. Under `/projects`, `s` is an id. */
const LINK = /^(?:(?!\/projects\/).)*\/s\/./s

const ESCAPED = /%([0-7][\da-f])/gi

/** Signature in the name of a page of an atlas. */
const SIGNED_PAGE = /\.\d+\.[\w-]{43}\.[a-z]+$/

const unescaped = (path: string): string =>
  path.replace(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

/**
 * Path of a URL without the query, still encoded, so that it is always one line, and without the token of a share link
 * and the name of a signed page.
 *
 * @param url absolute, or from its path on
 */
export const loggedPath = (url: string): string => {
  const path = url.startsWith('/') ? url : url.slice(url.indexOf('/', url.indexOf('://') + 3))
  const end = path.search(QUERY)
  const own = end < 0 ? path : path.slice(0, end)
  const plain = own.includes('%') ? unescaped(own) : own
  if (plain.includes('/s/') && LINK.test(plain)) return '/s/…'
  return SIGNED_PAGE.test(plain) ? `${own.slice(0, own.lastIndexOf('/') + 1)}…` : own
}

/** Log of the requests that the app answers. */
export interface RequestLog {
  /** Gives a request its id. @returns its start, as `performance.now()` has it */
  begin(c: Context): number
  /**
   * Logs and counts a request, with the time until its response begins.
   *
   * @param response undefined where a later handler has responded, by `c.res`
   * @returns the response, with the common headers
   */
  end(c: Context, response: Response | undefined, startedMs: number): Response
}

export const createRequestLog = ({ log, ids, requests, client }: RequestLogOptions): RequestLog => {
  const writeLine = createRequestLines(log)

  return {
    begin(c) {
      const startedMs = performance.now()
      const id = ids(viewOf(c).header('x-request-id'))
      c.set('requestId', id)
      c.set('log', log)
      commonHeadersOf(c)[REQUEST_ID] = id
      // A later handler than the first: middleware of a program that mounts the app may have set headers.
      if (c.req.routeIndex > 0) c.set('hasOtherHeaders', true)
      return startedMs
    },

    end(c, response, startedMs) {
      const answer = response && c.get('hasCommonHeaders') ? response : withHeaders(c, response)
      const { status } = answer
      const { method, url } = c.req
      const id = c.get('requestId') ?? ''
      const ms = performance.now() - startedMs
      const record = (bytes: number): void => {
        requests.record(method, c.get('route') ?? NO_ROUTE, status, ms, bytes)
        writeLine({ id, method, path: loggedPath(url), status, ms, bytes, from: () => client.addressOf(viewOf(c)) })
      }
      const streamed = c.get('streamedBytes')
      if (method === 'HEAD') record(0)
      else if (streamed) void streamed.then(record)
      else record(c.get('bodyBytes') ?? 0)
      return answer
    },
  }
}

/** Adds the common headers to preflights, and to responses of a program that mounts the app. */
const withHeaders = (c: Context, response: Response | undefined): Response => {
  if (response) c.res = response
  if (!c.get('hasCommonHeaders'))
    for (const [name, value] of Object.entries(commonHeadersOf(c))) c.header(name, value, { append: name === 'Vary' })
  return c.res
}

/** Logs and counts answers of the fast path. */
export const logFastAnswers = ({ log, ids, requests, client }: RequestLogOptions): OnFastAnswer => {
  const writeLine = createRequestLines(log)

  return (request, { status, route, body }, startedMs) => {
    const { method, target } = request
    const id = ids(request.requestId)
    const ms = performance.now() - startedMs
    const bytes = body?.length ?? 0
    requests.record(method, route, status, ms, bytes)
    writeLine({ id, method, path: loggedPath(target), status, ms, bytes, from: () => client.addressOf(request) })
    return [REQUEST_ID, id]
  }
}
