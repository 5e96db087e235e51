// Requests of one connection, one after the other.
//
// A client may send many requests without waiting for answers (RFC 9112 section 9.3.2). Node hands all of them on at once,
// and each answer that waits for the one before it holds a part of its picture: 10 clients with 500 requests each that
// read nothing took 800 MB and 6 s. In turn, a connection costs no more than one answer and the heads that wait.

import type { Socket } from 'node:net'

/** Waiting requests of a connection; with one more it is closed. Browsers send none ahead, benchmarks a few. */
const MOST_WAITING = 100

/** Begins a request once those before it have ended. @param begin is given what is to be called at its end */
export type InTurn = (socket: Socket, begin: (end: () => void) => void) => void

export const createInTurn = (): InTurn => {
  /** Of connections with a request under way: those behind it. */
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
    } else if (line.push(start) > MOST_WAITING) socket.destroy()
  }
}
