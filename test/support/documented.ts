// Answers held against the OpenAPI document: every status that a route answers has to be there, and every code.

import type { RouteConfig } from '@hono/zod-openapi'
import { z } from 'zod'
import { FAILURES } from '../../src/core/errors.ts'
import type { Tintype } from '../../src/index.ts'

type App = Tintype['app']
type Description = Pick<RouteConfig, 'method' | 'path' | 'responses'>

interface Described {
  method: string
  path: RegExp
  /** Codes of each status; of some, such as 200, there are none. */
  codes: ReadonlyMap<number, readonly string[]>
}

const responsesSchema = z.record(
  z.string(),
  z.looseObject({
    content: z
      .looseObject({
        'application/problem+json': z.looseObject({ examples: z.record(z.string(), z.unknown()) }).optional(),
      })
      .optional(),
  }),
)

const problemSchema = z.looseObject({ code: z.string() })

/**
 * The same app, which throws instead of an answer that its document doesn't have. Other methods than a path takes,
 * paths that are none and files of the documentation are left alone. Where a socket is behind it, the body is the
 * server's to read, and only the status is checked.
 */
export const heldToDocument = (app: App, descriptions = descriptionsOf(app)): App => {
  const { fetch } = app
  const routes = descriptions.map(described)
  const check = async (request: Request, response: Response, hasSocket: boolean): Promise<void> => {
    const { pathname } = new URL(request.url)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const route = routes.find((each) => each.method === method && each.path.test(pathname))
    // An answer to a client that has left is never sent.
    if (!route || response.status === FAILURES.client_gone.status) return
    const what = `${request.method} ${pathname} is answered ${response.status}`
    const codes = route.codes.get(response.status)
    if (!codes) throw new Error(`${what}, which its OpenAPI description does not have`)
    if (hasSocket || response.headers.get('content-type') !== 'application/problem+json' || !response.body) return
    const { code } = problemSchema.parse(await response.clone().json())
    if (!codes.includes(code)) throw new Error(`${what} (${code}), which its OpenAPI description does not have`)
  }
  app.fetch = async (request, env, context) => {
    const response = await fetch(request, env, context)
    await check(request, response, Boolean(env && 'outgoing' in env))
    return response
  }
  return app
}

/** Of the routes of an app that are in its document. */
export const descriptionsOf = (app: App): Description[] =>
  app.openAPIRegistry.definitions.flatMap((definition) => (definition.type === 'route' ? [definition.route] : []))

const described = ({ method, path, responses }: Description): Described => ({
  method: method.toUpperCase(),
  path: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  codes: new Map(
    Object.entries(responsesSchema.parse(responses)).map(([status, { content }]) => [
      Number(status),
      Object.keys(content?.['application/problem+json']?.examples ?? {}),
    ]),
  ),
})
