// Descriptions of the routes of deliveries: tests, the last ones, and their repetition.

import type { RouteConfig } from '@hono/zod-openapi'
import type { ErrorCode } from '../../../core/errors.ts'
import { csrfHeaders } from '../../schemas/parameters.ts'
import { deliveryListSchema, deliveryPath, deliveryViewSchema, webhookPath } from '../../schemas/webhooks.ts'
import { problems } from '../problems.ts'
import { jsonResponse } from '../responses.ts'
import { CHANGE_FAILURES, LIST_FAILURES, TAGS } from './webhooks.ts'

/** Failures of every message that is sent on request. */
const SEND_FAILURES = [...CHANGE_FAILURES, 'malformed_request', 'request_timeout'] as const satisfies ErrorCode[]

export const test: RouteConfig = {
  method: 'post',
  path: '/webhooks/{webhook_id}/test',
  operationId: 'testWebhook',
  tags: TAGS,
  summary: 'Send a test message now',
  description: 'Its type is `webhook.test`. Answered when the receiver has answered, after ten seconds at most.',
  request: { params: webhookPath, headers: csrfHeaders },
  responses: {
    200: jsonResponse('The delivery: accepted, or failed for the reason in `error`.', deliveryViewSchema),
    ...problems(...SEND_FAILURES),
  },
}

export const list: RouteConfig = {
  method: 'get',
  path: '/webhooks/{webhook_id}/deliveries',
  operationId: 'listWebhookDeliveries',
  tags: TAGS,
  summary: 'List the last 100 deliveries of a webhook',
  description: 'Each is one attempt, newest first.',
  request: { params: webhookPath },
  responses: {
    200: jsonResponse('The deliveries.', deliveryListSchema),
    ...problems('webhook_not_found', ...LIST_FAILURES),
  },
}

export const redeliver: RouteConfig = {
  method: 'post',
  path: '/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver',
  operationId: 'redeliverWebhook',
  tags: TAGS,
  summary: 'Send the message of a delivery again now',
  description: 'With the same `webhook-id`. The position of the webhook does not change.',
  request: { params: deliveryPath, headers: csrfHeaders },
  responses: {
    200: jsonResponse('The new delivery.', deliveryViewSchema),
    ...problems('delivery_not_found', 'project_not_found', 'invalid_parameter', ...SEND_FAILURES),
  },
}
