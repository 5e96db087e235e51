// Descriptions of the routes of accounts.

import type { RouteConfig, z } from '@hono/zod-openapi'
import type { ErrorCode } from '../../core/errors.ts'
import {
  credentialsSchema,
  meSchema,
  passwordChangeSchema,
  registrationSchema,
  sessionSchema,
  signedInSchema,
} from '../schemas/accounts.ts'
import { jsonAnswer } from './parts.ts'
import { problems } from './problems.ts'

const TAGS = ['Accounts']

const body = (schema: z.ZodType) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})

/** What every route with a body can meet. */
const BODY_FAILURES = [
  'invalid_body',
  'upload_aborted',
  'csrf',
  'unexpected_host',
  'upload_too_large',
  'rate_limited',
  'internal',
  'busy',
  'store_unavailable',
  'shutting_down',
  'storage_full',
] as const satisfies ErrorCode[]

const CSRF = {
  name: 'X-CSRF-Token',
  in: 'header',
  description: 'The value of the cookie `tintype_csrf`; needed where the session is known by a cookie.',
  schema: { type: 'string' },
  example: 'pRIb2JdXh1YqYkSmVZ9Y0bF3u5sQm8eWc7T4nK6vL0o',
} as const

export const register: RouteConfig = {
  method: 'post',
  path: '/auth/register',
  operationId: 'register',
  tags: TAGS,
  summary: 'Make an account, and sign in',
  description: 'Where it is open to all, or to those with an invitation (`REGISTRATION`).',
  request: body(registrationSchema),
  responses: {
    201: jsonAnswer('The account, and a session.', signedInSchema),
    ...problems('registration_closed', 'invite_invalid', 'email_taken', ...BODY_FAILURES),
  },
}

export const login: RouteConfig = {
  method: 'post',
  path: '/auth/login',
  operationId: 'login',
  tags: TAGS,
  summary: 'Sign in',
  description: 'The answer is the same for an unknown address, a wrong password and an account that is disabled.',
  request: body(credentialsSchema),
  responses: {
    200: jsonAnswer('A session.', signedInSchema),
    ...problems('wrong_credentials', ...BODY_FAILURES),
  },
}

export const refresh: RouteConfig = {
  method: 'post',
  path: '/auth/refresh',
  operationId: 'refresh',
  tags: TAGS,
  summary: 'Renew a session',
  description:
    'Each refresh token is good once, for 30 days. One that comes again ends the session, because one of the two who ' +
    'had it stole it: a client must not use one twice at the same time.',
  parameters: [CSRF],
  request: body(sessionSchema),
  responses: {
    200: jsonAnswer('The next tokens of the session.', signedInSchema),
    ...problems('unauthenticated', ...BODY_FAILURES),
  },
}

export const logout: RouteConfig = {
  method: 'post',
  path: '/auth/logout',
  operationId: 'logout',
  tags: TAGS,
  summary: 'Sign out',
  description: 'The session ends at once, its access token too. Answered the same where it has ended before.',
  parameters: [CSRF],
  request: body(sessionSchema),
  responses: { 204: { description: 'The session has ended.' }, ...problems(...BODY_FAILURES) },
}

export const me: RouteConfig = {
  method: 'get',
  path: '/auth/me',
  operationId: 'me',
  tags: TAGS,
  summary: 'Who am I?',
  responses: {
    200: jsonAnswer('Whom the request comes from.', meSchema),
    ...problems(
      'unauthenticated',
      'unexpected_host',
      'rate_limited',
      'internal',
      'issuer_unavailable',
      'store_unavailable',
    ),
  },
}

export const password: RouteConfig = {
  method: 'post',
  path: '/auth/password',
  operationId: 'changePassword',
  tags: TAGS,
  summary: 'Change the password',
  description: 'All sessions of the user end, and a new one begins.',
  parameters: [CSRF],
  request: body(passwordChangeSchema),
  responses: {
    200: jsonAnswer('A new session.', signedInSchema),
    ...problems('unauthenticated', 'wrong_credentials', ...BODY_FAILURES),
  },
}
