// A bucket whose engine is a function: for answers that a real engine gives rarely.

import type { Readable } from 'node:stream'
import type { BucketOptions } from '../../../src/stores/s3/client/bucket.ts'
import type { Answer, Send } from '../../../src/stores/s3/client/sender.ts'

export interface Received {
  method: string
  /** Path and query. */
  path: string
  headers: Record<string, string>
  body: string
}

export interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string
  /** Breaks off the body behind this many bytes. */
  breaksAt?: number
}

/** @param reply throws where the engine does not answer; `nth` counts from 1 */
export const scripted = (reply: (request: Received, nth: number) => Reply | Promise<Reply>) => {
  const received: Received[] = []
  const send: Send = async (url, { method, headers, body }) => {
    const { pathname, search } = new URL(url)
    const request = { method, path: pathname + search, headers, body: await textOf(body) }
    received.push(request)
    return answerOf(await reply(request, received.length))
  }
  const options: BucketOptions = {
    endpoint: 'http://engine.test',
    bucket: 'pictures',
    region: 'eu-west-1',
    credentials: () => Promise.resolve({ accessKeyId: 'key', secretAccessKey: 'secret' }),
    pauseMs: 1,
    send,
  }
  return { received, options }
}

/** An error as of a socket. */
export const lost = (code = 'ECONNRESET'): Error => Object.assign(new Error(`lost: ${code}`), { code })

const answerOf = ({ status, headers = {}, body = '', breaksAt }: Reply): Answer => ({
  status,
  header: (name) => headers[name],
  dateMs: headers.date === undefined ? undefined : Date.parse(headers.date),
  body: piecesOf(body, breaksAt),
  text: () => (breaksAt === undefined ? Promise.resolve(body) : Promise.reject(lost())),
  discard: () => Promise.resolve(),
})

async function* piecesOf(body: string, breaksAt = body.length) {
  yield Buffer.from(body).subarray(0, breaksAt)
  if (breaksAt < body.length) throw lost()
}

const textOf = async (body: Uint8Array | Readable | undefined): Promise<string> => {
  if (body === undefined) return ''
  if (body instanceof Uint8Array) return Buffer.from(body).toString()
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}
