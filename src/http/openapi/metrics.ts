// Description of the metrics.

import type { RouteConfig } from '@hono/zod-openapi'
import { COMMON_FAILURES, problems } from './problems.ts'

export const metrics: RouteConfig = {
  method: 'get',
  path: '/metrics',
  operationId: 'metrics',
  tags: ['Server'],
  summary: 'What the server counts, for Prometheus',
  description:
    'All workers in one answer, in the text format of Prometheus. The README explains each metric. Where requests have to say who they are, it takes a key with the role `admin`.',
  responses: {
    200: {
      description: 'The metrics.',
      content: {
        'text/plain': { schema: { type: 'string' }, example: 'tintype_revisions_committed_total 42\n' },
      },
    },
    ...problems(...COMMON_FAILURES, 'busy', 'unauthenticated', 'forbidden', 'issuer_unavailable'),
  },
}
