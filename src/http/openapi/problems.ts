// Error responses of the OpenAPI document, from the table of error codes.

import type { RouteConfig } from '@hono/zod-openapi'
import { ERROR_CODES, type ErrorCode, FAILURES, TintypeError } from '../../core/errors.ts'
import { PROJECT_ID_RULE, SIZES } from '../../core/names.ts'
import { problemOf } from '../response/problem.ts'
import { EXAMPLE_IMAGE_ID, EXAMPLE_PROJECT_ID, EXAMPLE_SIZES } from '../schemas/examples.ts'
import { problemSchema } from '../schemas/problem.ts'

type Responses = RouteConfig['responses']

interface Example {
  detail: string
  details?: Record<string, unknown>
}

const ACCEPTED = 'accepted are JPEG, PNG, WebP, GIF, TIFF, AVIF'
const ACCEPTED_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/tiff', 'image/avif']

/** As the server sends them; compared with real responses by a test. */
const EXAMPLES: Record<ErrorCode, Example> = {
  invalid_project_id: {
    detail: `Expected a project id of ${PROJECT_ID_RULE}, received ".hidden".`,
    details: { field: 'project_id', expected: PROJECT_ID_RULE, received: '.hidden' },
  },
  invalid_parameter: {
    detail: `size: expected one of ${SIZES.join(', ')}, received "huge".`,
    details: { field: 'size', expected: SIZES, received: 'huge' },
  },
  invalid_body: {
    detail: 'title: expected a text of at most 200 characters, or null, received a number.',
    details: { field: 'title', expected: 'a text of at most 200 characters, or null', received: 'a number' },
  },
  malformed_multipart: { detail: 'Expected a complete multipart/form-data body: Unexpected end of form.' },
  file_missing: {
    detail: 'Expected an image in field "file", the form has no file.',
    details: { field: 'file' },
  },
  wrong_field: {
    detail: 'Expected the file in field "file", it came in field "photo".',
    details: { expected: 'file', received: 'photo' },
  },
  too_many_files: {
    detail: 'Expected one file, received more. Send each image in a request of its own.',
    details: { max_files: 1 },
  },
  upload_aborted: { detail: 'The connection ended before the request was complete.' },
  client_gone: { detail: 'The client has gone.' },
  unauthenticated: {
    detail: 'Expected an API key (X-API-Key, or Authorization: Bearer) or a signed-in user, the request has neither.',
  },
  forbidden: { detail: `Expected a key or user that may upload to project "${EXAMPLE_PROJECT_ID}".` },
  wrong_credentials: { detail: 'Expected an e-mail address and its password.' },
  registration_closed: { detail: 'Registration is closed: the operator creates accounts.' },
  invite_invalid: { detail: 'The invitation is unknown, used, expired or for another e-mail address.' },
  csrf: { detail: 'Expected the value of the cookie "tintype_csrf" in "X-CSRF-Token", the request has none.' },
  unexpected_host: {
    detail:
      'Expected one of these hosts: localhost, 127.0.0.1; received "evil.example". As long as there is no key and no ' +
      'account, other names are refused, because any site can let its name lead to this machine. To be reached by this ' +
      'one, name its site in ALLOWED_ORIGINS, make a key (tintype key create) or an account, or set AUTH=none.',
    details: { received: 'evil.example' },
  },
  email_taken: { detail: 'There is an account with this e-mail address.' },
  issuer_unavailable: { detail: 'The keys of the token issuer cannot be fetched now.' },
  signature_required: { detail: 'Expected a signature in "sig", or one of the presets in "preset".' },
  signature_invalid: { detail: 'The signature does not match this URL.' },
  signature_expired: { detail: 'The URL was valid until 2026-05-04T09:30:00.000Z.' },
  route_not_found: { detail: 'There is no route GET /pictures.' },
  project_not_found: { detail: `There is no project "${EXAMPLE_PROJECT_ID}".` },
  image_not_found: { detail: `There is no image "${EXAMPLE_IMAGE_ID}" in project "${EXAMPLE_PROJECT_ID}".` },
  no_primary_image: { detail: `Project "${EXAMPLE_PROJECT_ID}" has no image, so it has no cover.` },
  method_not_allowed: {
    detail: 'Expected GET, HEAD, OPTIONS, received PUT.',
    details: { allow: ['GET', 'HEAD', 'OPTIONS'], received: 'PUT' },
  },
  idempotency_running: {
    detail: 'The first upload with this Idempotency-Key is still running. Retry in a moment.',
  },
  precondition_failed: {
    detail: 'The image is not, or no longer, the one that the request names.',
    details: { etag: `"${EXAMPLE_IMAGE_ID}-original-${EXAMPLE_SIZES.original.bytes}"` },
  },
  upload_too_large: {
    detail: 'Expected a file of at most 26214400 bytes (25 MiB).',
    details: { max_bytes: 26214400 },
  },
  too_many_pixels: {
    detail: 'The picture has 17000 × 17000 pixels; at most 100000000 are accepted.',
    details: { width: 17000, height: 17000, max_pixels: 100000000 },
  },
  multipart_required: {
    detail: 'Expected multipart/form-data with the image in field "file", received application/json.',
    details: { expected: 'multipart/form-data', received: 'application/json' },
  },
  not_an_image: {
    detail: `It is text/plain; ${ACCEPTED}.`,
    details: { received: 'text/plain', accepted: ACCEPTED_TYPES },
  },
  unsupported_image_type: {
    detail: `It is image/svg+xml; ${ACCEPTED}.`,
    details: { received: 'image/svg+xml', accepted: ACCEPTED_TYPES },
  },
  range_not_satisfiable: {
    detail: 'Expected a range that begins before byte 20000.',
    details: { bytes: 20000 },
  },
  empty_file: { detail: 'Expected an image in field "file", it has 0 bytes.' },
  damaged_image: { detail: 'The JPEG file is damaged: it breaks off.' },
  image_too_slow: { detail: 'The picture could not be decoded within 30 s.' },
  idempotency_conflict: {
    detail: 'The Idempotency-Key came with another file before. Take a new key.',
    details: { field: 'Idempotency-Key' },
  },
  rate_limited: {
    detail: 'Expected at most 100 requests in 60 seconds. Try again in 12 seconds.',
    details: { limit: 100, window_seconds: 60 },
  },
  // Their detail is constant; see response/problem.ts.
  internal: { detail: '' },
  project_damaged: { detail: '' },
  busy: { detail: '64 pictures are waiting already.' },
  encoder_failed: { detail: 'The encoder ended unexpectedly, twice.' },
  read_only: { detail: 'The store is read-only: it can be read, and takes no changes.' },
  store_unavailable: { detail: 'The store cannot be used now (EIO).' },
  shutting_down: { detail: 'The server is shutting down and takes no changes.' },
  storage_full: {
    detail: 'The disk of the store has 52428800 bytes free; uploads need at least 67108864.',
    details: { expected: 67108864, received: 52428800 },
  },
  quota_exceeded: {
    detail: `Expected at most 500 images in project "${EXAMPLE_PROJECT_ID}", it has 500. Delete some first.`,
    details: { max_images: 500, images: 500 },
  },
}

/** Error responses of a route: one for each status, with an example of each code. */
export const problems = (...codes: ErrorCode[]): Responses => {
  const responses: Responses = {}
  const inOrder = ERROR_CODES.filter((code) => codes.includes(code))
  for (const status of new Set(inOrder.map((code) => FAILURES[code].status))) {
    const same = inOrder.filter((code) => FAILURES[code].status === status)
    responses[status] = {
      description: same.map((code) => `${FAILURES[code].title} (\`${code}\`)`).join('. '),
      ...(HEADERS.has(status) ? { headers: HEADERS.get(status) } : {}),
      content: {
        'application/problem+json': {
          schema: problemSchema,
          examples: Object.fromEntries(same.map((code) => [code, { value: exampleOf(code) }])),
        },
      },
    }
  }
  return responses
}

/** Failures of every route that writes. */
export const WRITE_FAILURES = [
  'rate_limited',
  'unauthenticated',
  'forbidden',
  'csrf',
  'unexpected_host',
  'internal',
  'project_damaged',
  'busy',
  'read_only',
  'store_unavailable',
  'shutting_down',
  'storage_full',
  'issuer_unavailable',
] as const satisfies ErrorCode[]

/** Failures of every change of an existing project. */
export const CHANGE_FAILURES = [
  'invalid_project_id',
  'invalid_parameter',
  'project_not_found',
  'precondition_failed',
  ...WRITE_FAILURES,
] as const satisfies ErrorCode[]

/** Failures of every route: a limit, a wrong host, a store that could not be opened. */
export const COMMON_FAILURES = [
  'rate_limited',
  'unexpected_host',
  'internal',
  'store_unavailable',
] as const satisfies ErrorCode[]

/** Failures of every route that reads a project. */
export const READ_FAILURES = [
  'unauthenticated',
  ...COMMON_FAILURES,
  'project_damaged',
  'issuer_unavailable',
] as const satisfies ErrorCode[]

/** Failures of every route that sends a picture, rendered if necessary. */
export const PICTURE_FAILURES = [
  'signature_invalid',
  'signature_expired',
  'precondition_failed',
  'range_not_satisfiable',
  ...READ_FAILURES,
  'image_too_slow',
  'encoder_failed',
  'busy',
  'shutting_down',
  'storage_full',
] as const satisfies ErrorCode[]

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds to wait before a retry.', schema: { type: 'integer' }, example: 5 },
} as const

const WWW_AUTHENTICATE = {
  'WWW-Authenticate': {
    description: 'Authentication scheme.',
    schema: { type: 'string' },
    example: 'Bearer realm="tintype"',
  },
} as const

const ALLOW = {
  Allow: { description: 'Methods of the path.', schema: { type: 'string' }, example: 'GET, HEAD, OPTIONS' },
} as const

const CONTENT_RANGE = {
  'Content-Range': { description: 'The length of the whole.', schema: { type: 'string' }, example: 'bytes */20000' },
} as const

/** Headers of error responses, by their status. */
const HEADERS = new Map<number, typeof RETRY_AFTER | typeof WWW_AUTHENTICATE | typeof ALLOW | typeof CONTENT_RANGE>([
  [401, WWW_AUTHENTICATE],
  [405, ALLOW],
  [409, RETRY_AFTER],
  [416, CONTENT_RANGE],
  [429, RETRY_AFTER],
  [503, RETRY_AFTER],
])

const exampleOf = (code: ErrorCode) => {
  const { detail, details } = EXAMPLES[code]
  return problemOf(new TintypeError(code, detail, { details })).body
}
