// Route table: routes with their descriptions, 405 for the methods that a path does not have, and the routes of paths that
// were read last: a search through all routes takes a sixth of the time of a cover.

import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi'
import type { Result, Router } from 'hono/router'
import { createBoundedMap } from '../core/bounded-map.ts'
import { TintypeError } from '../core/errors.ts'
import type { Env, Handler } from './context.ts'
import type { Pipeline } from './pipeline.ts'
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
