// Sender of single requests to an engine, over connections that are kept open.

import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'

export type Method = 'PUT' | 'GET' | 'HEAD' | 'DELETE'

/** The head of an answer. Its body must be read, or `discard`ed. */
export interface Answer {
  status: number
  header(name: string): string | undefined
  /** The engine's clock, milliseconds since 1970; undefined where it sent no date. */
  dateMs: number | undefined
  body: AsyncIterable<Uint8Array>
  text(): Promise<string>
  discard(): Promise<void>
}

/** Sends a request once. @throws where no answer came: the request may have been carried out */
export type Send = (
  url: string,
  request: { method: Method; headers: Record<string, string>; body: Uint8Array | Readable | undefined },
) => Promise<Answer>

export interface SenderOptions {
  /** Longest silence of the engine, in milliseconds. */
  timeoutMs: number
}

export interface Sender {
  send: Send
  /** Closes the connections once no request is under way. May be called more than once. */
  close(): Promise<void>
}

const CONNECTIONS = 64

/** Engines close idle connections after 5 s or more: closed here first, none of them is lost under a request. */
const IDLE_MS = 4000

/** Longest rest of a body that is read so that its connection can be used again, in bytes. */
const MAX_DISCARDED_BYTES = 128 * 1024

export const createSender = ({ timeoutMs }: SenderOptions): Sender => {
  // Of the agent, the timeout of idle connections; each request has its own.
  const options = { keepAlive: true, maxSockets: CONNECTIONS, timeout: Math.min(IDLE_MS, timeoutMs) }
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) }
  const running = new Set<Promise<void>>()
  let closing: Promise<void> | undefined

  const open = (url: URL, init: RequestOptions) =>
    url.protocol === 'https:'
      ? httpsRequest(url, { ...init, agent: agents['https:'] })
      : httpRequest(url, { ...init, agent: agents['http:'] })

  const headOf: Send = (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const sent = open(new URL(url), { method, headers, timeout: timeoutMs })
      const done = new Promise<void>((end) => sent.once('close', end)).finally(() => running.delete(done))
      running.add(done)
      let answer: IncomingMessage | undefined
      const onTimeout = (): void => {
        // What has arrived waits for its reader: the silence may not be the engine's. Node reports only the first one.
        if (answer && answer.readableLength > 0) sent.socket?.setTimeout(timeoutMs, onTimeout)
        else sent.destroy(timedOut(timeoutMs))
      }
      sent.on('timeout', onTimeout)
      sent.once('close', () => sent.socket?.removeListener('timeout', onTimeout))
      sent.on('error', reject)
      sent.on('response', (response) => {
        answer = response
        // Errors of a body reach its reader; without one they would end the process.
        response.on('error', () => {})
        resolve(answerOf(response))
      })
      if (body === undefined || body instanceof Uint8Array) sent.end(body)
      else pipeline(body, sent, (error) => error && reject(error))
    })

  return {
    async send(url, request) {
      if (closing) throw new Error('the connections to the bucket are closed')
      return headOf(url, request)
    },

    close() {
      closing ??= Promise.all(running).then(() => {
        for (const agent of Object.values(agents)) agent.destroy()
      })
      return closing
    },
  }
}

const answerOf = (response: IncomingMessage): Answer => {
  const header = (name: string) => [response.headers[name]].flat()[0]
  const dateMs = Date.parse(header('date') ?? '')
  let text: Promise<string> | undefined
  return {
    status: response.statusCode ?? 0,
    header,
    dateMs: Number.isNaN(dateMs) ? undefined : dateMs,
    body: response,
    text() {
      text ??= textOf(response)
      return text
    },
    async discard() {
      try {
        if (text) await text
        else await discarded(response)
      } catch {
        // The connection has ended; so it need not be kept.
      }
    },
  }
}

/** Reads the rest of a body, or ends the connection where it is long. */
const discarded = async (response: IncomingMessage): Promise<void> => {
  let bytes = 0
  response.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > MAX_DISCARDED_BYTES) response.destroy()
  })
  await finished(response)
}

const timedOut = (ms: number): Error =>
  Object.assign(new Error(`the engine was silent for ${ms} ms`), { code: 'ETIMEDOUT' })
