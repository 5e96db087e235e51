// Fast path: answers plain requests for small pictures and lists in memory before the app, with equal responses.
//
// The cost of a request beyond Node's HTTP server is objects: a Request, its Headers, a Response, promises. A picture
// in memory needs none of them. Every other request is for the app. Both follow the same policies, and a test compares
// their responses.

import type { Socket } from 'node:net'
import { createBoundedMap } from '../../core/bounded-map.ts'
import type { ProjectState } from '../../core/project/state.ts'
import { type Decision, decide, httpDate, namesWeakly } from '../../core/request/conditional.ts'
import type { Store } from '../../stores/store.ts'
import type { CorsHeaders } from '../middleware/cors.ts'
import type { HostCheck } from '../middleware/host-check.ts'
import { type Limit, rateLimitHeaders } from '../middleware/rate-limit.ts'
import type { FastGuard } from './guard.ts'
import { readRequest } from './request-headers.ts'
import type { Prepared } from './response-heads.ts'
import type { AnswerFast, FastAnswer, FastRequest, FastView, Find, Found, ReadUrl } from './types.ts'

export interface FastPathOptions {
  /** URL readers, one for each kind of URL. */
  readers: readonly ReadUrl[]
  /** @default every host is expected */
  hostCheck?: HostCheck
  corsHeaders?: CorsHeaders
  limit: Pick<Limit, 'countsReads' | 'readNow'>
  guard: Pick<FastGuard, 'principalOf'>
  /** The newest state of a project; calls share a proof that it is the newest. */
  prove: Store['project']
  /**
   * Called before an answer is sent.
   *
   * @returns more headers, as names and values in turn
   */
  onAnswer?: OnFastAnswer
}

/** @param startedMs start of the request, as `performance.now()` has it */
export type OnFastAnswer = (
  request: FastView,
  answer: Pick<FastAnswer, 'status' | 'route' | 'body'>,
  startedMs: number,
) => readonly string[]

const NOT_COUNTED: Record<string, string> = {}

/** Limits of the cache of parsed URLs. */
const CACHED_URLS = { max: 10_000, maxLength: 500 }

export const createFastPath = (options: FastPathOptions): AnswerFast => {
  const { readers, hostCheck, corsHeaders, limit, guard, prove, onAnswer } = options
  const finds = createBoundedMap<Find>(CACHED_URLS.max)
  /** Connection of the last request; a further one on it may be pipelined. */
  let last: Socket | undefined

  /** True where the state checked for another request is fresh enough, see {@link Store.current}. */
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

  /** Headers of the limit. Undefined where the app has to count the request, or to refuse it. */
  const countNow = (view: FastView): Record<string, string> | undefined => {
    const principal = guard.principalOf(view)
    const state = principal && limit.readNow(view, principal)
    return state && rateLimitHeaders(state)
  }

  const answerFrom = (view: FastView, { prepared, body, route }: Found, startedMs: number): FastAnswer | undefined => {
    const decision = decideFast(view, prepared.delivery)
    if (decision === 'precondition_failed') return undefined
    // Last, so that a request that is left to the app is not counted twice.
    const counted = limit.countsReads ? countNow(view) : NOT_COUNTED
    if (!counted) return undefined
    const status = decision === 'send' ? 200 : 304
    const head = status === 200 ? prepared.found : prepared.notModified
    const answer: FastAnswer = { status, route, head, body: undefined }
    if (status === 200 && view.method === 'GET') answer.body = body
    for (const name in counted) answer.head += `${name}: ${counted[name]}\r\n`
    if (onAnswer) appendHeaders(answer, onAnswer(view, answer, startedMs))
    if (corsHeaders) appendHeaders(answer, corsHeaders(view))
    answer.head += `Date: ${dateNow()}\r\n`
    answer.head += '\r\n'
    return answer
  }

  /** Answers once the newest state is known. @param found in the state `unproved` */
  const answerProved = async (view: FastView, unproved: ProjectState, find: Find, found: Found, startedMs: number) => {
    try {
      view.proved = await prove(unproved.project_id)
      if (!view.proved) return undefined
      const newest = view.proved.revision === unproved.revision ? found : find(view)
      return newest && answerFrom(view, newest, startedMs)
    } catch {
      // The app gets the error again and responds to it.
      return undefined
    }
  }

  return (request) => {
    const startedMs = performance.now()
    const { method, url = '' } = request
    if (method !== 'GET' && method !== 'HEAD') return undefined
    const known = finds.get(url)
    const own = known ? url : copyOf(url)
    const find = known ?? read(own)
    if (!find) return undefined
    const view = readRequest(request, mayShare(request))
    if (!view || hostCheck?.isExpected(view) === false) return undefined
    const found = find(view)
    if (!found) return undefined
    // Only found URLs are cached, so that invented ones evict none.
    if (!known && own.length <= CACHED_URLS.maxLength) finds.set(own, find)

    const { unproved } = view
    return unproved ? answerProved(view, unproved, find, found, startedMs) : answerFrom(view, found, startedMs)
  }
}

/** Copies a URL, because a substring retains the whole request in memory. */
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

const decideFast = ({ conditions, noneMatch, header }: FastView, delivery: Prepared['delivery']): Decision => {
  if (conditions === 0) return 'send'
  if (conditions === 1 && noneMatch !== undefined)
    return namesWeakly(noneMatch, delivery.etag) ? 'not_modified' : 'send'
  return decide(header, delivery)
}

const appendHeaders = (answer: FastAnswer, headers: readonly string[]): void => {
  for (let at = 0; at < headers.length; at += 2) answer.head += `${headers[at]}: ${headers[at + 1]}\r\n`
}
