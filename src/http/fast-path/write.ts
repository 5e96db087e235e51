// Writes answers of the fast path to their connection.

import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { KEEP_ALIVE } from './response-heads.ts'
import type { FastAnswer } from './types.ts'

/** Largest body that is joined with its head, in bytes: copying it takes less time than a second write. */
const JOINED_BYTES = 3072

export const writeAnswer = (socket: Socket, { head, body }: Pick<FastAnswer, 'head' | 'body'>): void => {
  if (!body) {
    socket.write(head, 'latin1')
    return
  }
  if (body.length <= JOINED_BYTES) {
    const whole = Buffer.allocUnsafe(head.length + body.length)
    whole.write(head, 'latin1')
    body.copy(whole, head.length)
    socket.write(whole)
    return
  }
  socket.cork()
  socket.write(head, 'latin1')
  socket.write(body)
  socket.uncork()
}

/**
 * Answers a request parsed by Node's HTTP server, without `writeHead` and `end`, which check each header again. The
 * event `finish` frees the connection for the next request.
 */
export const writeResponse = (response: ServerResponse, answer: FastAnswer): void => {
  const { socket, shouldKeepAlive } = response
  if (socket) writeAnswer(socket, shouldKeepAlive ? answer : closing(answer))
  response.emit('finish')
  if (!shouldKeepAlive) socket?.destroySoon()
}

/** The answer on a connection that ends with it: of HTTP/1.0, or by the wish of the client. */
const closing = ({ head, body }: FastAnswer): Pick<FastAnswer, 'head' | 'body'> => ({
  head: head.replace(KEEP_ALIVE, 'Connection: close\r\n'),
  body,
})
