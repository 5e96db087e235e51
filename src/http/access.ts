// Authenticates requests: finds their principals, and warns of open servers. Routes are authorized by guard.ts.

import { type Principal, unauthenticated, withLinks } from '../core/auth/access.ts'
import type { LinkGrant } from '../core/auth/links.ts'
import { TintypeError } from '../core/errors.ts'
import { isLoopback } from '../core/request/hosts.ts'
import { READING } from '../core/request/safe-methods.ts'
import type { Authenticator, Credentials } from '../services/auth/credentials.ts'
import type { LinkCookies } from '../services/links/link-cookies.ts'
import type { Logger } from '../telemetry/logger.ts'
import { type Check, type Context, type RequestView, viewOf } from './context.ts'
import type { ClientAddress } from './middleware/client-address.ts'

export interface IdentifyOptions {
  /** Tried in this order, until one recognizes its credentials. */
  authenticators: readonly Authenticator[]
  /** Share links of anonymous requests and of users. @default none */
  links?: LinkCookies
  /** Whether every request may do everything at present. */
  isOpen(): boolean
  /** Throws where a page of a foreign origin sent the request. @default no check */
  refuseCrossOrigin?(request: Credentials): void
  /** Called for each request that is answered without authentication. @default none */
  onOpen?(request: RequestView): void
}

/** Principal of a request. Invalid credentials give a `refusal` and the anonymous principal. */
export interface Identity {
  principal: Principal
  refusal?: TintypeError
}

/**
 * @param receivedMs arrival, in milliseconds since 1970: credentials that expired later are valid. @default now
 * @throws TintypeError `csrf` on an open server, for a change sent by a foreign page
 */
export type Identify = (request: RequestView, receivedMs?: number) => Promise<Identity>

/**
 * {@link Identify} without a wait, by credentials that were verified before and are still valid. Undefined where only
 * `Identify` can tell, as for invalid ones.
 */
export type IdentifyNow = (request: RequestView & Pick<Credentials, 'share'>) => Identity | undefined

const UNRESTRICTED: Identity = { principal: { kind: 'unrestricted' } }
const ANONYMOUS: Identity = { principal: { kind: 'anonymous' } }

export const createIdentify = (options: IdentifyOptions): { identify: Identify; identifyNow: IdentifyNow } => {
  const { authenticators, links, isOpen, refuseCrossOrigin, onOpen } = options

  const recallOwn = (request: RequestView & Pick<Credentials, 'share'>): Identity | undefined => {
    for (const authenticator of authenticators) {
      const principal = authenticator.recall(request)
      if (principal === 'unknown') return undefined
      if (principal) return { principal }
    }
    return request.header('authorization') === undefined ? ANONYMOUS : undefined
  }

  const recall = (request: RequestView & Pick<Credentials, 'share'>): Identity | undefined => {
    const own = recallOwn(request)
    if (!own || !links || !mayHoldLinks(own.principal)) return own
    const grants = links.recall(request)
    return grants === 'unknown' ? undefined : withGrants(own.principal, grants, own)
  }

  const identifyNow: IdentifyNow = (request) => {
    if (isOpen()) {
      onOpen?.(request)
      // Forms need no preflight: any page in a browser of this machine could send one.
      if (!READING.has(request.method)) refuseCrossOrigin?.(request)
      return UNRESTRICTED
    }
    try {
      return recall(request)
    } catch {
      // A failed system call: `identify` gets the error again and reports it.
      return undefined
    }
  }

  const identify: Identify = async (request, receivedMs) => {
    const known = receivedMs === undefined || isOpen() ? identifyNow(request) : undefined
    if (known) return known
    const { method, header } = request
    const sent = { method, header, receivedMs }
    const identified = async (principal: Principal): Promise<Identity> =>
      links && mayHoldLinks(principal) ? withGrants(principal, await links.grantsOf(sent, principal)) : { principal }
    try {
      for (const { authenticate } of authenticators) {
        const principal = await authenticate(sent)
        if (principal) return await identified(principal)
      }
      // Credentials in an unknown form are an error, instead of the rights of an anonymous client.
      if (header('authorization') !== undefined)
        throw unauthenticated('Expected an API key or a token in "Authorization: Bearer", it is neither.')
      return await identified(ANONYMOUS.principal)
    } catch (error) {
      if (!(error instanceof TintypeError)) throw error
      return { ...ANONYMOUS, refusal: error }
    }
  }

  return { identify, identifyNow }
}

/** Keys have rights of their own alone, and an open server has no others. */
const mayHoldLinks = ({ kind }: Principal): boolean => kind === 'anonymous' || kind === 'user'

/** @param own identity without grants. @default a new one */
const withGrants = (principal: Principal, links: readonly LinkGrant[], own: Identity = { principal }): Identity =>
  links.length === 0 ? own : { principal: withLinks(principal, links) }

/** Basis of access to a picture, which limits its caching. */
export interface PictureAccess {
  /** True in a private project. */
  isPrivate: boolean
  /** End of the signed URL or the share link that grants access, in milliseconds since 1970. */
  untilMs?: number
}

export const PUBLIC: PictureAccess = { isPrivate: false }
export const PRIVATE: PictureAccess = { isPrivate: true }

/** Sets the principal, or the refusal that {@link principalOf} throws: only routes that need a principal fail. */
export const authenticate =
  ({ identify, identifyNow }: { identify: Identify; identifyNow: IdentifyNow }): Check =>
  (c) => {
    const request = viewOf(c)
    const set = (identity: Identity): undefined => {
      c.set('identity', identity)
    }
    if (!READING.has(request.method)) {
      const receivedMs = Date.now()
      c.set('identifyAgain', async () => set(await identify(request, receivedMs)))
    }
    const identity = identifyNow(request)
    return identity ? set(identity) : identify(request).then(set)
  }

/** @throws TintypeError `unauthenticated` and others where the credentials of the request are not valid */
export const principalOf = (c: Context): Principal => {
  const { principal, refusal } = c.get('identity') ?? ANONYMOUS
  if (refusal) throw refusal
  return principal
}

/**
 * {@link principalOf} of a route for what belongs to a principal, such as jobs and webhooks.
 *
 * @throws TintypeError as it, and `unauthenticated` for anonymous requests
 */
export const namedPrincipalOf = (c: Context): Exclude<Principal, { kind: 'anonymous' }> => {
  const principal = principalOf(c)
  if (principal.kind === 'anonymous') throw unauthenticated()
  return principal
}

/** Warns once that a client of another machine was answered without authentication. */
export const createOpenWarning = (client: Pick<ClientAddress, 'addressOf'>, log: Logger) => {
  let isWarned = false
  /** Last peer, skipped without parsing: nearly all requests of an open server come from one. */
  let last: string | undefined
  return (request: RequestView): void => {
    if (isWarned) return
    const peer = request.socket?.remoteAddress
    if (peer === last && request.header('x-forwarded-for') === undefined) return
    last = peer
    const from = client.addressOf(request)
    if (from === undefined || isLoopback(from)) return
    isWarned = true
    log.warn(
      { from },
      'open to every client: a request came from another machine, and no authentication is set up; ' +
        'every client can upload and delete. Set up API keys or accounts, or listen on 127.0.0.1',
    )
  }
}
