// The HTTP server of Node behind the entry (connection-handler.ts): fast path, one request at a time, graceful drain.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, Server, type Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { AnswerFast } from '../http/fast-path/types.ts'
import { writeResponse } from '../http/fast-path/write.ts'
import { continueOnRead } from '../http/request/expect-continue.ts'
import { createConnectionHandler } from './connection-handler.ts'

export interface HttpServerOptions {
  fetch: Parameters<typeof getRequestListener>[0]
  /** Fast path, tried before `fetch`. @default none */
  answerFast?: AnswerFast
  host: string
  /** 0 takes a free port. */
  port: number
  /** Timeout of receiving a request with its body, in milliseconds. */
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

/** Host of a request without one, as HTTP/1.0 allows. */
const DEFAULT_HOST = 'localhost'
/** Keep-alive timeout, longer than the 60 s of common proxies, so that the proxy closes an idle connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000

/**
 * Limit of the waiting requests of a connection, which is closed beyond it. Browsers do not pipeline, benchmarks do.
 */
const MAX_WAITING = 100

/** Starts listening. @throws errors of `listen` of node:net, such as EADDRINUSE */
export const startHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const headersTimeoutMs = options.headersTimeoutMs ?? 20_000
  const sockets = new Set<Socket>()
  const underWay = new Set<ServerResponse>()
  let draining = false

  const answerFast: AnswerFast = (request) => {
    if (draining) return undefined
    try {
      return options.answerFast?.(request)
    } catch {
      // A failed `stat`, for example: the app gets the error again and responds to it.
      return undefined
    }
  }
  const listener = getRequestListener(options.fetch, { hostname: DEFAULT_HOST })
  const inTurn = createInTurn()
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    if (draining) response.setHeader('Connection', 'close')
    const answer = isWritable(response) ? answerFast(request) : undefined
    if (answer) return writeResponse(response, answer)
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
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      connectionsCheckingInterval: options.timeoutsCheckedMs ?? 5000,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    },
    handle,
  )
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
      for (const response of underWay) if (!response.headersSent) response.setHeader('Connection', 'close')
      for (const socket of sockets) {
        if (isBusy(socket)) continue
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

/** False where the connection closes after this response, or has to send another one first. */
const isWritable = ({ socket, shouldKeepAlive }: ServerResponse): boolean => socket !== null && shouldKeepAlive

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
