// Route table: routes with their descriptions, 405 for the methods that a path does not have, and the routes of paths that
// were read last: a search through all routes takes a sixth of the time of a cover.
//
// Each route runs in a pipeline, the steps of every request in one function, in their order: log, checks, route, error. As
// middleware of Hono, each step would take a microsecond and two promises.

import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi'
import type { Result, Router } from 'hono/router'
import { createBoundedMap } from '../core/bounded-map.ts'
import { TintypeError } from '../core/errors.ts'
import type { Check, Context, Env, Handler } from './context.ts'
import type { RequestLog } from './middleware/request-log.ts'
import { BASE_HEADERS, respond } from './response/respond.ts'

/** Enough for the covers that are shown together, and for at most 2 MB of paths and parameters. */
const MAX_MATCHES = 2000
const MAX_PATH_LENGTH = 200

export interface RouteTable {
  /**
   * Adds a route, and its description to the OpenAPI registry. No validators are derived from it: they would cost time
   * for every picture, and hold whole multipart uploads in memory.
   */
  add(description: RouteConfig, handler: Handler): void
  /** Adds descriptions alone: of requests that the handler of another route answers. */
  describe(...descriptions: RouteConfig[]): void
  /** Answers `OPTIONS`, and all other methods of the added paths by 405. To be called once, after the last route. */
  refuseOtherMethods(): void
}

export const createRouteTable = (app: OpenAPIHono<Env>, pipeline: Pipeline): RouteTable => {
  /** Sets the route label of the metrics. */
  const named = (template: string, handler: Handler): Handler =>
    pipeline((c, next) => {
      c.set('route', template)
      return handler(c, next)
    })

  const methods = new Map<string, string[]>()
  const templates = new Map<string, string>()

  return {
    add({ hide, middleware: _, ...description }, handler) {
      const path = patternOf(description.path)
      const method = description.method.toUpperCase()
      methods.set(path, [...(methods.get(path) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])])
      if (!hide) app.openAPIRegistry.registerPath(description)
      app.on(method, path, named(description.path, handler))
      templates.set(path, description.path)
    },

    describe(...descriptions) {
      for (const description of descriptions) app.openAPIRegistry.registerPath(description)
    },

    // A handler for each path, because a mounted app cannot handle unmatched requests of its parent.
    refuseOtherMethods() {
      for (const [path, known] of [...methods].sort(byLiteralEnd))
        app.all(path, named(templates.get(path) ?? path, refuse([...known, 'OPTIONS'])))
    },
  }
}

/** Sorts paths whose last segment is a name before those where it is a parameter, which match it too. */
const byLiteralEnd = ([one]: [string, unknown], [other]: [string, unknown]): number =>
  Number(/:[^/]*$/.test(one)) - Number(/:[^/]*$/.test(other))

/** Converts a template; the name of an asset, or the key of an object, may have slashes: all paths below are one pattern. */
const patternOf = (template: string): string =>
  template
    .replace(/\/\{name\}.*$/, '/{name}')
    .split('/')
    .map(segmentOf)
    .join('/')
    .replace(':name', ':name{.+}')
    .replace(/:key$/, ':key{.+}')

/** Converts a segment of a template; `{size}.{format}` becomes one parameter, `file`. */
const segmentOf = (segment: string): string => {
  if (!/.\{|\}./.test(segment)) return segment.replace(/^\{(\w+)\}$/, ':$1')
  return `:file{${segment.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}}`
}

const refuse =
  (allowed: readonly string[]): Handler =>
  (c) => {
    if (c.req.method === 'OPTIONS') return respond(c, null, 204, { ...BASE_HEADERS, Allow: allowed.join(', ') })
    throw new TintypeError('method_not_allowed', `Expected ${allowed.join(', ')}, received ${c.req.method}.`, {
      details: { allow: allowed, received: c.req.method },
    })
  }

/** A router that keeps the routes of the paths read last. All of them are added before the first match, as in Hono. */
export const rememberMatches = <Handler>(router: Router<Handler>): Router<Handler> => {
  const matches = createBoundedMap<Result<Handler>>(MAX_MATCHES)

  return {
    name: router.name,
    add(method, path, handler) {
      router.add(method, path, handler)
    },
    match(method, path) {
      if (method !== 'GET' || path.length > MAX_PATH_LENGTH) return router.match(method, path)
      const known = matches.get(path)
      if (known) return known
      const found = router.match(method, path)
      matches.set(path, found)
      return found
    },
  }
}

export interface PipelineOptions {
  requestLog: RequestLog
  /** Run in their order before each route. */
  checks: readonly Check[]
  /** Responds to an error. */
  fail(c: Context, error: Error): Promise<Response>
}

/** Makes the whole handler of a route. Undefined is the response of a route that has called the next handler. */
export type Pipeline = (route: Handler) => Handler

export const createPipeline = ({ requestLog, checks, fail }: PipelineOptions): Pipeline => {
  const check = inOrder(checks)

  return (route) => async (c, next) => {
    const startedMs = requestLog.begin(c)
    let response: Response | undefined
    try {
      const answer = check(c)
      response = (answer instanceof Promise ? await answer : answer) ?? (await route(c, next))
    } catch (thrown) {
      // A request whose client has disconnected rejects with a text as the reason.
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      // As Hono does: middleware of a program that mounts the app may read it.
      c.error = error
      response = await fail(c, error)
    }
    return requestLog.end(c, response, startedMs)
  }
}

/** Runs checks in order, up to the first that answers. Waits only for those that return a promise. */
export const inOrder = (checks: readonly Check[]): Check => {
  const answerOf = (c: Context, first: number): ReturnType<Check> => {
    for (let at = first; at < checks.length; at++) {
      const answer = checks[at]?.(c)
      if (answer instanceof Promise) return answer.then((response) => response ?? answerOf(c, at + 1))
      if (answer) return answer
    }
    return undefined
  }
  return (c) => answerOf(c, 0)
}

/** A route behind a check of its own. */
export const checkedBy =
  (check: Check, route: Handler): Handler =>
  async (c, next) =>
    (await check(c)) ?? route(c, next)
