// Webhooks: the record of an endpoint, the record of a delivery, ids and secrets.

import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Principal } from '../auth/access.ts'
import { randomIds } from '../random-id.ts'
import { WEBHOOK_EVENTS } from './events.ts'

/** Id of the webhook that the settings describe. */
export const SETTINGS_WEBHOOK = 'settings'

export interface WebhookSettings {
  url: string
  /** In the form of {@link SECRET_RULE}. */
  secret: string
}

/** Ids as {@link newWebhookId} makes them, and {@link SETTINGS_WEBHOOK}. */
export const WEBHOOK_ID = /^(?:[0-9a-z]{16}|settings)$/

export const newWebhookId: () => string = randomIds(16)

export const isWebhookId = (text: string): boolean => WEBHOOK_ID.test(text)

/** Most webhooks of one principal. */
export const MAX_WEBHOOKS = 20

/** Deliveries of one webhook that are kept. */
export const KEPT_DELIVERIES = 100

/** Prefix and form of secrets (Standard Webhooks): base64 of 24 to 64 bytes. */
export const SECRET_PREFIX = 'whsec_'
const SECRET = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const SECRET_BYTES = { least: 24, most: 64 } as const

export const SECRET_RULE = `${SECRET_PREFIX} and the base64 of ${SECRET_BYTES.least} to ${SECRET_BYTES.most} bytes`

export const newSecret = (): string => `${SECRET_PREFIX}${randomBytes(32).toString('base64')}`

export const isSecretText = (text: string): boolean => {
  if (!SECRET.test(text)) return false
  const { length } = Buffer.from(text.slice(SECRET_PREFIX.length), 'base64')
  return length >= SECRET_BYTES.least && length <= SECRET_BYTES.most
}

/**
 * Reasons why a webhook is off. `request`: by PATCH; `gone`: the receiver answered 410; `failing`: no delivery succeeded
 * for seven days; `access`: its creator may not manage the project any more; `project_deleted`: likewise, because the
 * project was deleted.
 */
export const OFF_REASONS = ['request', 'gone', 'failing', 'access', 'project_deleted'] as const

export type OffReason = (typeof OFF_REASONS)[number]

const ownerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unrestricted') }),
  z.object({ kind: z.enum(['key', 'user']), id: z.string() }),
])

/** The principal that created a webhook, on whose rights its deliveries depend. */
export type WebhookOwner = z.infer<typeof ownerSchema>

const time = z.iso.datetime()

export const webhookSchema = z.object({
  id: z.string().regex(WEBHOOK_ID),
  url: z.string(),
  /** Types of events that are delivered; null for all. */
  events: z.array(z.enum(WEBHOOK_EVENTS)).nullable(),
  /** The only project whose events are delivered; null for all. */
  project_id: z.string().nullable(),
  owner: ownerSchema,
  /** Newest first. Messages are signed with each that has not expired. */
  secrets: z.array(z.object({ secret: z.string(), expires_at: time.nullable() })).min(1),
  enabled: z.boolean(),
  /** Null while it is enabled. */
  off_reason: z.enum(OFF_REASONS).nullable(),
  /** Time of the first failed attempt since the last success; null where the last attempt succeeded. */
  failing_since: time.nullable(),
  /** Failed attempts since then. */
  failures: z.int().min(0),
  next_attempt_at: time.nullable(),
  /** Events that were committed before are not delivered. */
  created_at: time,
  updated_at: time,
})

export type Webhook = z.infer<typeof webhookSchema>

/** A webhook that was never tried, with one secret. @param at ISO 8601 */
export const newWebhook = (
  { secret, ...given }: Pick<Webhook, 'id' | 'url' | 'events' | 'project_id' | 'owner'> & { secret: string },
  at: string,
): Webhook => ({
  ...given,
  secrets: [{ secret, expires_at: null }],
  enabled: true,
  off_reason: null,
  failing_since: null,
  failures: 0,
  next_attempt_at: null,
  created_at: at,
  updated_at: at,
})

/** `event`: as it happened; `test`, `redelivery`: on request, outside of the order. */
export const DELIVERY_KINDS = ['event', 'test', 'redelivery'] as const

/** One attempt to deliver a message. */
export const deliverySchema = z.object({
  message_id: z.string(),
  kind: z.enum(DELIVERY_KINDS),
  type: z.string(),
  project_id: z.string().nullable(),
  revision: z.int().nullable(),
  /** Time of the attempt. */
  at: time,
  delivered: z.boolean(),
  /** Status of the answer; null where there was none. */
  status: z.int().nullable(),
  /** Reason of the failure; null where the message was delivered. */
  error: z.string().nullable(),
  duration_ms: z.number().min(0),
  next_attempt_at: time.nullable(),
  /** The message as it was sent. */
  body: z.string(),
})

export type Delivery = z.infer<typeof deliverySchema>

/** Principal whose webhooks are counted and shown together. */
export const ownerOf = (by: Principal): WebhookOwner =>
  by.kind === 'key' || by.kind === 'user' ? { kind: by.kind, id: by.id } : { kind: 'unrestricted' }

export const isSameOwner = (one: WebhookOwner, other: WebhookOwner): boolean =>
  one.kind === other.kind && (one.kind === 'unrestricted' || other.kind === 'unrestricted' || one.id === other.id)

/** Secrets that sign at a time, newest first. */
export const validSecrets = ({ secrets }: Pick<Webhook, 'secrets'>, nowMs: number): string[] =>
  secrets.filter(({ expires_at }) => expires_at === null || Date.parse(expires_at) > nowMs).map(({ secret }) => secret)

/** Time for which the secret before a rotation stays valid, in milliseconds: a day. */
const OVERLAP_MS = 86_400_000

/** Adds a secret. The one before it stays valid for a day, and older ones end. */
export const rotated = (webhook: Webhook, secret: string, nowMs: number): Webhook => {
  const [before] = webhook.secrets
  const expires_at = new Date(nowMs + OVERLAP_MS).toISOString()
  const secrets = [{ secret, expires_at: null }, ...(before ? [{ secret: before.secret, expires_at }] : [])]
  return { ...webhook, secrets, updated_at: changeTime(webhook, nowMs) }
}

/** Time of a change: deliveries notice a change by it, so that two in one millisecond differ. */
export const changeTime = ({ updated_at }: Pick<Webhook, 'updated_at'>, nowMs: number): string =>
  new Date(Math.max(nowMs, Date.parse(updated_at) + 1)).toISOString()
