// Responses and response headers of the OpenAPI document.

import type { z } from '@hono/zod-openapi'
import { REUSED } from '../bucket-redirect.ts'
import { EXAMPLE_IMAGE_ID, EXAMPLE_SIZES } from '../schemas/examples.ts'

type Header = { description: string; schema: { type: 'string' }; example?: string }

export const jsonResponse = (description: string, schema: z.ZodType, headers?: Record<string, Header>) => ({
  description,
  ...(headers ? { headers } : {}),
  content: { 'application/json': { schema } },
})

export const etagHeader = (example: string) =>
  ({ ETag: { description: 'Validator for If-None-Match.', schema: { type: 'string' }, example } }) as const

/** Cookies of a session, set or cleared. */
export const sessionCookies = (when: string) =>
  ({
    'Set-Cookie': {
      description: `The cookies \`tintype_session\`, \`tintype_refresh\` and \`tintype_csrf\`; ${when}.`,
      schema: { type: 'string' },
    },
  }) as const

export const NOT_MODIFIED = {
  304: {
    description: 'The cached copy is current (`If-None-Match`, and for pictures `If-Modified-Since`).',
    headers: { ETag: { description: 'Validator of the copy.', schema: { type: 'string' } } },
  },
} as const

/** Of routes that answer originals. */
export const REDIRECTED = {
  302: {
    description:
      'With `REDIRECT_TO_BUCKET`: the original as JPEG is at a URL of the bucket, which ends after a minute at most. Not for ' +
      'requests with `If-Match`, `If-Unmodified-Since`, `If-Modified-Since` or `If-Range`.',
    headers: {
      Location: { description: 'Signed URL of the bucket.', schema: { type: 'string' } },
      'Cache-Control': {
        description: 'Shorter than the life of the URL.',
        schema: { type: 'string' },
        example: REUSED,
      },
    },
  },
} as const

const FILE = { schema: { type: 'string', format: 'binary' } } as const

const PICTURE = { 'image/jpeg': FILE, 'image/webp': FILE, 'image/avif': FILE, 'image/png': FILE } as const

/** Responses with a picture: the whole, a part of it, or 304. */
export const pictureResponses = (description: string, cacheControl: string) => {
  const headers = {
    ...etagHeader(`"${EXAMPLE_IMAGE_ID}-thumb-${EXAMPLE_SIZES.thumb.bytes}"`),
    'Last-Modified': { description: 'Time of the last change.', schema: { type: 'string' } },
    'Accept-Ranges': { description: 'Range requests are supported.', schema: { type: 'string', const: 'bytes' } },
    'Cache-Control': { description: 'Caching policy.', schema: { type: 'string' }, example: cacheControl },
    Vary: { description: '`Accept` after content negotiation.', schema: { type: 'string' }, example: 'Accept' },
  } as const
  return {
    200: { description, headers, content: PICTURE },
    206: {
      description: 'The part named by `Range`. Several ranges are answered by the whole picture.',
      headers: {
        ...headers,
        'Content-Range': { description: 'The part and the length of the whole.', schema: { type: 'string' } },
      },
      content: PICTURE,
    },
    ...NOT_MODIFIED,
  } as const
}
