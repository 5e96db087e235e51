// Requests of commands to a running server: repeated where it is busy or cannot be reached, for a bounded time.

import { setMaxListeners } from 'node:events'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../core/errors.ts'
import { type Answer, isPostponed, type Postponed, problemIn } from './answer.ts'

export interface RemoteOptions {
  /** URL of the server, with the path under which it is mounted. */
  url: string
  /** API key. @default none */
  key?: string | undefined
  /** Ends waits, and requests under way. @default never */
  signal?: AbortSignal
  /** Most attempts of a request once the server has answered one. @default 8: about two minutes */
  attempts?: number
  /** First wait between attempts, which doubles each time, in milliseconds. @default 500 */
  firstWaitMs?: number
}

/** A body that each attempt reads anew. */
export interface RequestBody {
  contentType: string
  bytes: number
  open(): AsyncIterable<Uint8Array>
}

export interface RemoteRequest {
  /** @default 'GET' */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH'
  /** Below the URL of the server, with its query. */
  path: string
  headers?: Record<string, string>
  body?: RequestBody
}

export interface Remote {
  /** Sends a request, again where that can help. @throws Error where the server cannot be reached, or for an abort */
  send(request: RemoteRequest): Promise<Answer>
  /** {@link Remote.send} with a body of JSON. */
  sendJson(method: 'PATCH', path: string, body: unknown): Promise<Answer>
  /** Reads a file piece by piece. @throws Error also for a problem, and where the connection ends before the file */
  download(path: string): AsyncGenerator<Uint8Array, void, void>
  /** True after an abort, or once the server could not be reached any more. */
  isStopped(): boolean
  close(): void
}

/** Longest wait for the next sign of life, in milliseconds: a picture may wait for an encoder. */
const SILENCE_MS = 300_000

/** Longest wait between two attempts, in milliseconds. */
const MAX_WAIT_MS = 60_000

/** Attempts as long as the server has answered nothing: a wrong address shows soon. */
const FIRST_ATTEMPTS = 3

/** Largest answer that is read, in bytes: a page of images has about 3 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

export const createRemote = (options: RemoteOptions): Remote => {
  const { key, signal, attempts = 8, firstWaitMs = 500 } = options
  const base = options.url.replace(/\/+$/, '')
  const isSecure = base.startsWith('https:')
  const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  const begin = isSecure ? httpsRequest : httpRequest
  let wasReached = false
  let isLost = false
  // Every request under way listens.
  if (signal) setMaxListeners(0, signal)

  /** One attempt. Rejects where no answer comes; `unreadable` is called where that is the fault of the body. */
  const attempt = async (
    { method = 'GET', path, headers, body }: RemoteRequest,
    unreadable: (error: unknown) => void,
  ): Promise<IncomingMessage> => {
    const outgoing = begin(`${base}${path}`, {
      method,
      agent,
      signal,
      headers: {
        Accept: 'application/json, */*',
        ...(key === undefined ? {} : { 'X-API-Key': key }),
        ...(body ? { 'Content-Type': body.contentType, 'Content-Length': body.bytes } : {}),
        ...headers,
      },
    })
    outgoing.setTimeout(SILENCE_MS, () => void outgoing.destroy(new Error('the server is silent')))
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      // Further errors than the first, also behind the answer, tell nothing new.
      outgoing.once('response', resolve).on('error', reject)
    })
    if (!body) outgoing.end()
    else {
      // A refusal can come before the body is sent; the rest of it then fails, and the answer counts.
      const content = Readable.from(watched(body.open(), unreadable), { objectMode: false })
      pipeline(content, outgoing).catch(() => {})
    }
    const answer = await answered
    wasReached = true
    return answer
  }

  /** Repeats attempts while they fail in a way that may pass. @param use reads the answer, and says how it ended */
  const repeat = async <T>(use: () => Promise<T | Postponed>): Promise<T> => {
    for (let n = 1; ; n++) {
      signal?.throwIfAborted()
      const wait = Math.min(MAX_WAIT_MS, firstWaitMs * 2 ** (n - 1))
      let postponed: Postponed
      try {
        const result = await use()
        if (!isPostponed(result)) return result
        postponed = result
      } catch (error) {
        signal?.throwIfAborted()
        postponed = { reason: `${base} cannot be reached: ${reasonOf(error)}` }
      }
      const waitMs = postponed.afterMs ?? wait * (0.5 + Math.random() / 2)
      if (n >= (wasReached ? attempts : Math.min(attempts, FIRST_ATTEMPTS)) || waitMs > MAX_WAIT_MS) {
        isLost = true
        throw new Error(postponed.reason)
      }
      await sleep(waitMs, undefined, { signal }).catch(() => signal?.throwIfAborted())
    }
  }

  const send = (request: RemoteRequest): Promise<Answer> =>
    repeat(async () => {
      let failed: { error: unknown } | undefined
      try {
        const incoming = await attempt(request, (error) => {
          failed = { error }
        })
        const text = await textOf(incoming)
        return (incoming.statusCode ?? 0) < 300 ? { ok: true, text } : problemIn(incoming, text)
      } catch (error) {
        if (!failed) throw error
        return { ok: false, status: 0, code: 'unreadable', detail: messageOf(failed.error) }
      }
    })

  return {
    send,

    sendJson(method, path, body) {
      const text = Buffer.from(JSON.stringify(body))
      return send({
        method,
        path,
        body: { contentType: 'application/json', bytes: text.length, open: () => once(text) },
      })
    },

    async *download(path) {
      const incoming = await repeat(async () => {
        const answer = await attempt({ path }, () => {})
        return answer.statusCode === 200 ? answer : problemIn(answer, await textOf(answer))
      })
      if ('ok' in incoming) throw new Error(incoming.detail || incoming.code)
      for await (const piece of incoming) yield piece
      if (!incoming.complete) throw new Error('the connection ended before the file')
    },

    isStopped: () => isLost || (signal?.aborted ?? false),

    close: () => agent.destroy(),
  }
}

async function* once(text: Uint8Array) {
  yield text
}

const textOf = async (incoming: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of incoming) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`the answer has more than ${MAX_ANSWER_BYTES} bytes`)
  }
  return Buffer.concat(pieces).toString()
}

/** Errors of several addresses have no message of their own. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  return messageOf(error)
}

async function* watched(body: AsyncIterable<Uint8Array>, unreadable: (error: unknown) => void) {
  try {
    yield* body
  } catch (error) {
    unreadable(error)
    throw error
  }
}
