// Refusals of requests that are no valid HTTP, which never reach the app: their id, log line, count, limit and problem.

import { STATUS_CODES } from 'node:http'
import type { TintypeError } from '../core/errors.ts'
import { clip } from '../core/text.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { createRequestLines, type RequestIds } from '../telemetry/requests.ts'
import type { RequestView } from './context.ts'
import type { ClientAddress } from './middleware/client-address.ts'
import type { CorsHeaders } from './middleware/cors.ts'
import { type Limit, limitExceeded, rateLimitHeaders } from './middleware/rate-limit.ts'
import { loggedPath, NO_ROUTE, REQUEST_ID } from './middleware/request-log.ts'
import { problemOf } from './response/problem.ts'
import { BASE_HEADERS } from './response/respond.ts'

export interface RefusalOptions {
  log: Logger
  ids: RequestIds
  metrics: Pick<Metrics, 'observer' | 'requests'>
  client: Pick<ClientAddress, 'addressOf'>
  limit: Limit
  corsHeaders?: CorsHeaders
}

/** Method and target of a request whose head could not be parsed. */
export const UNKNOWN = '-'

/**
 * Refuses a request in the name of the app. Counted by the client address, by the limit of reading requests where the
 * method is unknown.
 *
 * @returns the whole response, after which the connection has to be closed
 */
export type Refuse = (request: RequestView, error: TintypeError) => Promise<string>

export const createRefuse = ({ log, ids, metrics, client, limit, corsHeaders }: RefusalOptions): Refuse => {
  const { observer, requests } = metrics
  const writeLine = createRequestLines(log)

  /** Error of the response: beyond the limit another one. Counting can fail, which refuses nothing else either. */
  const counted = async (request: RequestView, error: TintypeError) => {
    const method = request.method === UNKNOWN ? 'GET' : request.method
    const counting = Promise.resolve(limit.request({ ...request, method }, '', undefined))
    const state = await counting.catch(() => undefined)
    if (!state) return { error, headers: {} }
    return { error: state.isExceeded ? limitExceeded(state) : error, headers: rateLimitHeaders(state) }
  }

  return async (request, refusal) => {
    const startedMs = performance.now()
    const { method, target } = request
    const id = ids(request.header('x-request-id'))
    const { error, headers: limitHeaders } = await counted(request, refusal)
    const { status, headers, body } = problemOf(error)
    const text = JSON.stringify(body)
    const bytes = Buffer.byteLength(text)
    const cors = corsHeaders?.(request) ?? []
    observer.failed(error.code)
    requests.record(method, NO_ROUTE, status, performance.now() - startedMs, bytes)
    const ms = performance.now() - startedMs
    writeLine({ id, method, path: pathOf(target), status, ms, bytes, from: () => client.addressOf(request) })
    return [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      ...Object.entries({ ...BASE_HEADERS, ...headers, ...limitHeaders, [REQUEST_ID]: id }).map(headerLine),
      ...cors.flatMap((name, at) => (at % 2 === 0 ? headerLine([name, cors[at + 1] ?? '']) : [])),
      `Date: ${new Date().toUTCString()}`,
      `Content-Length: ${bytes}`,
      'Connection: close',
      '',
      method === 'HEAD' ? '' : text,
    ].join('\r\n')
  }
}

const headerLine = ([name, value]: readonly [string, string]): string => `${name}: ${value}`

const pathOf = (target: string): string => clip(/^\/|:\/\//.test(target) ? loggedPath(target) : target)
