// Hints of changed projects between all processes of a store, on whatever machine: each publishes its own to a fan-out
// exchange, and those that watch projects have a queue there.
//
// A lost hint is late, since watched projects are polled; a wrong one costs a check. So nothing is kept for a broker that is
// away, and little for one that is slow: one message is under way at a time, and what changes meanwhile is gathered.

import type { ConfirmChannel } from 'amqplib'
import { z } from 'zod'
import { randomIds } from '../../core/random-id.ts'
import { parseContent } from './call-messages.ts'
import type { AmqpConnection } from './connection.ts'

export interface AmqpHintsOptions {
  connection: Pick<AmqpConnection, 'addChannel'>
  /** Prefix of the names of all queues, the same in all processes of the store. Repeated where it fails. */
  prefix(): Promise<string>
  /** Called with each project that another process reports. Any text. @default none: this process only reports */
  onChanged?(projectId: string): void
}

export interface AmqpHints {
  /** Reports a project that this process has changed. Dropped where the broker does not take it. */
  changed(projectId: string): void
}

/** Name of the exchange. @param prefix of all queues of the store */
export const hintExchange = (prefix: string): string => `${prefix}.hints`

/** Projects in one message, and those that wait for the one under way: further ones are dropped. */
const MOST_PROJECTS = 1000

/** Age at which the broker drops a hint that nobody has received, in milliseconds: a poll has found the change by then. */
const KEPT_MS = 10_000

/** Hints that the broker keeps for one process: the oldest are dropped. */
const MOST_KEPT = 1000

const messageSchema = z.object({ from: z.string(), projects: z.array(z.string()).max(MOST_PROJECTS) })

type Message = z.infer<typeof messageSchema>

const newId = randomIds(16)

export const createAmqpHints = ({ connection, prefix, onChanged }: AmqpHintsOptions): AmqpHints => {
  const own = newId()
  const gathered = new Set<string>()
  let exchange: string | undefined
  let isSending = false

  const receive = (channel: ConfirmChannel, content: Buffer | undefined): void => {
    // The broker has ended the consumer, such as where its queue was deleted.
    if (!content) return void channel.close().catch(() => {})
    const { data } = messageSchema.safeParse(parseContent(content))
    if (!data || data.from === own) return
    for (const projectId of data.projects) onChanged?.(projectId)
  }

  const publisher = connection.addChannel(
    'hints',
    async (channel) => {
      const name = hintExchange(await prefix())
      await channel.assertExchange(name, 'fanout', { durable: true })
      exchange = name
      if (!onChanged) return
      // Another name each time: an exclusive queue of a connection that was lost is there until the broker notices it.
      const queue = `${name}.${newId()}`
      await channel.assertQueue(queue, { exclusive: true, messageTtl: KEPT_MS, maxLength: MOST_KEPT })
      await channel.bindQueue(queue, name, '')
      await channel.consume(queue, (message) => receive(channel, message?.content), { noAck: true })
    },
    { isNeeded: false },
  )

  /** Resolves once nothing is gathered. */
  const send = async (): Promise<void> => {
    isSending = true
    while (gathered.size > 0) {
      const message: Message = { from: own, projects: [...gathered] }
      gathered.clear()
      if (exchange !== undefined) await publisher.announce(exchange, message)
    }
    isSending = false
  }

  return {
    changed(projectId) {
      if (gathered.size >= MOST_PROJECTS) return
      gathered.add(projectId)
      if (!isSending) void send()
    },
  }
}
