// The ways to say who one is, as the document lists them.

import { CSRF_COOKIE, SESSION_COOKIE } from '../../services/auth/credentials.ts'

export const SECURITY_SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of `POST /auth/login`, or one of the identity provider of `JWKS_URL`.',
  },
  key: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key of `tintype key create`.' },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description: `Of a browser. Changes also need the value of the cookie \`${CSRF_COOKIE}\` in the header \`X-CSRF-Token\`.`,
  },
} as const

/** Any of them, or none: pictures of public projects, and a server that asks nobody, need none. */
export const SECURITY: Record<string, string[]>[] = [{}, { token: [] }, { key: [] }, { cookie: [] }]
