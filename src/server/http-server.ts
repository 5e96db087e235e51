// The HTTP server of Node behind the entry (connection-handler.ts): fast path, one request at a time, graceful drain.

import { once } from 'node:events'
import { createServer, type IncomingMessage, maxHeaderSize, type ServerResponse, STATUS_CODES } from 'node:http'
import { type AddressInfo, Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { Env } from '../http/context.ts'
import type { AnswerFast, FastAnswer } from '../http/fast-path/types.ts'
import { writeResponse } from '../http/fast-path/write.ts'
import { DEFAULT_HOST, headMistake, wrongExpectation, wrongTarget } from '../http/middleware/preconditions.ts'
import type { Refuse } from '../http/refusals.ts'
import { continueOnRead } from '../http/request/expect-continue.ts'
import { hasOwnDeadline, stopLongBody } from '../http/request/long-body.ts'
import { problemOf } from '../http/response/problem.ts'
import { createConnectionHandler } from './connection-handler.ts'
import { createRefusals, type Received } from './refusals.ts'

export interface HttpServerOptions {
  fetch: Parameters<typeof getRequestListener>[0]
  /** Fast path, tried before `fetch`. @default none */
  answerFast?: AnswerFast
  host: string
  /** 0 takes a free port. */
  port: number
  /** Refuses requests that are no valid HTTP. @default by a status alone */
  refuse?: Refuse
  /** Timeout of receiving a request with its body, in milliseconds. Long bodies (long-body.ts) have their own. */
  requestTimeoutMs: number
  /** Timeout of receiving the headers of a request, in milliseconds. @default 20000 */
  headersTimeoutMs?: number
  /** Interval of the check for timeouts, in milliseconds. @default 5000 */
  timeoutsCheckedMs?: number
}

export interface HttpServer {
  port: number
  /**
   * Stops listening, finishes the requests under way, and resolves when all connections are closed. Connections that
   * are open after the request timeout are destroyed.
   */
  drain(): Promise<void>
}

/** Keep-alive timeout, longer than the 60 s of common proxies, so that the proxy closes an idle connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000

/**
 * Limit of the waiting requests of a connection, which is closed beyond it. Browsers do not pipeline, benchmarks do.
 */
const MAX_WAITING = 100

/** The error of Node, whose check knows one timeout for all requests. */
const REQUEST_TIMEOUT = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })

/** Starts listening. @throws errors of `listen` of node:net, such as EADDRINUSE */
export const startHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const headersTimeoutMs = options.headersTimeoutMs ?? 20_000
  const sockets = new Set<Socket>()
  const underWay = new Set<ServerResponse>()
  let draining = false

  const answerFast: AnswerFast = (request) => {
    if (draining) return undefined
    try {
      const answer = options.answerFast?.(request)
      return answer instanceof Promise ? answer.then((found) => (draining ? undefined : found)) : answer
    } catch {
      // A failed `stat`, for example: the app gets the error again and responds to it.
      return undefined
    }
  }
  const listener = listenerOf(options.fetch)
  const inTurn = createInTurn()
  const refuse = options.refuse ?? refuseBriefly
  const refused = new WeakSet<Duplex>()
  const refusals = createRefusals({
    ...options,
    refused,
    refuse,
    inTurn,
    headersTimeoutMs,
    maxHeadBytes: maxHeaderSize,
  })
  /** The last request of each connection, whose body may still arrive. */
  const received = new WeakMap<Duplex, Received>()
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    if (refused.has(request.socket)) return
    if (draining) response.setHeader('Connection', 'close')
    const answer = isWritable(response) ? answerFast(request) : undefined
    if (!(answer instanceof Promise)) return respond(request, response, answer)
    underWay.add(response)
    void answer.then((found) => {
      underWay.delete(response)
      if (!response.destroyed) respond(request, response, found)
    })
  }
  const respond = (request: IncomingMessage, response: ServerResponse, answer: FastAnswer | undefined) => {
    if (answer) return writeResponse(response, answer)
    const mistake = headMistake(request)
    if (mistake) return refusals.refuse(request, request.socket, mistake)
    received.set(request.socket, { request, response })
    limitTime({ request, response })
    inTurn(request.socket, (end) => {
      underWay.add(response)
      response.once('close', () => {
        underWay.delete(response)
        end()
        if (draining && !isBusy(request.socket)) request.socket.destroySoon()
      })
      void listener(request, response)
    })
  }
  /** Node's own timeout would end long bodies too. */
  const limitTime = (last: Received): void => {
    const { request } = last
    const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers
    if (length === '0' && coding === undefined) return
    const timer = setTimeout(() => {
      if (!request.complete && !hasOwnDeadline(request)) refusals.failed(REQUEST_TIMEOUT, request.socket, last)
    }, options.requestTimeoutMs)
    request.once('close', () => clearTimeout(timer))
  }
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: 0,
      connectionsCheckingInterval: options.timeoutsCheckedMs ?? 5000,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      // Checked here, so that it is refused like all others.
      requireHostHeader: false,
    },
    handle,
  )
  server.on('clientError', (error, socket) => refusals.failed(error, socket, received.get(socket)))
  server.on('connect', (request, socket) => refusals.refuse(request, socket, wrongTarget(request.url)))
  server.on('checkExpectation', (request) => refusals.refuse(request, request.socket, wrongExpectation(request)))
  server.on('checkContinue', (request, response) => {
    continueOnRead(request, response)
    handle(request, response)
  })
  // The server's own handlers of a new connection, called for connections that are handed over.
  const listeners = server.rawListeners('connection')
  const handOver = (socket: Socket) => {
    for (const take of listeners) Reflect.apply(take, server, [socket])
  }
  const connections = createConnectionHandler({
    answerFast,
    handOver,
    firstMs: headersTimeoutMs,
    idleMs: KEEP_ALIVE_TIMEOUT_MS,
  })
  server.removeAllListeners('connection')
  server.on('connection', options.answerFast ? connections.accept : handOver)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  const isBusy = (socket: Socket): boolean => [...underWay].some(({ req }) => req.socket === socket)

  server.listen(options.port, options.host)
  await once(server, 'listening')

  return {
    port: portOf(server.address()),

    drain() {
      draining = true
      connections.flush()
      for (const response of underWay) {
        if (!response.headersSent) response.setHeader('Connection', 'close')
        stopLongBody(response.req)
      }
      for (const socket of sockets) {
        if (isBusy(socket) || connections.isBusy(socket)) continue
        // A response of the fast path may still be on its way to a slow reader.
        if (socket.writableLength > 0) socket.destroySoon()
        else socket.destroy()
      }
      return new Promise((resolve) => {
        const deadline = setTimeout(() => {
          for (const socket of sockets) socket.destroy()
        }, options.requestTimeoutMs)
        // Not close() of the HTTP server: it also destroys connections whose response is in memory and still being sent
        // to a slow reader, and ends the timeouts of slow requests.
        Server.prototype.close.call(server, () => {
          clearTimeout(deadline)
          resolve()
        })
      })
    },
  }
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0

const refuseBriefly: Refuse = async (_, error) => {
  const { status } = problemOf(error)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
}

/** False where the connection has to send another response first. */
const isWritable = ({ socket }: ServerResponse): boolean => socket !== null

/**
 * Begins a request after the previous ones of its connection. @param begin gets a function to call at the end of the
 * request
 */
type InTurn = (socket: Socket, begin: (end: () => void) => void) => void

/**
 * Runs pipelined requests (RFC 9112 section 9.3.2) of a connection one at a time. Node starts all of them at once, and
 * each waiting response holds a part of its picture: 10 clients with 500 requests each that read nothing took 800 MB
 * and 6 s. One at a time, a connection holds one response and the heads of the waiting requests.
 */
const createInTurn = (): InTurn => {
  /** Waiting requests, by connection with a request under way. */
  const waiting = new WeakMap<Socket, (() => void)[]>()

  return (socket, begin) => {
    const start = () =>
      begin(() => {
        const next = waiting.get(socket)?.shift()
        if (next && !socket.destroyed) next()
        else waiting.delete(socket)
      })
    const line = waiting.get(socket)
    if (!line) {
      waiting.set(socket, [])
      start()
    } else if (line.push(start) > MAX_WAITING) socket.destroy()
  }
}

/** Answers by the app, which gets its requests from Node directly. */
const listenerOf = (fetch: HttpServerOptions['fetch']): ReturnType<typeof getRequestListener> => {
  const direct = { isAsReceived: true } satisfies Env['Bindings']
  return getRequestListener((request, bindings) => fetch(request, Object.assign(bindings, direct)), {
    hostname: DEFAULT_HOST,
  })
}
