// Server-Sent Events (HTML Standard, section 9.2): text of messages, and a response that takes as many as its client reads.

import type { StreamMessage } from '../../services/events/follow.ts'
import { type Context, incomingOf } from '../context.ts'
import type { EventView } from '../schemas/events.ts'
import { BASE_HEADERS, respond } from './respond.ts'

/** Time after which a client comes again, in milliseconds. */
const RETRY_MS = 2000
/** Time for a client to read what has been written, at the end of its stream. */
const LINGER_MS = 2000

/** nginx passes each event on at once, and caches keep none. */
export const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache',
  'X-Accel-Buffering': 'no',
  ...BASE_HEADERS,
} as const

interface Stream {
  /** Takes a message, and resolves once the client can take the next one, or has gone. */
  send(message: StreamMessage): Promise<void>
  /** Begins the response. */
  begin(): void
  /** Aborts when the client disconnects. */
  signal: AbortSignal
}

/**
 * Responds with a stream that lasts until `run` has ended, once that has begun it. One message at a time is held, until the
 * client reads it.
 */
export const eventStream = async (c: Context, run: (stream: Stream) => Promise<void>): Promise<Response> => {
  const end = new AbortController()
  let isWanted = false
  let isCancelled = false
  let wanted: (() => void) | undefined
  let sent: Promise<void> = Promise.resolve()
  let bytes = 0
  let ended: (bytes: number) => void = () => {}
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })

  const wake = (): void => {
    wanted?.()
    wanted = undefined
  }

  const sendText = async (text: string, controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    while (!isWanted && !end.signal.aborted)
      await new Promise<void>((resolve) => {
        wanted = resolve
      })
    if (end.signal.aborted) return
    isWanted = false
    const chunk = Buffer.from(text)
    bytes += chunk.length
    controller.enqueue(chunk)
  }

  const leave = (): void => {
    end.abort()
    wake()
  }
  // Before the response has begun, nothing else tells of a client that has gone.
  c.req.raw.signal.addEventListener('abort', leave)

  const finish = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    if (!isCancelled) controller.close()
    c.req.raw.signal.removeEventListener('abort', leave)
    leave()
    begin()
    ended(bytes)
    closeLater(c)
  }

  c.set(
    'streamedBytes',
    new Promise((resolve) => {
      ended = resolve
    }),
  )
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (message: StreamMessage): Promise<void> => {
          sent = sent.then(() => sendText(textOf(message), controller))
          return sent
        }
        void run({ send, begin, signal: end.signal }).finally(() => finish(controller))
      },
      pull() {
        isWanted = true
        wake()
      },
      cancel() {
        isCancelled = true
        leave()
      },
    },
    // Nothing is taken before the connection can.
    { highWaterMark: 0 },
  )
  await begun
  return respond(c, body, 200, { ...STREAM_HEADERS })
}

/** Views of the events of a revision. */
export const eventViews = ({
  projectId,
  revision,
  at,
  events,
}: Omit<EventsMessage, 'kind' | 'positions'>): EventView[] =>
  events.map(({ type, ...ids }) => ({ type, project_id: projectId, revision, at, ...ids }))

type EventsMessage = StreamMessage & { kind: 'events' }

/** The text of a message, with the blank line that ends it. */
const textOf = (message: StreamMessage): string => {
  switch (message.kind) {
    case 'start':
      return `retry: ${RETRY_MS}\n${idOf(message.positions)}\n`
    case 'alive':
      return ':\n\n'
    case 'reset': {
      const { projectId, revision, positions } = message
      const data = { type: 'reset', project_id: projectId, revision }
      return `event: reset\ndata: ${JSON.stringify(data)}\n${idOf(positions)}\n`
    }
    case 'events': {
      const views = eventViews(message)
      const last = message.positions ? idOf(message.positions) : ''
      // Without an event, the line still moves the position of the client.
      if (views.length === 0) return `${last}\n`
      return views
        .map(
          (view, at) => `event: ${view.type}\ndata: ${JSON.stringify(view)}\n${at === views.length - 1 ? last : ''}\n`,
        )
        .join('')
    }
  }
}

const idOf = (positions: readonly number[]): string => `id: ${positions.join('.')}\n`

/** Closes the connection of a client that does not read the end of its stream: it would hold up a shutdown. */
const closeLater = (c: Context): void => {
  const outgoing = incomingOf(c) && c.env.outgoing
  if (!outgoing || outgoing.closed) return
  const timer = setTimeout(() => outgoing.destroy(), LINGER_MS).unref()
  outgoing.once('close', () => clearTimeout(timer))
}
