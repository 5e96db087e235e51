// Route table: routes with their descriptions, and 405 for the methods that a path does not have.

import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi'
import { TintypeError } from '../core/errors.ts'
import type { Env, Handler } from './context.ts'
import { BASE_HEADERS } from './response/respond.ts'

export interface RouteTable {
  /**
   * The description goes to the OpenAPI registry only. No validator is made of it: they cost time on the way of every
   * picture, and one for multipart bodies would hold whole uploads in memory.
   */
  add(description: RouteConfig, handler: Handler): void
  /** Answers all other methods of the paths so far by 405, and OPTIONS. To be called once, after the last route. */
  refuseOtherMethods(): void
}

export const createRouteTable = (app: OpenAPIHono<Env>): RouteTable => {
  const methods = new Map<string, string[]>()
  const templates = new Map<string, string>()

  return {
    add({ hide, middleware: _, ...description }, handler) {
      const path = description.path.split('/').map(segmentOf).join('/')
      const method = description.method.toUpperCase()
      methods.set(path, [...(methods.get(path) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])])
      if (!hide) app.openAPIRegistry.registerPath(description)
      app.on(method, path, named(description.path, handler))
      templates.set(path, description.path)
    },

    // By a handler for each path, because an app that is mounted in another one has no say in what is not found there.
    refuseOtherMethods() {
      for (const [path, known] of methods)
        app.all(path, named(templates.get(path) ?? path, refuse([...known, 'OPTIONS'])))
    },
  }
}

/** Sets the route, for the metrics. */
const named =
  (template: string, handler: Handler): Handler =>
  (c, next) => {
    c.set('route', template)
    return handler(c, next)
  }

/** `{size}.{format}` is one parameter for the router, `file`. */
const segmentOf = (segment: string): string => {
  if (!/.\{|\}./.test(segment)) return segment.replace(/^\{(\w+)\}$/, ':$1')
  return `:file{${segment.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}}`
}

const refuse =
  (allowed: readonly string[]): Handler =>
  (c) => {
    if (c.req.method === 'OPTIONS') return c.body(null, 204, { ...BASE_HEADERS, Allow: allowed.join(', ') })
    throw new TintypeError('method_not_allowed', `Expected ${allowed.join(', ')}, received ${c.req.method}.`, {
      details: { allow: allowed, received: c.req.method },
    })
  }
