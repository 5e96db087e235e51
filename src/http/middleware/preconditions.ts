// Preconditions of every request, checked before its route.

import type { IncomingMessage } from 'node:http'
import { readOnlyStore, TintypeError } from '../../core/errors.ts'
import { READING } from '../../core/request/safe-methods.ts'
import { clip } from '../../core/text.ts'
import { type Check, incomingOf } from '../context.ts'
import { invalidProjectId } from '../request/params.ts'

const CHOSEN = /[?&]format=auto(?:&|$)/

/** Sets `Vary` where `Accept` selects the format, on errors too, so that caches keep one response for each. */
export const varyByAccept: Check = (c) => {
  if (CHOSEN.test(c.req.url)) c.set('vary', 'Accept')
  return undefined
}

/** Delays requests until the store is open. @throws TintypeError `store_unavailable` where it can't be opened */
export const waitUntil = (ready: Promise<void>): Check => {
  let isOpen = false
  const opened = ready.then(
    () => {
      isOpen = true
      return undefined
    },
    (cause: unknown) => {
      throw new TintypeError('store_unavailable', 'The store could not be opened.', { cause })
    },
  )
  opened.catch(() => {})
  return () => (isOpen ? undefined : opened)
}

/**
 * Dot segments (`.` and `..`) of a path, plain or encoded. URLs are normalised before routing, so that
 * `DELETE /projects/a/images/%2e%2e` would be another route; no honest client sends it.
 */
const DOT_SEGMENT = /^[^?#]*\/(?:\.|%2e){1,2}(?:[/?#]|$)/i

const DOTS_AS_PROJECT = /^[^?#]*\/projects\/((?:\.|%2e){1,2})(?:[/?#]|$)/i

/** @throws TintypeError `invalid_project_id`, `route_not_found` */
export const refuseDotSegments: Check = (c) => {
  const target = incomingOf(c)?.url
  if (target === undefined || !DOT_SEGMENT.test(target)) return undefined
  const project = DOTS_AS_PROJECT.exec(target)?.[1]
  if (project !== undefined) throw invalidProjectId(project)
  throw new TintypeError('route_not_found', 'Expected a path without the segments "." and "..".')
}

/** Refuses changes while the server drains. @throws TintypeError `shutting_down` */
export const refuseWhileDraining =
  (isDraining?: () => boolean): Check =>
  (c) => {
    if (isDraining?.() && !READING.has(c.req.method)) throw shuttingDown()
    return undefined
  }

/** Refuses changes where the store is read-only, also those of accounts. @throws TintypeError `read_only` */
export const refuseWhileReadOnly =
  (isReadOnly?: () => boolean): Check =>
  (c) => {
    if (isReadOnly?.() && !READING.has(c.req.method)) throw readOnlyStore()
    return undefined
  }

export const shuttingDown = (): TintypeError =>
  new TintypeError('shutting_down', 'The server is shutting down and takes no changes.', { retryAfterSeconds: 5 })

/** Host of a request without one, as HTTP/1.0 allows. */
export const DEFAULT_HOST = 'localhost'
/** Host and port in the grammar of RFC 3986 section 3.2; both may be empty. */
const HOST = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i
/** Hosts that the adapter copies into its URL. It refuses some of the others, such as `localhost:`. */
const PLAIN_HOST = /^[a-z0-9._-]+(?::(?:[1-5]\d{3,4}|[6-9]\d{3}))?$/
/** Targets in absolute form; schemes have no case (RFC 3986 section 3.1). */
const ABSOLUTE_TARGET = /^(https?):\/\/[^/?#]/i

/**
 * Checks the host and the target of a request (RFC 9112 section 3.2), and writes them as the adapter reads them. The raw
 * headers stay as they came.
 */
export const headMistake = (request: IncomingMessage): TintypeError | undefined => {
  const { url = '', headers, rawHeaders } = request
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.length === 4 && rawHeaders[at]?.toLowerCase() === 'host') hosts++
  if (hosts > 1 || (hosts === 0 && request.httpVersion !== '1.0'))
    return malformed(`Expected one header "Host" (RFC 9112 section 3.2), received ${hosts}.`)
  const { host = '' } = headers
  if (!PLAIN_HOST.test(host)) {
    if (!HOST.test(host)) return malformed('Expected a host and a port in "Host", received', host)
    headers.host = DEFAULT_HOST
  }
  if (url.split('?', 1)[0]?.includes('\\')) return malformed('Expected a request target without "\\", received', url)
  if (url.startsWith('/')) return undefined
  const scheme = ABSOLUTE_TARGET.exec(url)?.[1]
  if (scheme === undefined || !URL.canParse(url)) return wrongTarget(url)
  request.url = scheme.toLowerCase() + url.slice(scheme.length)
  return undefined
}

const malformed = (expected: string, received?: string): TintypeError =>
  received === undefined
    ? new TintypeError('malformed_request', expected)
    : new TintypeError('malformed_request', `${expected} "${clip(received)}".`, {
        details: { received: clip(received) },
      })

export const wrongTarget = (url = ''): TintypeError =>
  malformed('Expected a request target that begins with "/" (RFC 9112 section 3.2), received', url)

export const wrongExpectation = ({ headers: { expect = '' } }: IncomingMessage): TintypeError =>
  new TintypeError('expectation_failed', `Expected "100-continue" in "Expect", received "${clip(expect)}".`, {
    details: { received: clip(expect) },
  })
