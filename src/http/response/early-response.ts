// Early responses: to requests whose body is still arriving.
//
// Closing a connection while the client is sending makes the kernel reset it, and the client may lose the response (RFC
// 9112 section 9.6). So the response is sent at once, the rest of the request is discarded for a bounded time, and then
// the connection is closed.

import type { IncomingMessage } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { type Context, incomingOf } from '../context.ts'
import { refuseContinue } from '../request/expect-continue.ts'
import { BASE_HEADERS, withCommonHeaders } from './respond.ts'

/** Time limit for discarding the rest of a body, in milliseconds. */
const LINGER_MS = 5000

/** Pause after which the client is assumed to have stopped sending, in milliseconds. */
const LINGER_IDLE_MS = 1000

export interface Answer {
  status: number
  headers: Record<string, string>
  text: string
}

/** Responds; while the request is still being sent, also closes the connection after the response. */
export const answerEarly = async (c: Context, { status, headers, text }: Answer): Promise<Response> => {
  const incoming = incomingOf(c)
  if (incoming) refuseContinue(incoming)
  const all = withCommonHeaders(c, Object.assign({}, BASE_HEADERS, headers))
  const length = Buffer.byteLength(text)
  c.set('bodyBytes', length)
  if (!incoming || !(await isStillSending(c, incoming))) return new Response(text, { status, headers: all })
  return new Response(thenDiscard(text, incoming), {
    status,
    headers: { ...all, 'Content-Length': String(length), Connection: 'close' },
  })
}

const isStillSending = async (c: Context, incoming: IncomingMessage): Promise<boolean> => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD' || incoming.httpVersionMajor !== 1) return false
  // A small body often arrives with the headers: one turn lets the parser reach its end.
  if (!incoming.complete) await setImmediate()
  return !incoming.complete && !incoming.destroyed
}

/** Streams the text at once, and ends after the request. */
const thenDiscard = (text: string, incoming: IncomingMessage): ReadableStream<Uint8Array> => {
  let gone = false
  return new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(text))
      discard(incoming, () => {
        if (!gone) controller.close()
      })
    },
    cancel() {
      gone = true
    },
  })
}

const discard = (incoming: IncomingMessage, done: () => void): void => {
  const finish = () => {
    clearTimeout(total)
    clearTimeout(idle)
    incoming.off('data', onData).off('end', finish).off('close', finish)
    done()
  }
  const onData = () => idle.refresh()
  const total = setTimeout(finish, LINGER_MS)
  const idle = setTimeout(finish, LINGER_IDLE_MS)
  incoming
    .on('data', onData)
    .once('end', finish)
    .once('close', finish)
    .on('error', () => {})
  incoming.resume()
}
