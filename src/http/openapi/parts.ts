// Parameters, headers and bodies that descriptions share.

import type { z } from '@hono/zod-openapi'
import { IMAGE_ID, PROJECT_ID, PROJECT_ID_RULE, SIZES, type Size } from '../../core/names.ts'
import { MAX_PAGE } from '../request/params.ts'
import { EXAMPLE_IMAGE_ID, EXAMPLE_PROJECT_ID, EXAMPLE_SIZES } from '../schemas/examples.ts'

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

const oneOf = (values: readonly string[]) => ({ type: 'string' as const, enum: [...values] })

export const sizeParameter = (standard: Size) =>
  ({
    name: 'size',
    in: 'query',
    description: 'Which variant. `game` is exactly 50 x 50; the others keep the proportions.',
    schema: { ...oneOf(SIZES), default: standard },
    example: 'thumb',
  }) as const

export const sizeInPath = {
  name: 'size',
  in: 'path',
  required: true,
  description: 'Which variant.',
  schema: oneOf(SIZES),
  example: 'thumb',
} as const

export const formatParameter = {
  name: 'format',
  in: 'path',
  required: true,
  description: 'JPEG is stored; WebP and AVIF are made from the original when they are first asked for.',
  schema: oneOf(['jpg', 'webp', 'avif']),
  example: 'jpg',
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
      description:
        `Where the page begins: the text that \`next\` of an earlier page has, unchanged. It stays good when ${entries} ` +
        'are deleted. The id of one is understood too: the page begins behind it.',
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

/** On changes of a project. */
export const ifMatchParameter = {
  name: 'If-Match',
  in: 'header',
  description:
    'Makes the change only if the project is still at the revision of this `ETag` (of the project, or of the list of its ' +
    'images), so that nobody overwrites a change that they have not seen. `*` accepts any revision.',
  schema: { type: 'string' },
  example: '"7"',
} as const

export const NOT_MODIFIED = { description: 'The client has it already (If-None-Match).' } as const

/** Of the stored sizes, where the URL has no extension. */
export const formatInQuery = {
  name: 'format',
  in: 'query',
  description:
    'Another format than the stored JPEG, made from the original when it is first asked for. `auto` chooses by ' +
    '`Accept`: AVIF, then WebP, where they are named, else JPEG.',
  schema: oneOf(['auto', 'avif', 'webp', 'jpeg']),
  example: 'auto',
} as const

/** @param purpose of the signature */
export const signatureParameters = (purpose: string) =>
  [
    {
      name: 'exp',
      in: 'query',
      description: 'When the URL stops to be valid, in seconds since 1970.',
      schema: { type: 'integer', minimum: 0 },
      example: 1798761600,
    },
    {
      name: 'sig',
      in: 'query',
      description: purpose,
      schema: { type: 'string' },
      example: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY',
    },
  ] as const

/** Of a picture that needs no signature where its project is public. */
export const PRIVATE_PICTURE = signatureParameters(
  'For a picture of a private project, instead of a key: the signature of the URL, as `tintype sign` and `signUrl` make ' +
    'it. It needs `exp`.',
)

const FILE = { schema: { type: 'string', format: 'binary' } } as const

const PICTURE = { 'image/jpeg': FILE, 'image/webp': FILE, 'image/avif': FILE } as const

/** What a picture is answered with besides all of it. */
export const OTHER_PICTURE_ANSWERS = {
  206: {
    description: 'The part of it that `Range` names. Several ranges are answered by all of it.',
    headers: {
      'Content-Range': { description: 'Which part of how many bytes.', schema: { type: 'string' } },
    },
    content: PICTURE,
  },
  304: { description: 'The client has it already (If-None-Match, If-Modified-Since).' },
} as const

/** A picture. */
export const pictureAnswer = (description: string, cacheControl: string) =>
  ({
    description,
    headers: {
      ...etagHeader(`"${EXAMPLE_IMAGE_ID}-thumb-${EXAMPLE_SIZES.thumb.bytes}"`),
      'Last-Modified': { description: 'Since when it is this picture.', schema: { type: 'string' } },
      'Accept-Ranges': { description: 'Parts can be asked for.', schema: oneOf(['bytes']) },
      'Cache-Control': { description: 'How long it can be kept.', schema: { type: 'string' }, example: cacheControl },
      Vary: { description: '`Accept`, where that decided.', schema: { type: 'string' }, example: 'Accept' },
    },
    content: PICTURE,
  }) as const
