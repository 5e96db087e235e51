// Sender of single requests to an engine, over connections that are kept open.

import type { Readable } from 'node:stream'
import { Agent, request } from 'undici'

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

export const createSender = ({ timeoutMs }: SenderOptions): Sender => {
  const dispatcher = new Agent({
    connections: CONNECTIONS,
    connectTimeout: timeoutMs,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  let closing: Promise<void> | undefined
  return {
    async send(url, { method, headers, body }) {
      const { statusCode, headers: received, body: stream } = await request(url, { dispatcher, method, headers, body })
      const header = (name: string) => [received[name]].flat()[0]
      const dateMs = Date.parse(header('date') ?? '')
      let text: Promise<string> | undefined
      return {
        status: statusCode,
        header,
        dateMs: Number.isNaN(dateMs) ? undefined : dateMs,
        body: stream,
        text() {
          text ??= stream.text()
          return text
        },
        // A body that was read cannot be dumped.
        async discard() {
          await (text ?? stream.dump()).catch(() => {})
        },
      }
    },

    close() {
      closing ??= dispatcher.close()
      return closing
    },
  }
}
