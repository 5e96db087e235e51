// The problem document (RFC 9457) of every error response.

import { z } from '@hono/zod-openapi'
import { FAILURES } from '../../core/errors.ts'

export const problemSchema = z
  .looseObject({
    type: z
      .string()
      .openapi({ description: 'Identifier of the code.', example: 'urn:tintype:problem:image_not_found' }),
    title: z.string().openapi({ description: 'Summary of the code; constant.' }),
    status: z.int(),
    detail: z.string().openapi({ description: 'What was expected and what arrived.' }),
    code: z
      .string()
      .openapi({ enum: Object.keys(FAILURES), description: 'Stable identifier of the error, for programs.' }),
    request_id: z
      .string()
      .optional()
      .openapi({ description: '`X-Request-Id` of the response, under which the server logged the error.' }),
  })
  .openapi('Problem', {
    description:
      'Problem document (RFC 9457). Further members depend on the code, such as `field`, `expected`, `received`, `max_bytes`.',
  })
