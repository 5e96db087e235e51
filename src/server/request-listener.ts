// Request listener of Node's HTTP server: answers by the app, through @hono/node-server.

import { getRequestListener } from '@hono/node-server'
import type { Env } from '../http/context.ts'
import { DEFAULT_HOST } from '../http/middleware/preconditions.ts'

type FetchCallback = Parameters<typeof getRequestListener>[0]

/** @param fetch of an app that gets its requests from Node directly */
export const createRequestListener = (fetch: FetchCallback): ReturnType<typeof getRequestListener> => {
  const direct = { isAsReceived: true } satisfies Env['Bindings']
  return getRequestListener((request, bindings) => fetch(request, Object.assign(bindings, direct)), {
    hostname: DEFAULT_HOST,
  })
}
