// URL of the broker that carries jobs, and its state.

import { isPercentEncoded } from '../text.ts'

/** Connection of a server to the broker, for `/ready`. */
export const QUEUE_STATES = ['connected', 'disconnected'] as const
export type QueueState = (typeof QUEUE_STATES)[number]

export const QUEUE_URL_RULE = 'the URL of an AMQP broker, such as amqp://user:password@127.0.0.1:5672, or nothing'

/** True for `amqp://` and `amqps://` with a host, and a user and password that are percent-encoded UTF-8. */
export const isQueueUrl = (text: string): boolean => {
  if (!/^amqps?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { hostname, username, password } = new URL(text)
  return hostname !== '' && isPercentEncoded(username) && isPercentEncoded(password)
}
