// Channels of a connection: opened anew with each connection, and where one was closed alone.

import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelModel, ConfirmChannel, Options } from 'amqplib'
import { messageOf } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { within } from './within.ts'

export interface ChannelsOptions {
  log: Logger
  /** Pause before the first attempt to open a channel again, in milliseconds; doubled each time. */
  firstPauseMs: number
  /** Longest pause between two attempts, in milliseconds. */
  longestPauseMs: number
  /** Ends the attempts. */
  signal: AbortSignal
}

export interface ChannelOptions {
  /** False where everything works without the channel: it counts for nothing in {@link Channels.areOpen}. @default true */
  isNeeded?: boolean
}

export interface AmqpChannel {
  /** The channel that is open and set up. It may close at any moment: its methods throw then. */
  current(): ConfirmChannel | undefined
  /**
   * Publishes to a queue. True once the broker has taken responsibility for the message; false where it did not, or where
   * that is unknown. Waits as long as the broker blocks publishers. Never throws.
   */
  publish(queue: string, content: object, options?: Options.Publish): Promise<boolean>
  /** {@link publish} to all queues that are bound to an exchange. */
  announce(exchange: string, content: object): Promise<boolean>
  /** Closes the channel, for good. Messages that were not acknowledged go back to their queues. */
  close(): Promise<void>
}

export interface Channels {
  /**
   * Adds a channel with publisher confirms.
   *
   * @param name for the log
   * @param setup declares queues and begins to consume, each time. Where it fails, the channel is opened again later
   */
  add(name: string, setup: (channel: ConfirmChannel) => Promise<void>, options?: ChannelOptions): AmqpChannel
  /** Opens all channels on a connection. Undefined where it was lost, and they with it. */
  use(connection: ChannelModel | undefined): void
  /** True while all channels that are needed are open and set up. */
  areOpen(): boolean
}

interface Slot {
  name: string
  setup(channel: ConfirmChannel): Promise<void>
  isNeeded: boolean
  channel?: ConfirmChannel
  isClosed: boolean
  pauseMs: number
}

/** Longest time for the end of a channel, in milliseconds. */
const CLOSE_MS = 2000

export const createChannels = ({ log, firstPauseMs, longestPauseMs, signal }: ChannelsOptions): Channels => {
  const slots = new Set<Slot>()
  let model: ChannelModel | undefined

  /** Opens the channel on this connection, again until it is set up. */
  const openChannel = async (slot: Slot, on: ChannelModel): Promise<void> => {
    const isWanted = () => model === on && !slot.isClosed && !signal.aborted
    while (isWanted()) {
      const error = await tryToOpen(slot, on).then(
        () => undefined,
        (reason: unknown) => messageOf(reason),
      )
      if (error === undefined || !isWanted()) return
      slot.pauseMs = Math.min(Math.max(firstPauseMs, slot.pauseMs * 2), longestPauseMs)
      log.warn(
        { channel: slot.name, error, pauseMs: slot.pauseMs },
        'could not open a channel to the broker; trying again',
      )
      await sleep(slot.pauseMs, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  const tryToOpen = async (slot: Slot, on: ChannelModel): Promise<void> => {
    const channel = await on.createConfirmChannel()
    let reason = 'closed'
    channel.on('error', (error) => {
      reason = messageOf(error)
    })
    channel.on('handler-error', (error, event) =>
      log.error({ error, event }, 'could not handle a message of the broker'),
    )
    channel.on('close', () => {
      if (slot.channel !== channel) return
      slot.channel = undefined
      // A connection that ends closes its channels first.
      setImmediate(() => {
        if (model !== on || slot.isClosed || signal.aborted) return
        log.warn({ channel: slot.name, error: reason }, 'a channel to the broker was closed; opening it again')
        void openChannel(slot, on)
      })
    })
    try {
      await slot.setup(channel)
    } catch (error) {
      await channel.close().catch(() => {})
      throw error
    }
    if (slot.isClosed) return void (await channel.close().catch(() => {}))
    slot.channel = channel
    slot.pauseMs = 0
  }

  return {
    add(name, setup, { isNeeded = true } = {}) {
      const slot: Slot = { name, setup, isNeeded, isClosed: false, pauseMs: 0 }
      slots.add(slot)
      if (model) void openChannel(slot, model)
      return {
        current: () => slot.channel,
        // By the exchange that every broker has.
        publish: (queue, content, options) => publish(slot, '', queue, content, options),
        announce: (exchange, content) => publish(slot, exchange, '', content),
        async close() {
          slot.isClosed = true
          slots.delete(slot)
          const { channel } = slot
          slot.channel = undefined
          if (channel) await within(CLOSE_MS, channel.close())
        },
      }
    },

    use(connection) {
      model = connection
      for (const slot of slots) {
        if (connection) void openChannel(slot, connection)
        else slot.channel = undefined
      }
    },

    areOpen: () => [...slots].every(({ channel, isNeeded }) => channel !== undefined || !isNeeded),
  }
}

const publish = (
  { channel }: Slot,
  exchange: string,
  routingKey: string,
  content: object,
  options?: Options.Publish,
): Promise<boolean> =>
  new Promise((resolve) => {
    if (!channel) return resolve(false)
    try {
      const body = Buffer.from(JSON.stringify(content))
      channel.publish(exchange, routingKey, body, options, (error) => resolve(!error))
    } catch {
      // The channel is closing.
      resolve(false)
    }
  })
