// Connections before Node's HTTP server sees them: a request for a small picture in memory is answered at once.
//
// Node's server makes some twenty objects and timers of each request, which take twice the time of the answer. So a
// connection starts here, and stays as long as each piece that comes is one plain whole request that can be answered from
// memory. With the first one that is anything else it goes to Node's server, with that request, and stays there.
//
// Answers are written once all requests that are there have been read. To write to a client that sleeps wakes it, which
// takes the kernel longer than all the rest of an answer (23 of 33 microseconds where client and server share a machine);
// one that got its answer while others are still read would sleep again before the next.

import type { Socket } from 'node:net'
import type { AnswerFast, FastAnswer, FastRequest } from '../http/fast-path/types.ts'
import { writeAnswer } from '../http/fast-path/write.ts'

export interface FrontOptions {
  answerFast: AnswerFast
  /** Gives a connection to the HTTP server, from now on. */
  handOver(socket: Socket): void
  /** Time for the first request, after which a connection is closed, in milliseconds. */
  firstMs: number
  /** Time for each further one, in milliseconds. */
  idleMs: number
}

export interface Front {
  /** Takes a new connection. */
  accept(socket: Socket): void
  /** Writes the answers that wait. */
  flush(): void
}

/** Larger ones are for the HTTP server, which has a limit of its own. */
const MAX_HEAD_BYTES = 4096

export const createFront = (options: FrontOptions): Front => {
  const { answerFast, handOver, firstMs, idleMs } = options
  let waiting: { socket: Socket; answer: FastAnswer }[] = []

  const flush = (): void => {
    const answers = waiting
    waiting = []
    for (const { socket, answer } of answers) {
      if (socket.destroyed) continue
      writeAnswer(socket, answer)
      // No more is read from one who does not read.
      if (socket.writableLength > 0) socket.pause()
    }
  }

  const accept = (socket: Socket): void => {
    let isFirst = true
    const readRequest = createRequestReader(socket)

    const onData = (piece: Buffer): void => {
      const request = readRequest(piece)
      const answer = request && answerFast(request)
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
      if (socket.isPaused()) socket.resume()
    }
    const onEnd = (): void => {
      flush()
      socket.end()
    }
    const onTimeout = (): void => void socket.destroy()
    // The connection is destroyed by then, and nobody waits for it.
    const onError = (): void => {}

    const leave = (piece: Buffer): void => {
      flush()
      socket.off('data', onData).off('drain', onDrain).off('end', onEnd).off('timeout', onTimeout).off('error', onError)
      socket.setTimeout(0)
      handOver(socket)
      // Writing what waited may have paused it, and the HTTP server resumes only what it has paused itself.
      if (socket.isPaused()) socket.resume()
      socket.unshift(piece)
    }

    socket.on('data', onData).on('drain', onDrain).on('end', onEnd).on('timeout', onTimeout).on('error', onError)
    socket.setTimeout(firstMs)
  }

  return { accept, flush }
}

const REQUEST_LINE = /^(GET|HEAD) (\/[!-~]*) HTTP\/1\.1\r\n/
/** Spaces in front of the value and behind it are of two parts that never meet: each is tried once, however many there are. */
const HEADER = /^([A-Za-z0-9-]+):[ \t]*(?:([!-~](?:[ -~]*[!-~])?)[ \t]*)?$/

/**
 * Takes a piece that is one whole request without a body, in the plainest form. Undefined for everything else, also for
 * what is only unusual: whether it is an error is for the HTTP server to say.
 */
const createRequestReader = (socket: Socket): ((piece: Buffer) => FastRequest | undefined) => {
  // A page asks for all its pictures with the same headers.
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

/** Names and values in turn. @param text with the empty line at its end, and nothing behind it */
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
