// Attempts to deliver a message: signs, sends, and records the delivery.

import type { WebhookMessage } from '../../core/webhooks/events.ts'
import { type DELIVERY_KINDS, type Delivery, validSecrets, type Webhook } from '../../core/webhooks/model.ts'
import { signedHeaders } from '../../core/webhooks/signature.ts'
import type { StoredDelivery, WebhookStore } from '../../stores/webhooks/webhook-store.ts'
import type { Observer } from '../../telemetry/observer.ts'
import type { Sender } from './sender.ts'

export interface AttemptsOptions {
  store: Pick<WebhookStore, 'deliveries'>
  sender: Sender
  observer: Pick<Observer, 'sentWebhook'>
  /** Milliseconds since 1970. */
  now(): number
}

/** The outcome of one attempt. */
export type Attempt = Pick<Delivery, 'at' | 'delivered' | 'status' | 'error' | 'duration_ms'>

export interface Attempts {
  /** Never throws. Undefined where the signal ended it. */
  make(webhook: Webhook, message: WebhookMessage, signal: AbortSignal): Promise<Attempt | undefined>
  /** Records an attempt. @throws TintypeError where the store fails */
  record(
    webhook: Webhook,
    message: WebhookMessage,
    attempt: Attempt,
    kind: (typeof DELIVERY_KINDS)[number],
    next_attempt_at?: string | null,
  ): Promise<StoredDelivery>
}

export const createAttempts = ({ store, sender, observer, now }: AttemptsOptions): Attempts => ({
  async make(webhook, message, signal) {
    const atMs = now()
    const beganMs = performance.now()
    const headers = signedHeaders(message, validSecrets(webhook, atMs), atMs)
    const { status, error } = await sender.send(webhook.url, headers, message.body, signal)
    if (status === null && signal.aborted) return undefined
    const delivered = status !== null && status >= 200 && status < 300
    observer.sentWebhook(delivered ? 'delivered' : 'failed')
    return {
      at: new Date(atMs).toISOString(),
      delivered,
      status,
      error: delivered ? null : (error ?? `expected a status of 200 to 299, received ${status}`),
      duration_ms: Math.round(performance.now() - beganMs),
    }
  },

  record: (webhook, { id, type, projectId, revision, body }, attempt, kind, next_attempt_at = null) =>
    store.deliveries.add(webhook.id, {
      message_id: id,
      kind,
      type,
      project_id: projectId,
      revision,
      ...attempt,
      next_attempt_at,
      body,
    }),
})
