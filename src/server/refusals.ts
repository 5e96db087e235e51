// Refusals: requests that are no valid HTTP get a response like others, after the pending ones of their connection, which
// is then closed.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TintypeError } from '../core/errors.ts'
import { bytesText } from '../core/text.ts'
import { failBody, type RequestView } from '../http/context.ts'
import { type Refuse, UNKNOWN } from '../http/refusals.ts'

export interface RefusalsOptions {
  /** Connections whose last response is a refusal: further requests of them are ignored. */
  refused: WeakSet<Duplex>
  refuse: Refuse
  /** Calls `begin` once the earlier requests of the connection are answered. */
  inTurn(socket: Socket, begin: () => void): void
  /** Limit of the request line and headers, in bytes. */
  maxHeadBytes: number
  requestTimeoutMs: number
  headersTimeoutMs: number
}

/** A request that was parsed, and its response. */
export interface Received {
  request: IncomingMessage
  response: ServerResponse
}

export interface Refusals {
  /** Refuses a request whose head is not valid. */
  refuse(request: IncomingMessage, socket: Duplex, error: TintypeError): void
  /** Handles an error of Node's parser or of the connection. @param last request of the connection */
  failed(error: Error, socket: Duplex, last: Received | undefined): void
}

/** Time in which the rest of a refused request is discarded: a closed connection could take the response with it. */
const LINGER_MS = 1000

export const createRefusals = (options: RefusalsOptions): Refusals => {
  const { refused, refuse, inTurn } = options

  const respond = (socket: Duplex, request: RequestView, error: TintypeError): void => {
    if (refused.has(socket)) return
    refused.add(socket)
    if (!(socket instanceof Socket)) return void socket.destroy()
    // The turn never ends: requests that were sent behind this one are not answered.
    inTurn(socket, () => {
      refuse(request, error).then(
        (text) => hangUp(socket, text),
        () => socket.destroy(),
      )
    })
  }

  /** The reader of the body gets the error, and its response is the last one. */
  const endBody = (socket: Duplex, { request, response }: Received, error: TintypeError): void => {
    refused.add(socket)
    if (response.closed) return void socket.destroy()
    if (!response.headersSent) response.setHeader('Connection', 'close')
    response.once('close', () => socket.destroy())
    failBody(request, error)
  }

  return {
    refuse(request, socket, error) {
      request.resume()
      respond(socket, viewOf(request), error)
    },

    failed(error, socket, last) {
      if (refused.has(socket)) return
      const code = 'code' in error ? String(error.code) : ''
      // Data behind a request that closes the connection, whose response may be pending.
      if (code === 'HPE_CLOSED_CONNECTION') return
      const refusal = errorOf(code, error.message, options)
      if (!refusal || !socket.writable || isSilent(socket)) return void socket.destroy()
      if (last && !last.request.complete) endBody(socket, last, refusal)
      else respond(socket, { ...UNPARSED, socket: socket instanceof Socket ? socket : undefined }, refusal)
    },
  }
}

const UNPARSED = { method: UNKNOWN, target: UNKNOWN, header: () => undefined }

const viewOf = ({ method = UNKNOWN, url = UNKNOWN, headers, socket }: IncomingMessage): RequestView => ({
  method,
  target: url,
  header: (name) => [headers[name] ?? []].flat().join(', ') || undefined,
  socket,
})

/** True for a connection without a byte: browsers open some for requests that never come. */
const isSilent = (socket: Duplex): boolean => socket instanceof Socket && socket.bytesRead === 0

/** Undefined for an error of the connection, to which nothing can be sent. */
const errorOf = (
  code: string,
  message: string,
  { maxHeadBytes, headersTimeoutMs, requestTimeoutMs }: RefusalsOptions,
): TintypeError | undefined => {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT': {
      const [whole, head] = [requestTimeoutMs, headersTimeoutMs].map((ms) => Math.ceil(ms / 1000))
      return new TintypeError(
        'request_timeout',
        `Expected the whole request within ${whole} seconds, its head within ${head}.`,
      )
    }
    case 'HPE_HEADER_OVERFLOW':
      return new TintypeError(
        'headers_too_large',
        `Expected a request line and headers of at most ${bytesText(maxHeadBytes)}.`,
        { details: { max_bytes: maxHeadBytes } },
      )
    case 'HPE_INVALID_EOF_STATE':
      return new TintypeError('upload_aborted', 'The connection ended before the request was complete.')
    default: {
      const reason = message.replace(/^Parse Error: /, '').replace(/\.$/, '')
      return code.startsWith('HPE_')
        ? new TintypeError('malformed_request', `Expected a request in HTTP/1.1 (RFC 9112): ${reason}.`)
        : undefined
    }
  }
}

const hangUp = (socket: Socket, text: string): void => {
  if (!socket.writable) return void socket.destroy()
  socket.end(text)
  socket.resume()
  const linger = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(linger))
}
