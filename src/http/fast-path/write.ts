// How an answer from memory goes out.

import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastAnswer } from './types.ts'

/** A body up to this size is joined with its head: to copy it takes less than to write two pieces. In bytes. */
const JOINED_BYTES = 3072

/** Writes all of an answer in one go. */
export const writeAnswer = (socket: Socket, { head, body }: FastAnswer): void => {
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
