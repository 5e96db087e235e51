// Entry of requests: each connection starts here, before Node's HTTP server, and is served by the fast path.
//
// Node's server creates some twenty objects and timers for each request, which take twice the time of the response. So
// a connection stays here as long as each chunk is one plain whole request that the fast path can answer from memory.
// With the first other chunk it is handed over to Node's server (http-server.ts), and stays there: the fast path is
// tried once more, then requests of a connection run one at a time in the app.
//
// Responses are written after all available requests have been read. A write wakes a sleeping client, which takes the
// kernel longer than the rest of a response (23 of 33 microseconds with client and server on one machine).

import type { Socket } from 'node:net'
import type { AnswerFast, FastAnswer, FastRequest } from '../http/fast-path/types.ts'
import { writeAnswer } from '../http/fast-path/write.ts'

export interface ConnectionHandlerOptions {
  answerFast: AnswerFast
  /** Hands a connection over to the HTTP server. */
  handOver(socket: Socket): void
  /** Timeout of the first request, in milliseconds. */
  firstMs: number
  /** Timeout of each further request, in milliseconds. */
  idleMs: number
}

export interface ConnectionHandler {
  /** Accepts a new connection. */
  accept(socket: Socket): void
  /** Writes the pending responses. */
  flush(): void
  /** True while a request of a connection waits for its answer. */
  isBusy(socket: Socket): boolean
}

/** Larger requests are for the HTTP server, which has a limit of its own. */
const MAX_HEAD_BYTES = 4096

export const createConnectionHandler = (options: ConnectionHandlerOptions): ConnectionHandler => {
  const { answerFast, handOver, firstMs, idleMs } = options
  let waiting: { socket: Socket; answer: FastAnswer }[] = []
  const busy = new Set<Socket>()

  const flush = (): void => {
    const answers = waiting
    waiting = []
    for (const { socket, answer } of answers) {
      if (socket.destroyed) continue
      writeAnswer(socket, answer)
      // Stops reading from a client that does not read.
      if (socket.writableLength > 0) socket.pause()
    }
  }

  const accept = (socket: Socket): void => {
    let isFirst = true
    const readRequest = createRequestReader(socket)

    const onData = (piece: Buffer): void => {
      const request = readRequest(piece)
      const answer = request && answerFast(request)
      if (answer instanceof Promise) void waitFor(answer, piece)
      else settle(answer, piece)
    }

    /** Reads no further request before the answer. */
    const waitFor = async (promise: Promise<FastAnswer | undefined>, piece: Buffer): Promise<void> => {
      busy.add(socket)
      socket.pause().setTimeout(0)
      isFirst = true
      const answer = await promise
      busy.delete(socket)
      // A connection that the client has half closed cannot be handed over any more.
      if (socket.readableEnded && !answer) socket.destroy()
      if (socket.destroyed) return
      settle(answer, piece)
      if (socket.readableEnded) onEnd()
      else if (answer) socket.resume()
    }

    const settle = (answer: FastAnswer | undefined, piece: Buffer): void => {
      if (!answer) {
        leave(piece)
        return
      }
      if (isFirst) socket.setTimeout(idleMs)
      isFirst = false
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ socket, answer })
    }
    const onDrain = (): void => {
      if (socket.isPaused() && !busy.has(socket)) socket.resume()
    }
    const onEnd = (): void => {
      if (busy.has(socket)) return
      flush()
      socket.end()
    }
    const onTimeout = (): void => void socket.destroy()
    // The connection is destroyed by then.
    const onError = (): void => {}

    const leave = (piece: Buffer): void => {
      flush()
      socket.off('data', onData).off('drain', onDrain).off('end', onEnd).off('timeout', onTimeout).off('error', onError)
      socket.setTimeout(0)
      handOver(socket)
      // The flush may have paused the socket, and the HTTP server resumes only sockets that it has paused itself.
      if (socket.isPaused()) socket.resume()
      socket.unshift(piece)
    }

    socket.on('data', onData).on('drain', onDrain).on('end', onEnd).on('timeout', onTimeout).on('error', onError)
    socket.setTimeout(firstMs)
  }

  return { accept, flush, isBusy: (socket) => busy.has(socket) }
}

const REQUEST_LINE = /^(GET|HEAD) (\/[!-~]*) HTTP\/1\.1\r\n/
/** The parts for leading and trailing spaces never overlap, so that matching takes linear time. */
const HEADER = /^([A-Za-z0-9-]+):[ \t]*(?:([!-~](?:[ -~]*[!-~])?)[ \t]*)?$/

/**
 * Parses a chunk that is one whole request without a body, in the plainest form. Undefined for anything else: the HTTP
 * server decides whether it is an error.
 */
const createRequestReader = (socket: Socket): ((piece: Buffer) => FastRequest | undefined) => {
  // A page requests all its images with the same headers.
  let lastHeaders = ''
  let rawHeaders: readonly string[] | undefined
  return (piece) => {
    if (piece.length > MAX_HEAD_BYTES) return undefined
    const text = piece.toString('latin1')
    const [line, method, url] = REQUEST_LINE.exec(text) ?? []
    if (line === undefined) return undefined
    const headers = text.slice(line.length)
    if (headers !== lastHeaders) {
      rawHeaders = rawHeadersIn(headers)
      lastHeaders = headers
    }
    return rawHeaders && { method, url, rawHeaders, socket }
  }
}

/** Names and values in turn. @param text up to and with the empty line, without a body */
const rawHeadersIn = (text: string): readonly string[] | undefined => {
  const lines = text.split('\r\n')
  if (lines.pop() !== '' || lines.pop() !== '') return undefined
  const rawHeaders: string[] = []
  for (const line of lines) {
    const [, name, value = ''] = HEADER.exec(line) ?? []
    if (
      name === undefined ||
      (name.length === 10 && name.toLowerCase() === 'connection' && value.toLowerCase() !== 'keep-alive')
    )
      return undefined
    rawHeaders.push(name, value)
  }
  return rawHeaders
}
