// Connection to an AMQP broker, such as RabbitMQ: reconnects by itself with back-off, and opens its channels anew each time.

import { type ChannelModel, type ConfirmChannel, connect, credentials, type RecoveringChannelModel } from 'amqplib'
import { messageOf } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { type Channels, createChannels } from './channels.ts'
import { inTime, within } from './within.ts'

export interface AmqpConnectionOptions {
  /** `amqp://user:password@host:port/vhost`, or `amqps://`. Its credentials are never logged. */
  url: string
  log: Logger
  /** Pause before the first attempt to connect again, in milliseconds; doubled each time. @default 200 */
  firstPauseMs?: number
  /** Longest pause between two attempts, in milliseconds. @default 10000 */
  longestPauseMs?: number
}

export interface AmqpConnection {
  /** Begins to connect. Further calls do nothing. */
  open(): void
  /** {@link Channels.add}: the channel is opened with each connection, and again where it was closed alone. */
  addChannel: Channels['add']
  /**
   * Does work on a channel of its own, which is closed afterwards.
   *
   * @param timeoutMs longest time of the work, in milliseconds: a broker may never answer. @default 10000
   * @throws Error where there is no connection, the work fails, or it takes longer
   */
  once<T>(work: (channel: ConfirmChannel) => Promise<T>, timeoutMs?: number): Promise<T>
  /** True while the connection and all channels that are needed are open and set up, and the broker takes messages. */
  isConnected(): boolean
  /** True where the broker takes no messages: it is short of memory or disk. Known after the first one that it left. */
  isBlocked(): boolean
  /** Number of connections after the first one. Undefined before {@link open}. */
  reconnects(): number | undefined
  /** Closes the connection with its channels, for good. */
  close(): Promise<void>
}

/** Requested interval of heartbeats, in seconds: a peer that is silent for two of them is gone. */
const HEARTBEAT_SECONDS = 10

/** Longest time for the handshake of a connection, and for its end, in milliseconds. */
const HANDSHAKE_MS = 10_000
const CLOSE_MS = 2000

/** Default time limit of {@link AmqpConnection.once}, in milliseconds. */
const ONCE_MS = 10_000

export const createAmqpConnection = (options: AmqpConnectionOptions): AmqpConnection => {
  const { log, firstPauseMs = 200, longestPauseMs = 10_000 } = options
  const closing = new AbortController()
  const channels = createChannels({ log, firstPauseMs, longestPauseMs, signal: closing.signal })
  let recovering: Promise<RecoveringChannelModel> | undefined
  let model: ChannelModel | undefined
  let connects = 0
  /** Since the last connection, so that a broker that is away is logged once. */
  let failures = 0
  let isBlocked = false

  const use = (connection: ChannelModel | undefined): void => {
    model = connection
    isBlocked = false
    channels.use(connection)
  }

  const start = async (): Promise<RecoveringChannelModel> => {
    const connection = await connect(withHeartbeat(options.url), {
      timeout: HANDSHAKE_MS,
      noDelay: true,
      credentials: credentialsOf(options.url),
      recovery: { initialDelay: firstPauseMs, maxDelay: longestPauseMs, waitForConnect: false },
    })
    connection.on('connect', (connected) => {
      connects++
      failures = 0
      log.info({ broker: hostOf(options.url) }, 'connected to the broker')
      use(connected)
    })
    connection.on('disconnect', (error) => {
      use(undefined)
      log.warn({ broker: hostOf(options.url), error: messageOf(error) }, 'lost the broker; connecting again')
    })
    connection.on('connect-failed', (error) => {
      const level = failures++ === 0 ? 'warn' : 'debug'
      log[level]({ broker: hostOf(options.url), error: messageOf(error) }, 'cannot reach the broker; trying again')
    })
    connection.on('blocked', (reason) => {
      isBlocked = true
      log.warn({ reason }, 'the broker takes no messages; waiting')
    })
    connection.on('unblocked', () => {
      isBlocked = false
      log.info('the broker takes messages again')
    })
    // Each is followed by `disconnect`; unhandled, it would end the process.
    connection.on('error', () => {})
    connection.on('handler-error', (error, event) =>
      log.error({ error, event }, 'could not handle an event of the broker'),
    )
    return connection
  }

  return {
    open() {
      if (!closing.signal.aborted) recovering ??= start()
    },

    addChannel: channels.add,

    async once(work, timeoutMs = ONCE_MS) {
      if (!model) throw new Error('there is no connection to the broker')
      const opening = model.createConfirmChannel()
      const working = opening.then((channel) => {
        // A failure is that of the work.
        channel.on('error', () => {})
        return work(channel)
      })
      try {
        return await inTime(timeoutMs, working)
      } finally {
        // Also where the broker opens it later.
        opening.then((channel) => channel.close()).catch(() => {})
      }
    },

    isConnected: () => model !== undefined && !isBlocked && channels.areOpen(),
    isBlocked: () => isBlocked,
    reconnects: () => (recovering ? Math.max(0, connects - 1) : undefined),

    async close() {
      closing.abort()
      const connection = await recovering
      model = undefined
      if (connection) await within(CLOSE_MS, connection.close())
    },
  }
}

/** The URL, with heartbeats where it says nothing of them. */
const withHeartbeat = (url: string): string => {
  const parsed = new URL(url)
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS))
  return parsed.href
}

/** User and password in UTF-8, which amqplib would read as Latin-1; those of a local RabbitMQ where there are none. */
const credentialsOf = (url: string) => {
  const { username, password } = new URL(url)
  if (username === '' && password === '') return credentials.plain('guest', 'guest')
  return credentials.plain(decodeURIComponent(username), decodeURIComponent(password))
}

/** Host and port: what may be logged. */
const hostOf = (url: string): string => new URL(url).host
