// Parameters, headers and bodies that descriptions share.

import type { z } from '@hono/zod-openapi'
import { IMAGE_ID, PROJECT_ID, PROJECT_ID_RULE } from '../../core/names.ts'
import { MAX_PAGE } from '../params.ts'
import { EXAMPLE_IMAGE_ID, EXAMPLE_PROJECT_ID } from './examples.ts'

export const projectIdParameter = {
  name: 'project_id',
  in: 'path',
  required: true,
  description: `${PROJECT_ID_RULE}.`,
  schema: { type: 'string', pattern: PROJECT_ID.source },
  example: EXAMPLE_PROJECT_ID,
} as const

export const imageIdParameter = {
  name: 'image_id',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: IMAGE_ID.source },
  example: EXAMPLE_IMAGE_ID,
} as const

/**
 * @param standard entries of a page where none is asked for
 * @param lastId of the page before, as an example
 */
export const pageParameters = (entries: string, standard: number | 'all', lastId: string) =>
  [
    {
      name: 'limit',
      in: 'query',
      description: `Most ${entries} of the answer. Default: ${standard}.`,
      schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE },
      example: 50,
    },
    {
      name: 'after',
      in: 'query',
      description: `Id of one of the ${entries}: the answer begins behind it.`,
      schema: { type: 'string' },
      example: lastId,
    },
  ] as const

/** An answer in JSON. */
export const jsonAnswer = (description: string, schema: z.ZodType, headers?: Record<string, HeaderText>) => ({
  description,
  ...(headers ? { headers } : {}),
  content: { 'application/json': { schema } },
})

type HeaderText = { description: string; schema: { type: 'string' }; example?: string }

export const etagHeader = (example: string) =>
  ({
    ETag: { description: 'Send it back as If-None-Match.', schema: { type: 'string' }, example },
  }) as const

export const NOT_MODIFIED = { description: 'The client has it already (If-None-Match).' } as const

/** A stored JPEG. */
export const pictureAnswer = (description: string, cacheControl: string) =>
  ({
    description,
    headers: {
      ...etagHeader(`"${EXAMPLE_IMAGE_ID}-thumb"`),
      'Last-Modified': { description: 'When the file was made.', schema: { type: 'string' } },
      'Cache-Control': { description: 'How long it can be kept.', schema: { type: 'string' }, example: cacheControl },
    },
    content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
  }) as const
