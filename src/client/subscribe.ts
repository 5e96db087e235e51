// Subscriptions to the change feed: a stream that is opened again wherever it ended, until it is closed.

import type { Credentials } from './credentials.ts'
import { readError, TintypeClientError } from './error.ts'
import { createEventParser, type ServerMessage } from './event-parser.ts'
import { type Retry, sleep, waitAfter } from './retry.ts'
import type { components } from './schema.ts'
import type { Transport } from './transport.ts'

/** A change of a project; or `reset`: changes are not kept any more, so that the project has to be read anew. */
export type ProjectEvent = components['schemas']['Event'] | { type: 'reset'; project_id: string; revision: number }

/** Events come one after the other: the next one when this one is handled. After a lost connection the last ones can come again. */
export type EventHandler = (event: ProjectEvent) => void | Promise<void>

export interface SubscribeOptions {
  /**
   * Where to begin: a `revision` that is known; of several projects their revisions in the same order, joined by `.`, or an
   * earlier `position`.
   *
   * @default the newest revision
   */
  since?: string | number | undefined
  /** Closes the subscription. @default none */
  signal?: AbortSignal | undefined
  /** Called as the stream is opened and lost. @default nothing */
  onConnection?: ((isConnected: boolean) => void) | undefined
}

export interface Subscription {
  /** `since` of a later subscription that goes on behind the last handled event. */
  readonly position: string | undefined
  /**
   * Resolves when it was closed, or its only project deleted. Rejects with an error that a further attempt cannot mend, such
   * as lost access, or with what the handler threw. A rejection that a program does not handle does not end it.
   */
  readonly ended: Promise<void>
  close(): void
}

export type Subscribe = (
  projects: string | readonly string[],
  handler: EventHandler,
  options?: SubscribeOptions,
) => Subscription

export interface SubscriberOptions {
  base: string
  cookies: Credentials['cookies']
  transport: Pick<Transport, 'send'>
  retry: Pick<Retry, 'longestWaitMs'>
  fetch: typeof fetch
  /** A stream that is silent for so long is taken for lost. The server sends a sign of life every 15 s. @default 45000 */
  silenceMs?: number
}

/** Wait before the stream is opened again, in milliseconds, until the server says another one. */
const FIRST_WAIT_MS = 1000

export const createSubscribe =
  ({ base, cookies, transport, retry, fetch, silenceMs = 45_000 }: SubscriberOptions): Subscribe =>
  (projects, handler, { since, signal, onConnection } = {}) => {
    const closing = new AbortController()
    const close = () => closing.abort()
    const url = typeof projects === 'string' ? urlOfOne(base, projects) : urlOfSeveral(base, projects)
    let position = since === undefined ? undefined : String(since)
    let firstWaitMs = FIRST_WAIT_MS
    /** Attempts in a row that brought no message. */
    let failed = 0
    let isDeleted = false

    const take = async ({ data, id, retryMs }: ServerMessage): Promise<void> => {
      failed = 0
      firstWaitMs = retryMs ?? firstWaitMs
      const event: ProjectEvent | undefined = data === undefined ? undefined : JSON.parse(data)
      if (event) await handler(event)
      position = id ?? position
      if (event?.type === 'project.deleted' && typeof projects === 'string') isDeleted = true
    }

    const open = (stream: AbortSignal): Promise<Response> =>
      transport.send({ method: 'GET', url, signal: stream }, (headers) =>
        fetch(url, {
          headers: {
            ...headers,
            Accept: 'text/event-stream',
            ...(position !== undefined && { 'Last-Event-ID': position }),
          },
          ...(cookies && { credentials: cookies }),
          signal: stream,
        }),
      )

    /** Reads one stream to its end. @throws TintypeClientError, or what the handler throws */
    const follow = async (): Promise<void> => {
      const stream = new AbortController()
      const end = () => stream.abort()
      closing.signal.addEventListener('abort', end, { once: true })
      let silence = setTimeout(end, silenceMs)
      try {
        const response = await open(stream.signal)
        if (!response.ok) throw await readError(response, stream.signal)
        onConnection?.(true)
        const parse = createEventParser()
        const decoder = new TextDecoder()
        const reader = response.body?.getReader()
        while (reader && !isDeleted) {
          const part = await reader.read().catch(() => undefined)
          if (!part || part.done) break
          clearTimeout(silence)
          for (const message of parse(decoder.decode(part.value, { stream: true }))) {
            if (closing.signal.aborted) return
            await take(message)
          }
          silence = setTimeout(end, silenceMs)
        }
        onConnection?.(false)
      } finally {
        clearTimeout(silence)
        closing.signal.removeEventListener('abort', end)
        stream.abort()
      }
    }

    const run = async (): Promise<void> => {
      while (!isDeleted && !closing.signal.aborted) {
        const error: unknown = await follow().catch((reason: unknown) => reason)
        if (isDeleted || closing.signal.aborted) return
        if (error !== undefined && !isTemporary(error)) throw error
        failed++
        const retryAfter = error instanceof TintypeClientError ? error.retryAfter : undefined
        const ms = waitAfter({ firstWaitMs, longestWaitMs: retry.longestWaitMs }, failed, retryAfter)
        await sleep(ms ?? (retryAfter ?? 0) * 1000, closing.signal).catch(() => {})
      }
    }

    if (signal?.aborted) close()
    else signal?.addEventListener('abort', close, { once: true })
    const ended = run().finally(() => signal?.removeEventListener('abort', close))
    // A program that does not read it goes on, whatever happened.
    ended.catch(() => {})
    return {
      get position() {
        return position
      },
      ended,
      close,
    }
  }

/** A lost connection, a stream that this side has given up, and statuses that pass in time. */
const isTemporary = (error: unknown): boolean =>
  error instanceof TintypeClientError
    ? error.status === undefined || error.status >= 500 || error.status === 429
    : error instanceof DOMException && error.name === 'AbortError'

const urlOfOne = (base: string, project: string): string => `${base}/projects/${encodeURIComponent(project)}/events`

const urlOfSeveral = (base: string, projects: readonly string[]): string =>
  `${base}/events?projects=${projects.map(encodeURIComponent).join(',')}`
