// Descriptions of the account routes.

import type { RouteConfig, z } from '@hono/zod-openapi'
import type { ErrorCode } from '../../core/errors.ts'
import {
  credentialsSchema,
  forgottenPasswordSchema,
  meSchema,
  oidcCallbackQuery,
  oidcQuery,
  passwordChangeSchema,
  passwordResetSchema,
  registrationSchema,
  sessionSchema,
  signedInSchema,
  signInOptionsSchema,
} from '../schemas/accounts.ts'
import {
  EXAMPLE_EMAIL,
  EXAMPLE_NEW_PASSWORD,
  EXAMPLE_PASSWORD,
  EXAMPLE_REFRESH_TOKEN,
  EXAMPLE_RESET_TOKEN,
} from '../schemas/examples.ts'
import { csrfHeaders } from '../schemas/parameters.ts'
import { COMMON_FAILURES, BODY_FAILURES as OF_BODY, problems } from './problems.ts'
import { jsonResponse, sessionCookies } from './responses.ts'

const TAGS = ['Accounts']

const AS_COOKIES = sessionCookies('present with `cookie: true`')

/** @param example of a body without its optional members, which Swagger UI would send */
const body = (schema: z.ZodType, example: Record<string, string>) => ({
  body: { required: true, content: { 'application/json': { schema, example } } },
})

/** Failures of every route with a body. */
const BODY_FAILURES = [
  ...OF_BODY,
  ...COMMON_FAILURES,
  'csrf',
  'busy',
  'read_only',
  'shutting_down',
  'storage_full',
] as const satisfies ErrorCode[]

export const options: RouteConfig = {
  method: 'get',
  path: '/auth/options',
  operationId: 'signInOptions',
  tags: TAGS,
  summary: 'Get the ways to sign in',
  description: 'For forms: what is offered here. It tells nothing of any account.',
  responses: {
    200: jsonResponse('The ways.', signInOptionsSchema),
    ...problems('unexpected_host', 'rate_limited', 'internal', 'store_unavailable'),
  },
}

export const register: RouteConfig = {
  method: 'post',
  path: '/auth/register',
  operationId: 'register',
  tags: TAGS,
  summary: 'Create an account and sign in',
  description: 'If the server allows registration to all, or by invitation (`REGISTRATION`).',
  request: body(registrationSchema, { email: EXAMPLE_EMAIL, password: EXAMPLE_PASSWORD }),
  responses: {
    201: jsonResponse('The account and a session.', signedInSchema, AS_COOKIES),
    ...problems('registration_closed', 'invite_invalid', 'email_taken', ...BODY_FAILURES),
  },
}

export const login: RouteConfig = {
  method: 'post',
  path: '/auth/login',
  operationId: 'login',
  tags: TAGS,
  summary: 'Sign in',
  description: 'The response is the same for an unknown e-mail address, a wrong password and a disabled account.',
  request: body(credentialsSchema, { email: EXAMPLE_EMAIL, password: EXAMPLE_PASSWORD }),
  responses: {
    200: jsonResponse('A session.', signedInSchema, AS_COOKIES),
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
    'A refresh token is valid once, for 30 days. For 10 seconds after its use it gives the same next token again, as tabs of ' +
    'one browser need; later, its reuse ends the session, because the token may be stolen.',
  request: { headers: csrfHeaders, ...body(sessionSchema, { refresh_token: EXAMPLE_REFRESH_TOKEN }) },
  responses: {
    200: jsonResponse('The new tokens of the session.', signedInSchema, AS_COOKIES),
    ...problems('unauthenticated', ...BODY_FAILURES),
  },
}

export const logout: RouteConfig = {
  method: 'post',
  path: '/auth/logout',
  operationId: 'logout',
  tags: TAGS,
  summary: 'Sign out',
  description: 'Ends the session and its access token at once. The response is the same for a session that has ended.',
  request: { headers: csrfHeaders, ...body(sessionSchema, { refresh_token: EXAMPLE_REFRESH_TOKEN }) },
  responses: {
    204: { description: 'The session has ended.', headers: sessionCookies('cleared with `cookie: true`') },
    ...problems(...BODY_FAILURES),
  },
}

const FLOW_COOKIE = {
  'Set-Cookie': {
    description: 'The cookie `tintype_oidc`, which holds the sealed sign-in for 10 minutes.',
    schema: { type: 'string' },
  },
} as const

const location = (description: string, example: string) =>
  ({ Location: { description, schema: { type: 'string' }, example } }) as const

/** Failures of both routes of an identity provider. */
const OIDC_FAILURES = [
  'oidc_not_configured',
  ...COMMON_FAILURES,
  'oidc_unavailable',
  'read_only',
  'storage_full',
] as const satisfies ErrorCode[]

const IN_BROWSERS =
  'Where the gallery is served and `Accept` names `text/html`, an error that concerns the person is answered 303 too, ' +
  'to `/?sign-in=<code>`.'

export const oidc: RouteConfig = {
  method: 'get',
  path: '/auth/oidc',
  operationId: 'signInByProvider',
  tags: TAGS,
  summary: 'Sign in by the identity provider',
  description: `For browsers: leads to the provider (\`OIDC_ISSUER\`), which leads back to \`/auth/oidc/callback\`. ${IN_BROWSERS}`,
  request: { query: oidcQuery },
  responses: {
    303: {
      description: 'The sign-in goes on at the provider.',
      headers: { ...FLOW_COOKIE, ...location('Address at the provider.', 'https://id.example.com/auth?state=…') },
    },
    ...problems('invalid_parameter', ...OIDC_FAILURES),
  },
}

export const oidcCallback: RouteConfig = {
  method: 'get',
  path: '/auth/oidc/callback',
  operationId: 'finishSignInByProvider',
  tags: TAGS,
  summary: 'Finish a sign-in by the identity provider',
  description: `The provider leads the browser here. Counts as an attempt to sign in. ${IN_BROWSERS}`,
  request: { query: oidcCallbackQuery },
  responses: {
    303: {
      description: 'A session, and the page that the sign-in began on.',
      headers: {
        ...sessionCookies('absent after an error; `tintype_oidc` is cleared'),
        ...location('The page.', '/g/demo'),
      },
    },
    ...problems(
      'registration_closed',
      'identity_without_email',
      'account_disabled',
      'oidc_denied',
      'oidc_state',
      'oidc_failed',
      'email_taken',
      ...OIDC_FAILURES,
    ),
  },
}

export const me: RouteConfig = {
  method: 'get',
  path: '/auth/me',
  operationId: 'me',
  tags: TAGS,
  summary: 'Get the principal of the request',
  responses: {
    200: jsonResponse('The principal.', meSchema),
    ...problems('unauthenticated', ...COMMON_FAILURES, 'issuer_unavailable'),
  },
}

export const password: RouteConfig = {
  method: 'post',
  path: '/auth/password',
  operationId: 'changePassword',
  tags: TAGS,
  summary: 'Change the password',
  description: 'Ends all sessions of the user and starts a new one.',
  request: {
    headers: csrfHeaders,
    ...body(passwordChangeSchema, { current: EXAMPLE_PASSWORD, new: EXAMPLE_NEW_PASSWORD }),
  },
  responses: {
    200: jsonResponse('A new session.', signedInSchema, AS_COOKIES),
    ...problems('unauthenticated', 'wrong_credentials', ...BODY_FAILURES),
  },
}

export const forgottenPassword: RouteConfig = {
  method: 'post',
  path: '/auth/forgotten-password',
  operationId: 'forgottenPassword',
  tags: TAGS,
  summary: 'Send a link for a new password',
  description:
    'If the server sends mail (`SMTP_URL`). The answer is the same for every address, and comes before the account is ' +
    'looked up. The link leads to `#reset=<token>` of `PUBLIC_URL`, and works once within an hour. An address gets at most ' +
    'three mails an hour, in English or German by `Accept-Language`.',
  request: body(forgottenPasswordSchema, { email: EXAMPLE_EMAIL }),
  responses: {
    202: { description: 'A mail is sent if the address has an account.' },
    ...problems('password_reset_closed', ...BODY_FAILURES),
  },
}

export const resetPassword: RouteConfig = {
  method: 'post',
  path: '/auth/reset-password',
  operationId: 'resetPassword',
  tags: TAGS,
  summary: 'Set a new password by the token of a mail',
  description:
    'Ends all sessions of the user. A token works once; a change of the password ends all that were sent before.',
  request: body(passwordResetSchema, { token: EXAMPLE_RESET_TOKEN, password: EXAMPLE_NEW_PASSWORD }),
  responses: {
    204: { description: 'The password was set: sign in by it.' },
    ...problems('reset_token_invalid', ...BODY_FAILURES),
  },
}
