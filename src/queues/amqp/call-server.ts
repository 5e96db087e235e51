// Serves calls over an AMQP broker: takes requests, and sends the replies to the processes that wait for them.

import { setTimeout as sleep } from 'node:timers/promises'
import type { ConfirmChannel, ConsumeMessage } from 'amqplib'
import { declareRequests, parseContent, type ReplyType, requestQueue } from './call-messages.ts'
import type { AmqpConnection } from './connection.ts'
import { within } from './within.ts'

export interface AmqpCallServerOptions<Lane extends string> {
  connection: Pick<AmqpConnection, 'addChannel'>
  /** Prefix of the names of all queues, the same in all processes of the store. Repeated where it fails. */
  prefix(): Promise<string>
  lanes: readonly Lane[]
  /** Longest time for which a reply waits for a connection and the broker, in milliseconds. @default 30000 */
  replyMs?: number
  /** Requests of each lane at once. */
  atOnce: number
  /**
   * Makes the reply. Never rejects. Another process may be working on the same request, or have been.
   *
   * @param content as it was sent; undefined where it is no JSON
   */
  handle(content: unknown, request: { lane: Lane }): Promise<object>
}

export interface AmqpCallServer {
  /** Takes no further requests. Resolves once all replies are sent, or were tried for as long as they may be. */
  close(): Promise<void>
}

/** Time of the work after which a message to its caller reports the begin, in milliseconds: most is done by then. */
const TAKEN_MS = 300

/** Interval of the attempts to send a reply, in milliseconds. */
const AGAIN_MS = 100

/** Longest time for the end of the consumers, in milliseconds: a broker that blocks publishers never answers. */
const STOP_MS = 2000

export const createAmqpCallServer = <Lane extends string>(options: AmqpCallServerOptions<Lane>): AmqpCallServer => {
  const { connection, prefix, lanes, replyMs = 30_000, atOnce, handle } = options
  const underWay = new Set<Promise<void>>()
  let consumers: { channel: ConfirmChannel; tags: string[] } | undefined
  let isStopped = false

  const reply = async (message: ConsumeMessage, type: ReplyType, content: object): Promise<boolean> => {
    const { replyTo, correlationId } = message.properties
    return typeof replyTo !== 'string' || slot.publish(replyTo, content, { correlationId, type })
  }

  const replySurely = async (message: ConsumeMessage, content: object): Promise<void> => {
    const untilMs = performance.now() + replyMs
    let isSent = false
    while (!isSent && performance.now() < untilMs) {
      const attempt = reply(message, 'done', content)
      isSent = (await within(untilMs - performance.now(), attempt)) && (await attempt)
      if (!isSent) await sleep(AGAIN_MS)
    }
  }

  const work = async (channel: ConfirmChannel, lane: Lane, message: ConsumeMessage): Promise<void> => {
    const taken = setTimeout(() => void reply(message, 'taken', {}), TAKEN_MS)
    const content = await handle(parseContent(message.content), { lane })
    clearTimeout(taken)
    await replySurely(message, content)
    // On a channel that is closed already, the broker has handed the message to another process.
    quietly(() => channel.ack(message))
  }

  const receive = (channel: ConfirmChannel, lane: Lane, message: ConsumeMessage | null): void => {
    // The broker has ended the consumer, such as where its queue was deleted.
    if (!message) return void channel.close().catch(() => {})
    // After the end of the consumer was sent: another process may begin at once.
    if (isStopped) return void quietly(() => channel.nack(message))
    const working = work(channel, lane, message).finally(() => underWay.delete(working))
    underWay.add(working)
  }

  const slot = connection.addChannel('call server', async (channel) => {
    if (isStopped) return
    const names = await prefix()
    const tags: string[] = []
    for (const lane of lanes) {
      const queue = requestQueue(names, lane)
      await declareRequests(channel, queue)
      await channel.prefetch(atOnce)
      tags.push((await channel.consume(queue, (message) => receive(channel, lane, message))).consumerTag)
    }
    consumers = { channel, tags }
    // It was closed meanwhile.
    if (isStopped) await stop()
  })

  const stop = async (): Promise<void> => {
    const { channel, tags = [] } = consumers ?? {}
    await within(STOP_MS, Promise.all(tags.map((tag) => channel?.cancel(tag))))
  }

  return {
    async close() {
      isStopped = true
      await stop()
      while (underWay.size > 0) await Promise.all(underWay)
      await slot.close()
    },
  }
}

const quietly = (settle: () => void): void => {
  try {
    settle()
  } catch {
    // See above.
  }
}
