// What the ways in front of the app have in common: the request, the answer, and what is found between them.

import type { Socket } from 'node:net'
import type { HeaderOf } from '../../core/request/conditional.ts'
import type { Asked } from './request-headers.ts'
import type { Prepared } from './response-heads.ts'

/** What is looked at of a request; Node's own has it too. */
export interface FastRequest {
  method?: string
  url?: string
  /** Names and values in turn, as they came. */
  rawHeaders: readonly string[]
  socket: Socket
}

/** An answer of HTTP/1.1 on a connection that stays open. */
export interface FastAnswer {
  status: 200 | 304
  /** Route as the metrics name it. */
  route: string
  /** Status line and headers, up to and with the empty line. */
  head: string
  body: Buffer | undefined
}

/** The answer, or undefined where the app is to give it. */
export type AnswerFast = (request: FastRequest) => FastAnswer | undefined

/** What is in memory for a request. */
export interface Found {
  prepared: Prepared
  body: Buffer
  /** Route as the metrics name it. */
  route: string
}

/**
 * Looks for what one URL names, at each request anew. Undefined where the app has to answer.
 *
 * @param share see {@link Store.current}
 */
export type Find = (request: FastRequest, asked: Asked, share: boolean) => Found | undefined

/** Undefined for a URL of another kind. Reading one takes longer than all the rest of an answer, so it is done once. */
export type ReadUrl = (url: string) => Find | undefined

/** Several of one name make one list; a date that comes twice is none. */
export const headerOf =
  ({ rawHeaders }: FastRequest): HeaderOf =>
  (wanted) => {
    let found: string | undefined
    for (let at = 0; at < rawHeaders.length; at += 2)
      if (rawHeaders[at]?.toLowerCase() === wanted)
        found = found === undefined ? rawHeaders[at + 1] : `${found}, ${rawHeaders[at + 1]}`
    return found
  }
