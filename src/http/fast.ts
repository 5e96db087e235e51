// Small pictures from memory, in front of the app: the same answers as its own, in a fifth of the time.
//
// What a request costs beyond Node's HTTP server is objects: a Request, its Headers, a Response, promises. A picture
// that is in memory needs none of them. Whatever is not plainly a GET or HEAD of such a picture is left to the app, and
// a test compares the answers of both.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Decision, decide, type HeaderOf, httpDate, namesWeakly } from '../core/delivery.ts'
import { isSize } from '../core/names.ts'
import type { Picture, Pictures, Seen } from '../services/pictures.ts'
import { cachingHeaders, type Delivery, pictureHeaders } from './deliver.ts'
import { type Asked, readHeaders } from './fast-headers.ts'
import type { FastRender, FindFastRender } from './fast-renders.ts'
import { BASE_HEADERS } from './respond.ts'
import { coverDelivery, storedDelivery } from './stored.ts'

export interface FastAnswer {
  status: 200 | 304
  /** Route as the metrics name it. */
  route: string
  /** Bytes of the body. */
  bytes: number
}

export interface FastOptions {
  pictures: Pictures
  /** What is made from originals. @default left to the app */
  findRender?: FindFastRender
  /**
   * Called before the head is sent.
   *
   * @returns more headers, as names and values in turn
   */
  onAnswer?(request: IncomingMessage, response: ServerResponse, answer: FastAnswer): readonly string[]
}

/** Answers and says true, or says false and has done nothing. */
export type AnswerFast = (request: IncomingMessage, response: ServerResponse) => boolean

const PICTURE =
  /^\/projects\/([A-Za-z0-9_-][A-Za-z0-9._-]{0,63})\/(?:images\/([0-9a-z]{20})(?:\?size=([a-z]+)|\/([a-z]+)\.jpg)?|(thumbnail)|cover\.jpg(?:\?size=([a-z]+))?)$/

const BY_ID = '/projects/{project_id}/images/{image_id}'

/** Heads of answers, ready to be sent, of a picture under its own URL. */
interface Prepared {
  delivery: Delivery
  found: string
  notModified: string
}

export const createFast = ({ pictures, findRender, onAnswer }: FastOptions): AnswerFast => {
  const byId = new WeakMap<Picture, Prepared>()
  /** Of covers, until their project changes. */
  const covers = new WeakMap<Picture, Prepared & { revision: number }>()

  /** Connection of the last request: what comes behind it without a wait is one that was sent at once with it. */
  let last: Socket | undefined
  /** Of what is made from originals, by its bytes. */
  const rendered = new WeakMap<Buffer, Prepared>()

  const preparedById = (picture: Seen['picture']): Prepared => {
    const known = byId.get(picture)
    if (known) return known
    const prepared = prepare(storedDelivery(picture), picture.bytes)
    byId.set(picture, prepared)
    return prepared
  }

  const preparedCover = ({ picture, project }: Seen): Prepared => {
    const known = covers.get(picture)
    if (known?.revision === project.revision) return known
    const nowMs = Date.now()
    const prepared = prepare(coverDelivery(picture, project, nowMs), picture.bytes)
    // Within the second of a change its date is another one than afterwards.
    const settled = nowMs - Date.parse(project.updated_at) > 2000
    if (settled) covers.set(picture, { ...prepared, revision: project.revision })
    return prepared
  }

  const preparedRender = ({ delivery, body }: FastRender): Prepared => {
    const known = rendered.get(body)
    if (known?.delivery.cacheControl === delivery.cacheControl && known.delivery.vary === delivery.vary) return known
    const prepared = prepare(delivery, body.length)
    rendered.set(body, prepared)
    return prepared
  }

  const answerRender: AnswerFast = (request, response) => {
    const { url = '', headers } = request
    const asked = findRender ? readHeaders(request.rawHeaders) : undefined
    const found = asked && findRender?.(url, headers.accept)
    if (!found) return false
    return answer(request, response, asked, { prepared: preparedRender(found), body: found.body, route: found.route })
  }

  const answer = (
    request: IncomingMessage,
    response: ServerResponse,
    asked: Asked,
    { prepared, body, route }: { prepared: Prepared; body: Buffer; route: string },
  ): boolean => {
    const decision = decideFast(request, asked, prepared.delivery)
    if (decision === 'precondition_failed') return false
    const status = decision === 'send' ? 200 : 304
    const sent = status === 200 && request.method === 'GET' ? body.length : 0
    const more = onAnswer?.(request, response, { status, route, bytes: sent })
    const head = status === 200 ? prepared.found : prepared.notModified
    send(response, head, more, sent > 0 ? body : undefined)
    return true
  }

  return (request, response) => {
    const { method, url = '', socket } = request
    if ((method !== 'GET' && method !== 'HEAD') || !response.shouldKeepAlive || !response.socket) return false
    const target = PICTURE.exec(url)
    if (target === null) return answerRender(request, response)
    // `images/{id}` alone is the original, which is large.
    const [, projectId = '', imageId, inQuery, inName, thumbnail, ofCover] = target
    const size = thumbnail ? 'thumb' : (inQuery ?? inName ?? ofCover ?? (imageId ? 'original' : 'thumb'))
    if (!isSize(size)) return false
    const asked = readHeaders(request.rawHeaders)
    if (!asked) return false
    const seen = pictures.peek(projectId, imageId, size, socket !== last)
    last = socket
    if (!seen) return false

    const prepared = imageId ? preparedById(seen.picture) : preparedCover(seen)
    const route = imageId ? (inName ? `${BY_ID}/{size}.{format}` : BY_ID) : thumbnail ? THUMBNAIL : COVER
    return answer(request, response, asked, { prepared, body: seen.picture.body, route })
  }
}

/**
 * Writes head and body in one go, where Node's own `writeHead` and `end` look at each header again and take as long as
 * all the rest. `finish` is how a response tells its server that the connection is free for the next request.
 */
const send = (
  response: ServerResponse,
  head: string,
  more: readonly string[] | undefined,
  body: Buffer | undefined,
) => {
  const { socket } = response
  let text = `${head}Date: ${dateNow()}\r\n`
  if (more) for (let at = 0; at < more.length; at += 2) text += `${more[at]}: ${more[at + 1]}\r\n`
  text += '\r\n'
  if (body) {
    socket?.cork()
    socket?.write(text, 'latin1')
    socket?.write(body)
    socket?.uncork()
  } else socket?.write(text, 'latin1')
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

const THUMBNAIL = '/projects/{project_id}/thumbnail'
const COVER = '/projects/{project_id}/cover.{format}'

const decideFast = (request: IncomingMessage, { conditions, noneMatch }: Asked, delivery: Delivery): Decision => {
  if (conditions === 0) return 'send'
  if (conditions === 1 && noneMatch !== undefined)
    return namesWeakly(noneMatch, delivery.etag) ? 'not_modified' : 'send'
  return decide(headerOf(request.headers), delivery)
}

const headerOf =
  (headers: IncomingMessage['headers']): HeaderOf =>
  (name) => {
    const value = headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

const prepare = (delivery: Delivery, bytes: number): Prepared => ({
  delivery,
  found: headText('200 OK', { ...pictureHeaders(delivery), 'Content-Length': String(bytes) }),
  notModified: headText('304 Not Modified', { ...BASE_HEADERS, ...cachingHeaders(delivery) }),
})

const headText = (status: string, headers: Record<string, string>): string =>
  [
    `HTTP/1.1 ${status}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: keep-alive',
    'Keep-Alive: timeout=65\r\n',
  ].join('\r\n')
