// Descriptions of the routes of the server itself: health, metrics, documentation.

import type { RouteConfig } from '@hono/zod-openapi'
import { healthSchema, readySchema } from '../schemas/server.ts'
import { COMMON_FAILURES, problems } from './problems.ts'
import { etagHeader, jsonResponse, NOT_MODIFIED } from './responses.ts'

const TAGS = ['Server']

export const health: RouteConfig = {
  method: 'get',
  path: '/health',
  operationId: 'health',
  tags: TAGS,
  summary: 'Liveness of the server',
  responses: {
    200: jsonResponse('The server responds.', healthSchema),
    ...problems('method_not_allowed', 'internal', 'store_unavailable'),
  },
}

export const ready: RouteConfig = {
  method: 'get',
  path: '/ready',
  operationId: 'ready',
  tags: TAGS,
  summary: 'Readiness of the server',
  description: 'For uploads and all else; where the store is read-only (`read_only`), for reading alone.',
  responses: {
    200: jsonResponse('The store can be written, or is read-only and can be read.', readySchema),
    ...problems('method_not_allowed', 'internal', 'store_unavailable', 'shutting_down'),
  },
}

export const metrics: RouteConfig = {
  method: 'get',
  path: '/metrics',
  operationId: 'metrics',
  tags: TAGS,
  summary: 'Metrics for Prometheus',
  description:
    'Sum of all workers in the text format of Prometheus. If the server requires authentication, a key with the role ' +
    '`admin` is needed.',
  responses: {
    200: {
      description: 'The metrics.',
      content: { 'text/plain': { schema: { type: 'string' }, example: 'tintype_revisions_committed_total 42\n' } },
    },
    ...problems(...COMMON_FAILURES, 'busy', 'unauthenticated', 'forbidden', 'issuer_unavailable'),
  },
}

export const docs: RouteConfig = {
  method: 'get',
  path: '/docs',
  operationId: 'docs',
  tags: TAGS,
  summary: 'This documentation as a page (Swagger UI)',
  responses: {
    200: { description: 'The page.', content: { 'text/html': { schema: { type: 'string' } } } },
    ...problems(...COMMON_FAILURES),
  },
}

/** Files of the page; not in the document. */
export const docsAsset: RouteConfig = {
  method: 'get',
  path: '/docs/{asset}',
  hide: true,
  responses: { 200: { description: 'The file.' } },
}

/** Files of swagger-ui-dist, under the path that @hono/swagger-ui gives them; not in the document. */
export const docsBundle: RouteConfig = {
  method: 'get',
  path: '/docs/swagger-ui-dist/{asset}',
  hide: true,
  responses: { 200: { description: 'The file.' } },
}

/** Pages and files of the gallery, which are not part of the API; not in the document. */
const page = (path: string): RouteConfig => ({
  method: 'get',
  path,
  hide: true,
  responses: { 200: { description: 'The page or file.' } },
})
export const galleryFront = page('/')
export const galleryProject = page('/g/{project_id}')
export const galleryAsset = page('/gallery/{asset}')

/** Redirect of a server without a parent app; not in the document, which is the same for both. */
export const front: RouteConfig = {
  method: 'get',
  path: '/',
  hide: true,
  responses: { 302: { description: 'Redirect to the page.' } },
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
      headers: etagHeader('"x2Zc8jPqN3bW0rT6yV1mKA"'),
      content: { 'application/json': { schema: { type: 'object', additionalProperties: true } } },
    },
    ...NOT_MODIFIED,
    ...problems(...COMMON_FAILURES),
  },
}
