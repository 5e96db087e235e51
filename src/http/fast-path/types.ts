// Types of the fast path: requests, answers, and finders of cached representations.

import type { Socket } from 'node:net'
import type { ProjectState } from '../../core/project/state.ts'
import type { Identity } from '../access.ts'
import type { RequestView } from '../context.ts'
import type { Prepared } from './response-heads.ts'

/** A request; Node's `IncomingMessage` is one. */
export interface FastRequest {
  method?: string
  url?: string
  /** Names and values in turn, as received. */
  rawHeaders: readonly string[]
  socket: Socket
}

/** A plain GET or HEAD as policies and finders read it. */
export interface FastView extends RequestView {
  /** Number of conditions on the response. */
  conditions: number
  /** `If-None-Match`, the only condition of nearly all requests that have one. */
  noneMatch: string | undefined
  /** `X-Request-Id`. */
  requestId: string | undefined
  /** Whether the request has an API key or a token; cookies do not count. */
  hasCredentials: boolean
  /** True where the state checked for another request is fresh enough, see {@link Store.current}. */
  share: boolean
  /** The state that the answer rests on, where it is yet to be shown to be the newest. */
  unproved: ProjectState | undefined
  /** The newest state, shown since the request arrived. */
  proved: ProjectState | undefined
  /** Identity of the request, once it was found; `'unknown'` where only the app can tell. */
  identity: Identity | 'unknown' | undefined
}

/** A response of HTTP/1.1 on a connection that stays open. */
export interface FastAnswer {
  status: 200 | 304
  /** Route as the metrics name it. */
  route: string
  /** Status line and headers, up to and with the empty line. */
  head: string
  body: Buffer | undefined
}

/**
 * Undefined where the app has to answer. A promise where a store that several machines share has to show first that its
 * state in memory is the newest: it is never rejected.
 */
export type AnswerFast = (request: FastRequest) => FastAnswer | Promise<FastAnswer | undefined> | undefined

/** A representation in memory. */
export interface Found {
  prepared: Prepared
  /** Undefined where another program sends the body. */
  body: Buffer | undefined
  /** Route as the metrics name it. */
  route: string
}

/** Finds the representation of one URL for a request, and authorizes it. Undefined where the app has to answer. */
export type Find = (request: FastView) => Found | undefined

/** Parses a URL, to be cached: it takes longer than the rest of a response. Undefined for a URL of another kind. */
export type ReadUrl = (url: string) => Find | undefined
