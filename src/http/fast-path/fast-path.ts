// Small pictures from memory, in front of the app: the same answers as its own, in a fraction of the time.
//
// What a request costs beyond Node's HTTP server is objects: a Request, its Headers, a Response, promises. A picture
// that is in memory needs none of them. Whatever is not plainly a GET or HEAD of such a picture is left to the app, and
// a test compares the answers of both.

import type { Socket } from 'node:net'
import { LRUCache } from 'lru-cache'
import { type Decision, decide, httpDate, namesWeakly } from '../../core/request/conditional.ts'
import { type Asked, readHeaders } from './request-headers.ts'
import type { Prepared } from './response-heads.ts'
import { type AnswerFast, type FastAnswer, type FastRequest, type Find, headerOf, type ReadUrl } from './types.ts'

export interface FastOptions {
  /** For each kind of URL that is answered here. */
  readers: readonly ReadUrl[]
  /**
   * Called before an answer is sent.
   *
   * @returns more headers, as names and values in turn
   */
  onAnswer?(
    request: FastRequest,
    answer: Pick<FastAnswer, 'status' | 'route' | 'body'>,
    about: AboutRequest,
  ): readonly string[]
}

export interface AboutRequest {
  /** When it was looked at first, as `performance.now()` has it. */
  startedMs: number
  /** `X-Request-Id` as it came. */
  requestId: string | undefined
}

/** A wall of pictures asks for the same few thousand again and again. */
const REMEMBERED = { max: 10_000, maxLength: 500 }

const NONE: readonly string[] = []

export const createFast = ({ readers, onAnswer }: FastOptions): AnswerFast => {
  const finds = new LRUCache<string, Find>({ max: REMEMBERED.max })
  /** Connection of the last request: what comes behind it without a wait is one that was sent at once with it. */
  let last: Socket | undefined

  /** True where another request's look at the disk will do for this one, see {@link Store.current}. */
  const mayShare = ({ socket }: FastRequest): boolean => {
    const isFirst = socket !== last
    last = socket
    return isFirst
  }

  const read = (url: string): Find | undefined => {
    for (const readUrl of readers) {
      const find = readUrl(url)
      if (find) return find
    }
    return undefined
  }

  return (request) => {
    const startedMs = performance.now()
    const { method, url = '' } = request
    if (method !== 'GET' && method !== 'HEAD') return undefined
    const known = finds.get(url)
    const own = known ? url : copyOf(url)
    const find = known ?? read(own)
    if (!find) return undefined
    const asked = readHeaders(request.rawHeaders)
    const found = asked && find(request, asked, mayShare(request))
    if (!found) return undefined
    // Only what was there, so that URLs that somebody makes up push out nobody's.
    if (!known && own.length <= REMEMBERED.maxLength) finds.set(own, find)

    const { prepared, body, route } = found
    const decision = decideFast(request, asked, prepared.delivery)
    if (decision === 'precondition_failed') return undefined
    const status = decision === 'send' ? 200 : 304
    const head = status === 200 ? prepared.found : prepared.notModified
    const answer: FastAnswer = { status, route, head, body: undefined }
    if (status === 200 && method === 'GET') answer.body = body
    const more = onAnswer?.(request, answer, { startedMs, requestId: asked.requestId }) ?? NONE
    answer.head += `Date: ${dateNow()}\r\n`
    for (let at = 0; at < more.length; at += 2) answer.head += `${more[at]}: ${more[at + 1]}\r\n`
    answer.head += '\r\n'
    return answer
  }
}

/** A part of a text keeps all of it in memory: of a URL, the whole request. */
const copyOf = (url: string): string => Buffer.from(url, 'latin1').toString('latin1')

let date = ''
let dateSecond = 0

const dateNow = (): string => {
  const second = Math.floor(Date.now() / 1000)
  if (second !== dateSecond) {
    dateSecond = second
    date = httpDate(second * 1000)
  }
  return date
}

const decideFast = (
  request: FastRequest,
  { conditions, noneMatch }: Asked,
  delivery: Prepared['delivery'],
): Decision => {
  if (conditions === 0) return 'send'
  if (conditions === 1 && noneMatch !== undefined)
    return namesWeakly(noneMatch, delivery.etag) ? 'not_modified' : 'send'
  return decide(headerOf(request), delivery)
}
