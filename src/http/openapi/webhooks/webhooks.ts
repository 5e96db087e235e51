// Descriptions of the webhook routes.

import type { RouteConfig } from '@hono/zod-openapi'
import type { ErrorCode } from '../../../core/errors.ts'
import { EXAMPLE_PROJECT_ID } from '../../schemas/examples.ts'
import { csrfHeaders } from '../../schemas/parameters.ts'
import {
  webhookCreateSchema,
  webhookEditSchema,
  webhookListQuery,
  webhookListSchema,
  webhookPath,
  webhookViewSchema,
  webhookWithSecretSchema,
} from '../../schemas/webhooks.ts'
import { BODY_FAILURES, problems, READ_FAILURES, WRITE_FAILURES } from '../problems.ts'
import { jsonResponse } from '../responses.ts'

export const TAGS = ['Webhooks']

const EXAMPLE_URL = 'https://shop.example/hooks/tintype'

/** Failures of every change of a webhook. */
export const CHANGE_FAILURES = [...WRITE_FAILURES, 'webhook_not_found'] as const satisfies ErrorCode[]

/** Failures of every read of a webhook. */
export const LIST_FAILURES = [...READ_FAILURES, 'invalid_parameter', 'storage_full'] as const satisfies ErrorCode[]

export const create: RouteConfig = {
  method: 'post',
  path: '/webhooks',
  operationId: 'createWebhook',
  tags: TAGS,
  summary: 'Create a webhook',
  description:
    'For one project, by its owner or an admin; for all projects, by an admin. At most 20 of each user and key. It gets ' +
    'the events of changes from now on: signed messages (Standard Webhooks), at least once, in order per project.',
  request: {
    headers: csrfHeaders,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: webhookCreateSchema,
          examples: {
            project: {
              summary: 'All events of a project',
              value: { url: EXAMPLE_URL, project_id: EXAMPLE_PROJECT_ID },
            },
            all: { summary: 'New images of all projects', value: { url: EXAMPLE_URL, events: ['image.added'] } },
          },
        },
      },
    },
  },
  responses: {
    201: jsonResponse('Created, with the secret.', webhookWithSecretSchema, {
      Location: { description: 'URL of the webhook.', schema: { type: 'string' } },
    }),
    ...problems('too_many_webhooks', 'project_not_found', ...BODY_FAILURES, ...WRITE_FAILURES),
  },
}

export const list: RouteConfig = {
  method: 'get',
  path: '/webhooks',
  operationId: 'listWebhooks',
  tags: TAGS,
  summary: 'List own webhooks; for admins, all',
  request: { query: webhookListQuery },
  responses: {
    200: jsonResponse('A page of webhooks, by id.', webhookListSchema),
    ...problems(...LIST_FAILURES),
  },
}

export const read: RouteConfig = {
  method: 'get',
  path: '/webhooks/{webhook_id}',
  operationId: 'readWebhook',
  tags: TAGS,
  summary: 'Get a webhook',
  request: { params: webhookPath },
  responses: {
    200: jsonResponse('The webhook.', webhookViewSchema),
    ...problems('webhook_not_found', ...LIST_FAILURES),
  },
}

export const edit: RouteConfig = {
  method: 'patch',
  path: '/webhooks/{webhook_id}',
  operationId: 'editWebhook',
  tags: TAGS,
  summary: 'Change the URL or the events of a webhook, switch it on or off',
  description:
    'Changes the given members and no others. Switched on, it goes on where it ended. Where its creator has lost the ' +
    'right to it, an admin who switches it on takes it over.',
  request: {
    params: webhookPath,
    headers: csrfHeaders,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: webhookEditSchema,
          examples: {
            on: { summary: 'Go on', value: { enabled: true } },
            url: { summary: 'Another receiver', value: { url: EXAMPLE_URL } },
          },
        },
      },
    },
  },
  responses: {
    200: jsonResponse('The webhook.', webhookViewSchema),
    ...problems('webhook_of_settings', 'project_not_found', ...BODY_FAILURES, ...CHANGE_FAILURES),
  },
}

export const remove: RouteConfig = {
  method: 'delete',
  path: '/webhooks/{webhook_id}',
  operationId: 'deleteWebhook',
  tags: TAGS,
  summary: 'Delete a webhook',
  request: { params: webhookPath, headers: csrfHeaders },
  responses: {
    204: { description: 'Deleted.' },
    ...problems('webhook_of_settings', ...CHANGE_FAILURES),
  },
}

export const rotate: RouteConfig = {
  method: 'post',
  path: '/webhooks/{webhook_id}/rotate',
  operationId: 'rotateWebhook',
  tags: TAGS,
  summary: 'Give a webhook a new secret',
  description: 'The secret before it stays valid for a day, in which messages are signed with both.',
  request: { params: webhookPath, headers: csrfHeaders },
  responses: {
    200: jsonResponse('The webhook with its new secret.', webhookWithSecretSchema),
    ...problems('webhook_of_settings', ...CHANGE_FAILURES),
  },
}
