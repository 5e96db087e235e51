// Pages of other sites (CORS, Fetch standard section 3.3): who may read answers, and with cookies or without.

import { cors } from 'hono/cors'
import type { AllowedOrigins } from '../../core/request/origins.ts'
import type { AnswerFast } from '../fast-path/types.ts'
import { REPLAY_HEADER } from '../request/upload-options.ts'
import type { Context } from '../response/respond.ts'

/** What scripts may see besides the few that they always may. */
const EXPOSED = ['ETag', 'Location', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'X-Request-Id', REPLAY_HEADER]

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** How long a browser may remember what a preflight was answered, in seconds. */
const MAX_AGE_SECONDS = 600

/**
 * With `*` every answer can be read by every page, and says so to all: a browser that has a picture from an `<img>` in
 * its cache gives it to a script too. With a list, only listed pages are told, and caches that answers differ.
 */
export const crossOrigin = (allowed: AllowedOrigins) => {
  const shared = { allowMethods: METHODS, exposeHeaders: EXPOSED, maxAge: MAX_AGE_SECONDS }
  const isAnybody = allowed === '*'
  const answer = isAnybody
    ? cors({ ...shared, origin: '*' })
    : cors({ ...shared, origin: [...allowed], credentials: true })
  return async (c: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const origin = c.req.header('origin')
    const isAllowed = isAnybody || (origin !== undefined && allowed.includes(origin))
    // The library answers every OPTIONS; one that is no preflight asks a route what it takes.
    const isQuestion = c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') === undefined
    if (isAllowed && !isQuestion) return (await answer(c, next)) ?? undefined
    await next()
    if (!isAnybody) c.header('Vary', 'Origin', { append: true })
  }
}

/** The same for answers from memory; those to pages of a list are left to the app. */
export const crossOriginFast = (allowed: AllowedOrigins, answerFast: AnswerFast): AnswerFast => {
  if (allowed === '*' || allowed.length === 0) return answerFast
  return (request) => {
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      const name = request.rawHeaders[at]
      if (name?.length === 6 && name.toLowerCase() === 'origin') return undefined
    }
    return answerFast(request)
  }
}

/** Headers that answers from memory need besides, as names and values in turn. */
export const crossOriginHeaders = (allowed: AllowedOrigins): readonly string[] => {
  if (allowed === '*') return ['Access-Control-Allow-Origin', '*', 'Access-Control-Expose-Headers', EXPOSED.join(',')]
  return allowed.length === 0 ? [] : ['Vary', 'Origin']
}
