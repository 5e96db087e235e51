// Small pictures from memory, in front of the app: the same answers as its own, in a fraction of the time.
//
// What a request costs beyond Node's HTTP server is objects: a Request, its Headers, a Response, promises. A picture
// that is in memory needs none of them. Whatever is not plainly a GET or HEAD of such a picture is left to the app, and
// a test compares the answers of both.

import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Decision, decide, type HeaderOf, httpDate, namesWeakly } from '../core/delivery.ts'
import { isSize } from '../core/names.ts'
import type { Picture, Pictures, Seen } from '../services/pictures.ts'
import { type Asked, readHeaders } from './fast-headers.ts'
import { type Prepared, prepareList, preparePicture } from './fast-heads.ts'
import type { FastRender, FindFastRender } from './fast-renders.ts'
import type { KeptList, ListMemory } from './list-memory.ts'
import { coverDelivery, storedDelivery } from './stored.ts'

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

export interface FastOptions {
  pictures: Pictures
  /** Lists that were answered before. @default left to the app */
  lists?: Pick<ListMemory, 'find'>
  /** What is made from originals. @default left to the app */
  findRender?: FindFastRender
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

/** The answer, or undefined where the app is to give it. */
export type AnswerFast = (request: FastRequest) => FastAnswer | undefined

const PICTURE =
  /^\/projects\/([A-Za-z0-9_-][A-Za-z0-9._-]{0,63})\/(?:images\/([0-9a-z]{20})(?:\?size=([a-z]+)|\/([a-z]+)\.jpg)?|(thumbnail)|cover\.jpg(?:\?size=([a-z]+))?)$/

const LIST = /^\/projects\/([A-Za-z0-9_-][A-Za-z0-9._-]{0,63})\/images(?:\?[!-~]*)?$/

const BY_ID = '/projects/{project_id}/images/{image_id}'
const FILE = '/projects/{project_id}/images/{image_id}/{size}.{format}'
const LISTED = '/projects/{project_id}/images'
const THUMBNAIL = '/projects/{project_id}/thumbnail'
const COVER = '/projects/{project_id}/cover.{format}'

const CREDENTIALS = ['x-api-key', 'authorization']

const NONE: readonly string[] = []

export const createFast = ({ pictures, lists, findRender, onAnswer }: FastOptions): AnswerFast => {
  const byId = new WeakMap<Picture, Prepared>()
  /** Of covers, until their project changes. */
  const covers = new WeakMap<Picture, Prepared & { revision: number }>()

  /** Connection of the last request: what comes behind it without a wait is one that was sent at once with it. */
  let last: Socket | undefined
  /** Of the request that is being answered: nothing here waits. */
  let startedMs = 0
  /** Of what is made from originals, by its bytes. */
  const rendered = new WeakMap<Buffer, Prepared>()
  const listed = new WeakMap<KeptList, Prepared>()

  /** True where another request's look at the disk will do for this one, see {@link Store.current}. */
  const mayShare = ({ socket }: FastRequest): boolean => {
    const isFirst = socket !== last
    last = socket
    return isFirst
  }

  const preparedById = (picture: Seen['picture']): Prepared => {
    const known = byId.get(picture)
    if (known) return known
    const prepared = preparePicture(storedDelivery(picture), picture.bytes)
    byId.set(picture, prepared)
    return prepared
  }

  const preparedCover = ({ picture, project }: Seen): Prepared => {
    const known = covers.get(picture)
    if (known?.revision === project.revision) return known
    const nowMs = Date.now()
    const prepared = preparePicture(coverDelivery(picture, project, nowMs), picture.bytes)
    // Within the second of a change its date is another one than afterwards.
    const settled = nowMs - Date.parse(project.updated_at) > 2000
    if (settled) covers.set(picture, { ...prepared, revision: project.revision })
    return prepared
  }

  const preparedRender = ({ delivery, body }: FastRender): Prepared => {
    const known = rendered.get(body)
    if (known?.delivery.cacheControl === delivery.cacheControl && known.delivery.vary === delivery.vary) return known
    const prepared = preparePicture(delivery, body.length)
    rendered.set(body, prepared)
    return prepared
  }

  const preparedList = (list: KeptList): Prepared => {
    const known = listed.get(list)
    if (known) return known
    const prepared = prepareList(list)
    listed.set(list, prepared)
    return prepared
  }

  /** A list has a tag and no date, so that only the tag is looked at here. */
  const answerList = (request: FastRequest, projectId: string): FastAnswer | undefined => {
    const asked = lists && request.method === 'GET' ? readHeaders(request.rawHeaders) : undefined
    if (!asked || asked.conditions > (asked.noneMatch === undefined ? 0 : 1)) return undefined
    // Unlike a picture, a list is refused to whoever shows a key or token that isn't valid: the app looks at it.
    if (CREDENTIALS.some((name) => headerOf(request)(name) !== undefined)) return undefined
    const list = lists?.find(request.url ?? '', projectId, mayShare(request))
    return list && answer(request, asked, { prepared: preparedList(list), body: list.body, route: LISTED })
  }

  const answerRender = (request: FastRequest): FastAnswer | undefined => {
    const asked = findRender ? readHeaders(request.rawHeaders) : undefined
    const accept = () => headerOf(request)('accept')
    const found = asked && findRender?.(request.url ?? '', accept, mayShare(request))
    return found && answer(request, asked, { prepared: preparedRender(found), body: found.body, route: found.route })
  }

  const answer = (
    request: FastRequest,
    asked: Asked,
    { prepared, body, route }: { prepared: Prepared; body: Buffer; route: string },
  ): FastAnswer | undefined => {
    const decision = decideFast(request, asked, prepared.delivery)
    if (decision === 'precondition_failed') return undefined
    const status = decision === 'send' ? 200 : 304
    const head = status === 200 ? prepared.found : prepared.notModified
    const sent: FastAnswer = { status, route, head, body: undefined }
    if (status === 200 && request.method === 'GET') sent.body = body
    const more = onAnswer?.(request, sent, { startedMs, requestId: asked.requestId }) ?? NONE
    sent.head += `Date: ${dateNow()}\r\n`
    for (let at = 0; at < more.length; at += 2) sent.head += `${more[at]}: ${more[at + 1]}\r\n`
    sent.head += '\r\n'
    return sent
  }

  return (request) => {
    startedMs = performance.now()
    const { method, url = '' } = request
    if (method !== 'GET' && method !== 'HEAD') return undefined
    const target = PICTURE.exec(url)
    if (target === null) {
      const [, ofList] = LIST.exec(url) ?? []
      return ofList === undefined ? answerRender(request) : answerList(request, ofList)
    }
    // `images/{id}` alone is the original, which is large.
    const [, projectId = '', imageId, inQuery, inName, thumbnail, ofCover] = target
    const size = thumbnail ? 'thumb' : (inQuery ?? inName ?? ofCover ?? (imageId ? 'original' : 'thumb'))
    if (!isSize(size)) return undefined
    const asked = readHeaders(request.rawHeaders)
    if (!asked) return undefined
    const seen = pictures.peek(projectId, imageId, size, mayShare(request))
    if (!seen) return undefined

    const prepared = imageId ? preparedById(seen.picture) : preparedCover(seen)
    const route = imageId ? (inName ? FILE : BY_ID) : thumbnail ? THUMBNAIL : COVER
    return answer(request, asked, { prepared, body: seen.picture.body, route })
  }
}

/** Writes all of an answer in one go. */
export const writeAnswer = (socket: Socket, { head, body }: FastAnswer): void => {
  if (body) socket.cork()
  socket.write(head, 'latin1')
  if (!body) return
  socket.write(body)
  socket.uncork()
}

/** False where the connection is to end after this answer, or has another one to send before. */
export const isWritable = ({ socket, shouldKeepAlive }: ServerResponse): boolean => socket !== null && shouldKeepAlive

/**
 * Answers a request that Node's HTTP server has taken, past its own `writeHead` and `end`, which look at each header
 * again. `finish` is how a response tells the server that the connection is free for the next request.
 */
export const writeResponse = (response: ServerResponse, answer: FastAnswer): void => {
  if (response.socket) writeAnswer(response.socket, answer)
  response.emit('finish')
}

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

/** Several of one name make one list; a date that comes twice is none. */
const headerOf =
  ({ rawHeaders }: FastRequest): HeaderOf =>
  (wanted) => {
    let found: string | undefined
    for (let at = 0; at < rawHeaders.length; at += 2)
      if (rawHeaders[at]?.toLowerCase() === wanted)
        found = found === undefined ? rawHeaders[at + 1] : `${found}, ${rawHeaders[at + 1]}`
    return found
  }
