// Request and response bodies of the account routes.

import { z } from '@hono/zod-openapi'
import {
  EMAIL_SOURCE,
  isEmail,
  isName,
  isPassword,
  MAX_EMAIL_LENGTH,
  MAX_NAME_LENGTH,
  PASSWORD_LENGTH,
  PASSWORD_RULE,
  REGISTRATIONS,
} from '../../core/auth/account.ts'
import { MAX_NEXT_LENGTH, NEXT_PATH } from '../../core/auth/oidc.ts'
import { characters } from '../../core/text.ts'
import { QUOTED } from '../request/json-body.ts'
import {
  EXAMPLE_EMAIL,
  EXAMPLE_PASSWORD,
  EXAMPLE_REFRESH_TOKEN,
  EXAMPLE_RESET_TOKEN,
  EXAMPLE_TIME,
  EXAMPLE_USER_ID,
} from './examples.ts'
import { optional } from './parameters.ts'

const NAME_RULE = `a text of 1 to ${MAX_NAME_LENGTH} characters, none of them a control character, or null`

/** A text without control characters, with spaces around it or not. */
const NAME_PATTERN = String.raw`^\s*[^\s\u0000-\u001f\u007f-\u009f](?:[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?\s*$`

const NEXT_RULE = `a path below this app, of at most ${MAX_NEXT_LENGTH} characters`

const MAX_INVITE_LENGTH = 100
const INVITE_RULE = `a code of at most ${MAX_INVITE_LENGTH} characters`

const MAX_TOKEN_LENGTH = 200

/** JSON Schema counts characters; a text of more than two code units for each is refused without counting. */
const hasAtMost = (most: number) => (text: string) => text.length <= 2 * most && characters(text) <= most

export const email = z
  .string('an e-mail address')
  .max(MAX_EMAIL_LENGTH, 'an e-mail address')
  .trim()
  .refine(isEmail, { error: 'an e-mail address', params: QUOTED })
  // Not `format: email`, which accepts more, and no spaces around it.
  .openapi({ pattern: String.raw`^\s*${EMAIL_SOURCE}\s*$`, example: EXAMPLE_EMAIL })

const newPassword = z
  .string(`a password of ${PASSWORD_RULE}`)
  .refine(isPassword, `a password of ${PASSWORD_RULE}`)
  .openapi({
    format: 'password',
    minLength: PASSWORD_LENGTH.least,
    maxLength: PASSWORD_LENGTH.most,
    example: EXAMPLE_PASSWORD,
  })

/** Password of an existing account: the rule may have changed since it was set. */
const password = z
  .string('a password')
  .refine(hasAtMost(PASSWORD_LENGTH.most), `a password of at most ${PASSWORD_LENGTH.most} characters`)
  .openapi({ format: 'password', maxLength: PASSWORD_LENGTH.most, example: EXAMPLE_PASSWORD })

const name = z
  .string(NAME_RULE)
  .refine(hasAtMost(MAX_NAME_LENGTH), NAME_RULE)
  .trim()
  .refine(isName, NAME_RULE)
  .nullable()
  .openapi({ maxLength: MAX_NAME_LENGTH, pattern: NAME_PATTERN, example: 'Ada' })

const cookie = z
  .boolean()
  .default(false)
  .openapi({
    description:
      'For a page in a browser: `true` returns the tokens as `HttpOnly; SameSite=Strict` cookies, not in the body. ' +
      'Requests other than GET then need the value of the cookie `tintype_csrf` in the header `X-CSRF-Token`.',
  })

const refreshToken = z.string('a refresh token').refine(hasAtMost(MAX_TOKEN_LENGTH), 'a refresh token').openapi({
  maxLength: MAX_TOKEN_LENGTH,
  description: 'Newest refresh token of the session; valid once.',
  example: EXAMPLE_REFRESH_TOKEN,
})

export const signInOptionsSchema = z
  .object({
    open: z.boolean().openapi({ description: 'Whether every request may do everything, without signing in.' }),
    registration: z.enum(REGISTRATIONS).openapi({
      description: 'Who may create an account: all, holders of an invitation, or nobody.',
      example: 'invite',
    }),
    password_reset: z.boolean().openapi({
      description: 'Whether `POST /auth/forgotten-password` sends mail.',
    }),
    provider: z.string().nullable().openapi({
      description: 'Name of the identity provider that `GET /auth/oidc` leads to; null without one.',
      example: 'Example Inc.',
    }),
  })
  .openapi('SignInOptions')

export const nextSchema = z.string().max(MAX_NEXT_LENGTH, NEXT_RULE).regex(NEXT_PATH, NEXT_RULE)

/** Query of a sign-in by an identity provider. */
export const oidcQuery = z.object({
  next: optional(nextSchema, 'Path below this app that the browser is led to afterwards. Default: `/`.', '/g/demo'),
})

/** Query by which the provider leads the browser back. Further members are ignored. */
export const oidcCallbackQuery = z.object({
  code: optional(z.string(), 'Code of the provider, valid once.', 'SplxlOBeZQQYbYS6WxSbIA'),
  state: optional(z.string(), 'Names the sign-in that the browser began.', 'af0ifjsldkj'),
  iss: optional(z.string(), 'The provider (RFC 9207).', 'https://id.example.com'),
  error: optional(z.string(), 'Why there is no code.', 'access_denied'),
})

export const registrationSchema = z
  .strictObject({
    email,
    password: newPassword,
    name: name.optional(),
    invite: z.string(INVITE_RULE).refine(hasAtMost(MAX_INVITE_LENGTH), INVITE_RULE).optional().openapi({
      maxLength: MAX_INVITE_LENGTH,
      description: 'Invitation code, if the server requires one.',
      example: 'tti_7k2m9x4q1w8e5r3t6y0u2i4o6p',
    }),
    cookie,
  })
  .openapi('Registration')

export const credentialsSchema = z.strictObject({ email, password, cookie }).openapi('Credentials')

/** A session, identified by its newest refresh token or by the cookie that holds it. */
export const sessionSchema = z
  .strictObject({ refresh_token: refreshToken.optional(), cookie })
  .refine(({ refresh_token, cookie }) => (refresh_token !== undefined) !== cookie, {
    error: 'either refresh_token or cookie: true',
  })
  .openapi('SessionChoice', {
    // One of them; Redocly misses that the values of `cookie` tell them apart, and wants no `oneOf`.
    anyOf: [
      { required: ['refresh_token'], properties: { cookie: { const: false } } },
      { required: ['cookie'], properties: { cookie: { const: true }, refresh_token: { not: {} } } },
    ],
  })

export const passwordChangeSchema = z
  .strictObject({ current: password, new: newPassword, cookie })
  .openapi('PasswordChange')

export const forgottenPasswordSchema = z.strictObject({ email }).openapi('ForgottenPassword')

export const passwordResetSchema = z
  .strictObject({
    token: z.string('a token').refine(hasAtMost(MAX_TOKEN_LENGTH), 'a token').openapi({
      maxLength: MAX_TOKEN_LENGTH,
      description: 'From the link in the mail: what follows `#reset=`.',
      example: EXAMPLE_RESET_TOKEN,
    }),
    password: newPassword,
  })
  .openapi('PasswordReset')

const userId = z.string().openapi({ example: EXAMPLE_USER_ID })

const userViewSchema = z
  .object({
    id: userId,
    email: z.string().openapi({ example: EXAMPLE_EMAIL }),
    name: z.string().nullable().openapi({ example: 'Ada' }),
    has_password: z.boolean().openapi({ description: 'False where an identity provider alone signs in.' }),
    created_at: z.iso.datetime().openapi({ example: EXAMPLE_TIME }),
  })
  .openapi('User')

export const signedInSchema = z
  .object({
    user: userViewSchema,
    token_type: z.literal('Bearer'),
    expires_in: z.int().openapi({ description: 'Lifetime of the access token in seconds.', example: 900 }),
    access_token: z.string().optional().openapi({ description: 'Absent if it was set as a cookie.' }),
    refresh_token: refreshToken.optional(),
    csrf_token: z.string().optional().openapi({ description: 'Present if the tokens were set as cookies.' }),
  })
  .openapi('SignedIn')

export const meSchema = z
  .object({
    kind: z.enum(['user', 'key', 'anybody']).openapi({
      description: '`anybody` if the server requires no authentication.',
      example: 'user',
    }),
    id: userId.nullable().openapi({ description: 'Id of the user or the key.' }),
    role: z.string().nullable().openapi({ description: 'Role of a key.', example: null }),
    // Not `nullable()`, whose description is an `allOf` that null does not fulfil.
    user: z.union([userViewSchema, z.null()]).openapi({
      description: 'Account of the user, if it is on this server.',
    }),
  })
  .openapi('Me')

export type UserView = z.infer<typeof userViewSchema>
export type SignedInView = z.infer<typeof signedInSchema>
export type MeView = z.infer<typeof meSchema>

export type SignInOptionsView = z.infer<typeof signInOptionsSchema>
