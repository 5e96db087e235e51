// Descriptions of the documentation's own routes.

import type { RouteConfig } from '@hono/zod-openapi'
import { NOT_MODIFIED } from './parts.ts'
import { COMMON_FAILURES, problems } from './problems.ts'

const TAGS = ['Server']

export const page: RouteConfig = {
  method: 'get',
  path: '/docs',
  operationId: 'docs',
  tags: TAGS,
  summary: 'This API to look at and to try',
  responses: {
    200: { description: 'Swagger UI.', content: { 'text/html': { schema: { type: 'string' } } } },
    ...problems(...COMMON_FAILURES),
  },
}

/** The files of the page: an inner matter of ours, so not in the document. */
export const asset: RouteConfig = {
  method: 'get',
  path: '/docs/{asset}',
  hide: true,
  responses: { 200: { description: 'The file.' } },
}

/** Only where Tintype is served alone, so not in the document, which is the same everywhere. */
export const front: RouteConfig = {
  method: 'get',
  path: '/',
  hide: true,
  responses: { 302: { description: 'To the page.' } },
}

export const openApi: RouteConfig = {
  method: 'get',
  path: '/openapi.json',
  operationId: 'openApi',
  tags: TAGS,
  summary: 'This document',
  responses: {
    200: {
      description: 'OpenAPI 3.1.',
      content: { 'application/json': { schema: { type: 'object', additionalProperties: true } } },
    },
    304: NOT_MODIFIED,
    ...problems(...COMMON_FAILURES),
  },
}
