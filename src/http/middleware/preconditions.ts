// Preconditions of every request, checked before its route.

import { TintypeError } from '../../core/errors.ts'
import { READING } from '../../core/request/safe-methods.ts'
import { type Context, incomingOf } from '../context.ts'
import { invalidProjectId } from '../request/params.ts'

/**
 * Turns anything thrown into an `Error`, because Hono passes only errors to its handler. A request whose client has
 * disconnected rejects with a text as the reason, and would be missing in the log.
 */
export const throwErrors = async (_: Context, next: () => Promise<void>): Promise<void> => {
  try {
    await next()
  } catch (thrown) {
    throw thrown instanceof Error ? thrown : new Error(String(thrown))
  }
}

const CHOSEN = /[?&]format=auto(?:&|$)/

/** Sets `Vary` where `Accept` selects the format, on errors too, so that caches keep one response for each. */
export const varyByAccept = (c: Context, next: () => Promise<void>): Promise<void> => {
  if (CHOSEN.test(c.req.url)) c.set('vary', 'Accept')
  return next()
}

/** Delays requests until the store is open. @throws TintypeError `store_unavailable` where it can't be opened */
export const waitUntil = (ready: Promise<void>) => {
  let isOpen = false
  const opened = ready.then(
    () => {
      isOpen = true
    },
    (cause: unknown) => {
      throw new TintypeError('store_unavailable', 'The store could not be opened.', { cause })
    },
  )
  opened.catch(() => {})
  return (_: Context, next: () => Promise<void>): Promise<void> => (isOpen ? next() : opened.then(next))
}

/**
 * Dot segments (`.` and `..`) of a path, plain or encoded. URLs are normalised before routing, so that
 * `DELETE /projects/a/images/%2e%2e` would be another route; no honest client sends it.
 */
const DOT_SEGMENT = /^[^?#]*\/(?:\.|%2e){1,2}(?:[/?#]|$)/i

const DOTS_AS_PROJECT = /^[^?#]*\/projects\/((?:\.|%2e){1,2})(?:[/?#]|$)/i

/** @throws TintypeError `invalid_project_id`, `route_not_found` */
export const refuseDotSegments = (c: Context, next: () => Promise<void>): Promise<void> => {
  const target = incomingOf(c)?.url
  if (target === undefined || !DOT_SEGMENT.test(target)) return next()
  const project = DOTS_AS_PROJECT.exec(target)?.[1]
  if (project !== undefined) throw invalidProjectId(project)
  throw new TintypeError('route_not_found', 'Expected a path without the segments "." and "..".')
}

/** Refuses changes while the server drains. @throws TintypeError `shutting_down` */
export const refuseWhileDraining =
  (isDraining?: () => boolean) =>
  (c: Context, next: () => Promise<void>): Promise<void> => {
    if (isDraining?.() && !READING.has(c.req.method)) throw shuttingDown()
    return next()
  }

export const shuttingDown = (): TintypeError =>
  new TintypeError('shutting_down', 'The server is shutting down and takes no changes.', { retryAfterSeconds: 5 })
