// CORS (Fetch standard section 3.3): pages of other origins that may read responses, with or without cookies.

import { cors } from 'hono/cors'
import type { AllowedOrigins } from '../../core/request/origins.ts'
import { type Check, type Context, commonHeadersOf, type RequestView, viewOf } from '../context.ts'
import { REPLAY_HEADER } from '../request/params.ts'

/** Response headers for a request, as names and values in turn. */
export type CorsHeaders = (request: RequestView) => readonly string[]

/** Response headers exposed to scripts, besides the safelisted ones. */
const EXPOSED = ['ETag', 'Location', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'X-Request-Id', REPLAY_HEADER]

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Lifetime of a preflight response in a browser, in seconds. */
const MAX_AGE_SECONDS = 600

const EXPOSE = ['Access-Control-Expose-Headers', EXPOSED.join(',')]

/**
 * With `*`, every response allows every origin, also where the request has none: browsers give a script the cached
 * response of an `<img>`. With a list, only listed origins are allowed, and caches keep one response for each origin.
 */
export const createCorsHeaders = (allowed: AllowedOrigins): CorsHeaders => {
  if (allowed === '*') {
    const all = ['Access-Control-Allow-Origin', '*', ...EXPOSE]
    return () => all
  }
  const varies = ['Vary', 'Origin']
  const credentials = ['Access-Control-Allow-Credentials', 'true']
  const byOrigin = new Map(
    allowed.map((origin) => [origin, ['Access-Control-Allow-Origin', origin, ...credentials, ...EXPOSE, ...varies]]),
  )
  return ({ header }) => {
    const origin = header('origin')
    return (origin === undefined ? undefined : byOrigin.get(origin)) ?? varies
  }
}

/** Answers preflights of allowed origins; other `OPTIONS` requests reach the route table. */
export const allowOrigins = (allowed: AllowedOrigins, headersOf: CorsHeaders): Check => {
  const shared = { allowMethods: METHODS, exposeHeaders: EXPOSED, maxAge: MAX_AGE_SECONDS }
  const answerPreflight =
    allowed === '*' ? cors({ ...shared, origin: '*' }) : cors({ ...shared, origin: [...allowed], credentials: true })
  const preflight = async (c: Context) => (await answerPreflight(c, async () => {})) ?? undefined
  const isAllowed = (origin: string | undefined) =>
    allowed === '*' || (origin !== undefined && allowed.includes(origin))

  return (c) => {
    const request = viewOf(c)
    const { method, header } = request
    const isPreflight = method === 'OPTIONS' && header('access-control-request-method') !== undefined
    if (isPreflight && isAllowed(header('origin'))) return preflight(c)
    const headers = headersOf(request)
    const common = commonHeadersOf(c)
    for (let at = 0; at < headers.length; at += 2) common[headers[at] ?? ''] = headers[at + 1] ?? ''
    return undefined
  }
}
