// Descriptions of the routes for those who watch the server.

import type { RouteConfig } from '@hono/zod-openapi'
import { healthSchema, readySchema } from '../schemas/images.ts'
import { jsonAnswer } from './parts.ts'
import { problems } from './problems.ts'

const TAGS = ['Server']

export const health: RouteConfig = {
  method: 'get',
  path: '/health',
  operationId: 'health',
  tags: TAGS,
  summary: 'Is the server alive?',
  responses: { 200: jsonAnswer('It answers.', healthSchema), ...problems('internal', 'store_unavailable') },
}

export const ready: RouteConfig = {
  method: 'get',
  path: '/ready',
  operationId: 'ready',
  tags: TAGS,
  summary: 'Can the server take uploads?',
  responses: {
    200: jsonAnswer('The store can be written.', readySchema),
    ...problems('internal', 'store_unavailable', 'shutting_down'),
  },
}
