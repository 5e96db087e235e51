// Request and response bodies, and parameters, of the webhook routes.

import { z } from '@hono/zod-openapi'
import { PROJECT_ID, PROJECT_ID_RULE } from '../../core/names.ts'
import { wholeNumber } from '../../core/parameters.ts'
import { MAX_URL_LENGTH, URL_RULE } from '../../core/webhooks/destination.ts'
import { WEBHOOK_EVENTS } from '../../core/webhooks/events.ts'
import { DELIVERY_KINDS, OFF_REASONS, WEBHOOK_ID } from '../../core/webhooks/model.ts'
import { EXAMPLE_PROJECT_ID, EXAMPLE_TIME, EXAMPLE_WEBHOOK_ID, EXAMPLE_WEBHOOK_SECRET } from './examples.ts'
import { next, time } from './fields.ts'
import { optional, pageLimit } from './parameters.ts'

const EXAMPLE_URL = 'https://shop.example/hooks/tintype'

/** Webhooks of a page without `limit`. */
export const DEFAULT_WEBHOOKS_PAGE = 100

const EVENTS_RULE = `types of events (${WEBHOOK_EVENTS.join(', ')}), or null`

const url = z
  .string(URL_RULE)
  .max(MAX_URL_LENGTH, URL_RULE)
  .openapi({
    // The service checks it: the host may have to be one of WEBHOOK_ALLOW.
    maxLength: MAX_URL_LENGTH,
    description: `Receiver: ${URL_RULE}. In the own network of the server only where \`WEBHOOK_ALLOW\` names it.`,
    example: EXAMPLE_URL,
  })

const events = z
  .array(z.enum(WEBHOOK_EVENTS), EVENTS_RULE)
  .min(1, EVENTS_RULE)
  .nullable()
  .openapi({
    description:
      'Types of events that are delivered; null for all, those of later versions too. `project.reset` and `webhook.test` ' +
      'are always delivered.',
    example: ['image.added', 'image.deleted'],
  })

export const webhookCreateSchema = z
  .strictObject({
    url,
    events: events.optional(),
    project_id: z
      .string(`a project id of ${PROJECT_ID_RULE}, or null`)
      .regex(PROJECT_ID, `a project id of ${PROJECT_ID_RULE}, or null`)
      .nullable()
      .optional()
      .openapi({ description: 'The only project; without it all, which needs an admin.', example: EXAMPLE_PROJECT_ID }),
  })
  .openapi('NewWebhook')

export const webhookEditSchema = z
  .strictObject({
    url: url.optional(),
    events: events.optional(),
    enabled: z.boolean().optional().openapi({
      description: '`true` goes on where the deliveries ended, at once; `false` stops them and keeps the position.',
      example: true,
    }),
  })
  .refine((edit) => Object.keys(edit).length > 0, { error: 'one or more of url, events, enabled' })
  .openapi('WebhookEdit', { minProperties: 1 })

export const webhookViewSchema = z
  .object({
    id: z.string().openapi({ example: EXAMPLE_WEBHOOK_ID }),
    url: z.string().openapi({ example: EXAMPLE_URL }),
    events: z.array(z.enum(WEBHOOK_EVENTS)).nullable().openapi({ example: null }),
    project_id: z.string().nullable().openapi({ example: EXAMPLE_PROJECT_ID }),
    enabled: z.boolean(),
    off_reason: z
      .enum(OFF_REASONS)
      .nullable()
      .openapi({
        description:
          'Why it is off: by `PATCH` (`request`), because the receiver answered 410 (`gone`), because nothing was accepted ' +
          'for seven days (`failing`), because its creator may not manage the project any more (`access`), or because the ' +
          'project was deleted (`project_deleted`).',
        example: null,
      }),
    failing_since: time.nullable().openapi({
      description: 'Time of the first failed attempt since the last success.',
      example: null,
    }),
    failures: z.int().min(0).openapi({ description: 'Failed attempts since then.', example: 0 }),
    next_attempt_at: time.nullable().openapi({ example: null }),
    created_at: time,
    updated_at: time,
  })
  .openapi('Webhook')

const secret = z.string().openapi({
  description: 'Secret of the signatures (Standard Webhooks). Shown this once.',
  example: EXAMPLE_WEBHOOK_SECRET,
})

export const webhookWithSecretSchema = z.object({ ...webhookViewSchema.shape, secret }).openapi('WebhookWithSecret')

export const webhookListSchema = z
  .object({ webhooks: z.array(webhookViewSchema), next: next('webhooks') })
  .openapi('WebhookList')

export const deliveryViewSchema = z
  .object({
    id: z.int().openapi({ description: 'Grows with time.', example: 12 }),
    message_id: z.string().openapi({
      description: '`webhook-id`: the same in every attempt.',
      example: 'evt_0f4b7c1e9a2d5f8e3b6c9d0a1e2f3b4c',
    }),
    kind: z.enum(DELIVERY_KINDS).openapi({
      description: '`event`: in order; `test`, `redelivery`: on request.',
      example: 'event',
    }),
    type: z.string().openapi({ example: 'image.added' }),
    project_id: z.string().nullable().openapi({ example: EXAMPLE_PROJECT_ID }),
    revision: z.int().nullable().openapi({ example: 7 }),
    at: time.openapi({ description: 'Time of the attempt.', example: EXAMPLE_TIME }),
    delivered: z.boolean(),
    status: z.int().nullable().openapi({ description: 'Status of the answer; null if there was none.', example: 204 }),
    error: z.string().nullable().openapi({ description: 'Reason of the failure.', example: null }),
    duration_ms: z.number().min(0).openapi({ example: 84 }),
    next_attempt_at: time.nullable().openapi({ description: 'Time of the next attempt.', example: null }),
    body: z.string().openapi({ description: 'The message as it was sent.' }),
  })
  .openapi('WebhookDelivery')

export const deliveryListSchema = z.object({ deliveries: z.array(deliveryViewSchema) }).openapi('WebhookDeliveryList')

export type WebhookView = z.infer<typeof webhookViewSchema>
export type DeliveryView = z.infer<typeof deliveryViewSchema>

/** Most deliveries ever, for the digits of an id. */
const MOST_DELIVERIES = 999_999_999_999_999

export const deliveryIdSchema = wholeNumber({ least: 1, most: MOST_DELIVERIES })

const webhookId = z
  .string()
  .regex(WEBHOOK_ID)
  .meta({ description: 'Webhook id.', examples: [EXAMPLE_WEBHOOK_ID] })

export const webhookPath = z.object({ webhook_id: webhookId })
export const deliveryPath = z.object({
  webhook_id: webhookId,
  delivery_id: deliveryIdSchema.meta({ description: 'Delivery id.', examples: [12] }),
})

export const webhookAfterSchema = z.string().regex(WEBHOOK_ID, 'the id of a webhook')

export const webhookListQuery = z.object({
  limit: pageLimit('webhooks', DEFAULT_WEBHOOKS_PAGE),
  after: optional(webhookAfterSchema, 'Id of a webhook: the page begins behind it.', EXAMPLE_WEBHOOK_ID),
})
