// Calls over an AMQP broker: requests to whichever process takes them first, and their replies.
//
// Requests are messages that live as long as their caller waits for a process to begin. The broker hands one out again where
// its process is gone, and a caller whose connection was lost sends its waiting ones again. So a request can be worked on
// twice, at once too; the first reply counts.

import type { ConfirmChannel, ConsumeMessage, Options } from 'amqplib'
import { TintypeError } from '../../core/errors.ts'
import { randomIds } from '../../core/random-id.ts'
import { declareReplies, declareRequests, parseContent, replyQueue, requestQueue } from './call-messages.ts'
import type { AmqpConnection } from './connection.ts'

export interface AmqpCallsOptions<Lane extends string> {
  connection: Pick<AmqpConnection, 'addChannel' | 'isBlocked'>
  /** Prefix of the names of all queues, the same in all processes of the store. Repeated where it fails. */
  prefix(): Promise<string>
  lanes: readonly Lane[]
  /** Longest time until a process begins, in milliseconds. */
  waitMs: number
  /** Longest time of the work, in milliseconds. */
  workMs: number
  /** Time without a connection after which calls are refused at once, in milliseconds. @default 5000 */
  graceMs?: number
}

export interface CallOptions<Lane extends string> {
  lane: Lane
  signal?: AbortSignal
  /** Replaces both times of the calls, in milliseconds. */
  waitMs?: number
  /** True for a call that its signal ends at any time. @default false */
  isLeft?: boolean
}

export interface AmqpCalls<Lane extends string> {
  /**
   * Sends a request, and resolves with its reply.
   *
   * @throws TintypeError `busy` where no process begins or ends it in time, `shutting_down`; the signal's reason where it
   *   aborts before a process is known to have begun
   */
  call(content: object, options: CallOptions<Lane>): Promise<unknown>
  /** @throws TintypeError `busy` where the broker cannot be reached for a while, or takes no messages */
  assertReachable(): void
  /** Number of calls in this lane that no process is known to have begun. */
  waitingOf(lane: Lane): number
  /** Ends the calls that wait with `shutting_down`, and waits for those that a process has begun. */
  close(): Promise<void>
}

interface Call {
  id: string
  lane: string
  body: Buffer
  untilMs: number
  isTaken: boolean
  mayLeave(): boolean
  settle(type: unknown, content: Buffer): void
  reject(error: unknown): void
  /** Resolves with its end. */
  ended: Promise<void>
}

/** Seconds after which a broker may be back, or a process free. */
const RETRY_SECONDS = 5

const newId = randomIds(16)

export const createAmqpCalls = <Lane extends string>(options: AmqpCallsOptions<Lane>): AmqpCalls<Lane> => {
  const { connection, prefix, lanes, waitMs, workMs, graceMs = 5000 } = options
  const own = newId()
  const pending = new Map<string, Call>()
  let isClosed = false
  let open: { channel: ConfirmChannel; prefix: string } | undefined
  let lostMs = performance.now()

  /** Sends a request. Where that fails, the next channel sends it again. */
  const send = (call: Call): void => {
    const leftMs = Math.ceil(call.untilMs - performance.now())
    if (!open || leftMs <= 0) return
    const publishing: Options.Publish = {
      correlationId: call.id,
      replyTo: replyQueue(open.prefix, own),
      expiration: String(leftMs),
    }
    try {
      open.channel.sendToQueue(requestQueue(open.prefix, call.lane), call.body, publishing)
    } catch {
      // The channel is closing.
    }
  }

  const receive = (channel: ConfirmChannel, message: ConsumeMessage | null): void => {
    // The broker has ended the consumer.
    if (!message) return void channel.close().catch(() => {})
    pending.get(message.properties.correlationId)?.settle(message.properties.type, message.content)
  }

  const slot = connection.addChannel('calls', async (channel) => {
    channel.once('close', () => {
      if (open?.channel !== channel) return
      open = undefined
      lostMs = performance.now()
    })
    const names = await prefix()
    for (const lane of lanes) await declareRequests(channel, requestQueue(names, lane))
    const replies = replyQueue(names, own)
    await declareReplies(channel, replies)
    await channel.consume(replies, (message) => receive(channel, message), { noAck: true })
    open = { channel, prefix: names }
    // Those that have begun go on by themselves: their process sends the reply once it has a connection.
    for (const call of pending.values()) if (!call.isTaken) send(call)
  })

  const unreachable = (): TintypeError =>
    new TintypeError('busy', 'The broker of the encoders cannot be reached.', { retryAfterSeconds: RETRY_SECONDS })

  const lateOf = ({ isTaken }: Call, ms: number): TintypeError => {
    if (isTaken)
      return new TintypeError('busy', 'The process that makes the picture has not ended in time.', {
        retryAfterSeconds: RETRY_SECONDS,
      })
    if (!open) return unreachable()
    if (connection.isBlocked()) return blocked()
    return new TintypeError('busy', `No encoder has begun within ${ms / 1000} s.`, { retryAfterSeconds: RETRY_SECONDS })
  }

  return {
    async call(content, { lane, signal, waitMs: ownMs, isLeft = false }) {
      signal?.throwIfAborted()
      if (isClosed) throw shuttingDown()
      const beginMs = ownMs ?? waitMs
      let timer: NodeJS.Timeout | undefined
      const { promise: reply, resolve, reject } = withResolvers<unknown>()
      const { promise: ended, resolve: end } = withResolvers<void>()
      const call: Call = {
        id: newId(),
        lane,
        body: Buffer.from(JSON.stringify(content)),
        untilMs: performance.now() + beginMs,
        isTaken: false,
        mayLeave: () => isLeft || !call.isTaken,
        settle(type, content) {
          if (type === 'done') return resolve(parseContent(content))
          call.isTaken = true
          clearTimeout(timer)
          timer = setTimeout(() => reject(lateOf(call, beginMs)), ownMs ?? workMs)
        },
        reject,
        ended,
      }
      const leave = () => {
        if (call.mayLeave()) reject(signal?.reason)
      }
      signal?.addEventListener('abort', leave, { once: true })
      timer = setTimeout(() => reject(lateOf(call, beginMs)), beginMs)
      pending.set(call.id, call)
      send(call)
      try {
        return await reply
      } finally {
        pending.delete(call.id)
        clearTimeout(timer)
        signal?.removeEventListener('abort', leave)
        end()
      }
    },

    assertReachable() {
      if (connection.isBlocked()) throw blocked()
      if (!open && performance.now() - lostMs > graceMs) throw unreachable()
    },

    waitingOf: (lane) => [...pending.values()].filter((call) => call.lane === lane && !call.isTaken).length,

    async close() {
      isClosed = true
      for (const call of pending.values()) if (call.mayLeave()) call.reject(shuttingDown())
      while (pending.size > 0) await Promise.all([...pending.values()].map(({ ended }) => ended))
      await slot.close()
    },
  }
}

const blocked = (): TintypeError =>
  new TintypeError('busy', 'The broker of the encoders takes no messages now.', { retryAfterSeconds: RETRY_SECONDS })

const shuttingDown = (): TintypeError => new TintypeError('shutting_down', 'The server is shutting down.')

/** `Promise.withResolvers`, which Node 20 lacks. */
const withResolvers = <Value>() => {
  let resolve: (value: Value) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<Value>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}
