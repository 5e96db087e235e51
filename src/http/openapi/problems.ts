// Error responses of the OpenAPI document, from the table of error codes.

import type { RouteConfig } from '@hono/zod-openapi'
import { ERROR_CODES, type ErrorCode, FAILURES } from '../../core/errors.ts'
import { problemSchema } from '../schemas/problem.ts'
import { exampleOf } from './problem-examples.ts'

type Responses = RouteConfig['responses']

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

/** Failures of every route with a JSON body. */
export const BODY_FAILURES = [
  'invalid_body',
  'upload_aborted',
  'malformed_request',
  'request_timeout',
  'upload_too_large',
] as const satisfies ErrorCode[]

/** Failures of every upload. */
export const UPLOAD_FAILURES = [
  'invalid_project_id',
  'invalid_parameter',
  'project_not_found',
  'idempotency_running',
  'idempotency_conflict',
  'quota_exceeded',
  'malformed_multipart',
  'file_missing',
  'wrong_field',
  'too_many_files',
  'upload_aborted',
  'malformed_request',
  'request_timeout',
  'upload_too_large',
  'too_many_pixels',
  'multipart_required',
  'not_an_image',
  'unsupported_image_type',
  'unsupported_image_layout',
  'empty_file',
  'damaged_image',
  'image_too_slow',
  'encoder_failed',
  ...WRITE_FAILURES,
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
  'forbidden',
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
