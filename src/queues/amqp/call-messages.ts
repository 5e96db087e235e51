// Queues and messages of calls: a request in the queue of its lane, and replies in a queue of the process that calls.

import type { ConfirmChannel } from 'amqplib'

/** Queue of the requests of a lane. @param prefix of all queues of the store */
export const requestQueue = (prefix: string, lane: string): string => `${prefix}.calls.${lane}`

/** Queue of the replies to one process. */
export const replyQueue = (prefix: string, id: string): string => `${prefix}.replies.${id}`

/** `taken`: a process works on the request for longer than a moment. `done`: the reply. */
export const REPLY_TYPES = ['taken', 'done'] as const

export type ReplyType = (typeof REPLY_TYPES)[number]

/** Time after which the broker removes the queue of replies to a process that is gone, in milliseconds. */
const REPLIES_KEPT_MS = 60_000

export const declareRequests = async (channel: ConfirmChannel, queue: string): Promise<void> => {
  await channel.assertQueue(queue, { durable: true })
}

export const declareReplies = async (channel: ConfirmChannel, queue: string): Promise<void> => {
  await channel.assertQueue(queue, { durable: true, expires: REPLIES_KEPT_MS })
}

/** Undefined where it is no JSON. */
export const parseContent = (content: Buffer): unknown => {
  try {
    return JSON.parse(content.toString())
  } catch {
    return undefined
  }
}
