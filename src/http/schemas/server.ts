// Responses of the health routes.

import { z } from '@hono/zod-openapi'
import { QUEUE_STATES } from '../../core/jobs/queue-url.ts'
import { ACCEPTED_TYPES } from '../../image/encoder.ts'

export const healthSchema = z
  .object({
    status: z.literal('ok'),
    version: z.string().openapi({ example: '1.0.0' }),
    uptime_seconds: z.int().min(0).openapi({ example: 86400 }),
    formats: z.object({
      accepted: z.array(z.enum(ACCEPTED_TYPES)).openapi({
        description: 'Media types of accepted uploads. `image/heic` is missing where its decoder is not installed.',
        example: [...ACCEPTED_TYPES],
      }),
    }),
  })
  .openapi('Health')

export const readySchema = z
  .object({
    status: z.literal('ready'),
    read_only: z.boolean().openapi({
      description: 'True where the server takes no changes, because it serves a store that is read-only.',
      example: false,
    }),
    queue: z
      .enum(QUEUE_STATES)
      .optional()
      .openapi({
        description:
          'Connection to the broker that carries jobs; absent where none does. Without it, uploads are accepted as jobs ' +
          'all the same, and made once it is back; a server without encoders refuses other uploads as busy.',
        example: 'connected',
      }),
  })
  .openapi('Ready')
