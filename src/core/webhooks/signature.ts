// Headers of a message: its id, its time and its signatures, by Standard Webhooks 1.0 (standardwebhooks.com).

import { Webhook } from 'standardwebhooks'
import type { WebhookMessage } from './events.ts'

/** @param secrets all that are valid; each signs, so that a receiver may know either during a rotation */
export const signedHeaders = (
  { id, body }: Pick<WebhookMessage, 'id' | 'body'>,
  secrets: readonly string[],
  nowMs: number,
): Record<string, string> => {
  // The library signs whole seconds, which are those of the header.
  const at = new Date(Math.floor(nowMs / 1000) * 1000)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(at.getTime() / 1000),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  }
}
