// What people send and get who make an account, sign in and out.

import { z } from '@hono/zod-openapi'
import {
  isEmail,
  isName,
  isPassword,
  MAX_EMAIL_LENGTH,
  MAX_NAME_LENGTH,
  PASSWORD_LENGTH,
  PASSWORD_RULE,
} from '../core/account.ts'
import { EXAMPLE_TIME, EXAMPLE_USER_ID } from './openapi/examples.ts'
import { clip } from './params.ts'

const EXAMPLE_EMAIL = 'ada@example.com'
const EXAMPLE_PASSWORD = 'correct horse battery staple'

/** What arrived, without what is secret. */
const kindOf = (input: unknown): string =>
  input === undefined ? 'nothing' : input === null ? 'null' : Array.isArray(input) ? 'an array' : `a ${typeof input}`

const expects = (expected: string) => ({
  error: ({ input }: { input?: unknown }) => `expected ${expected}, received ${kindOf(input)}`,
})

/** Code points, as a person counts. */
const characters = (text: string): number => [...text].length

const email = z
  .string(expects('an e-mail address'))
  .trim()
  .refine(isEmail, {
    error: ({ input }) => `expected an e-mail address, received "${clip(String(input))}"`,
  })
  .openapi({ format: 'email', maxLength: MAX_EMAIL_LENGTH, example: EXAMPLE_EMAIL })

const newPassword = z
  .string(expects(`a password of ${PASSWORD_RULE}`))
  .refine(isPassword, {
    error: ({ input }) => `expected ${PASSWORD_RULE}, received ${characters(String(input))}`,
  })
  .openapi({
    format: 'password',
    minLength: PASSWORD_LENGTH.least,
    maxLength: PASSWORD_LENGTH.most,
    example: EXAMPLE_PASSWORD,
  })

/** One that was chosen before: any text that could be one. */
const password = z
  .string(expects('a password'))
  .refine((text) => text.length <= 2 * PASSWORD_LENGTH.most, `expected at most ${PASSWORD_LENGTH.most} characters`)
  .openapi({ format: 'password', example: EXAMPLE_PASSWORD })

const name = z
  .string(expects('a text or null'))
  .trim()
  .refine(isName, `expected 1 to ${MAX_NAME_LENGTH} characters, none of them a control character`)
  .nullable()
  .openapi({ maxLength: MAX_NAME_LENGTH, example: 'Ada' })

const cookie = z
  .boolean(expects('true or false'))
  .default(false)
  .openapi({
    description:
      'True for a page in a browser: the tokens come as `HttpOnly; SameSite=Strict` cookies and not in the body. ' +
      'Changes then need the value of the cookie `tintype_csrf` in the header `X-CSRF-Token`.',
  })

const refreshToken = z
  .string(expects('a refresh token'))
  .max(200, 'expected a refresh token, it is too long')
  .openapi({
    description: 'The newest one of the session; each is good once.',
    example: `ttr_${EXAMPLE_USER_ID}_1_1780565400_pRIb2JdXh1YqYkSmVZ9Y0bF3u5sQm8eWc7T4nK6vL0o`,
  })

export const registrationSchema = z
  .strictObject({
    email,
    password: newPassword,
    name: name.optional(),
    invite: z.string(expects('a code')).max(100, 'expected at most 100 characters').optional().openapi({
      description: 'The code of an invitation, where one is needed.',
      example: 'tti_7k2m9x4q1w8e5r3t6y0u2i4o6p',
    }),
    cookie,
  })
  .openapi('Registration')

export const credentialsSchema = z.strictObject({ email, password, cookie }).openapi('Credentials')

/** Which session: by its newest refresh token, or by the cookie that has it. */
export const sessionSchema = z
  .strictObject({ refresh_token: refreshToken.optional(), cookie })
  .refine(({ refresh_token, cookie }) => (refresh_token !== undefined) !== cookie, {
    error: 'expected either refresh_token, or cookie: true',
  })
  .openapi('SessionChoice')

export const passwordChangeSchema = z
  .strictObject({ current: password, new: newPassword, cookie })
  .openapi('PasswordChange')

const userId = z.string().openapi({ example: EXAMPLE_USER_ID })

const userViewSchema = z
  .object({
    id: userId,
    email: z.string().openapi({ example: EXAMPLE_EMAIL }),
    name: z.string().nullable().openapi({ example: 'Ada' }),
    created_at: z.iso.datetime().openapi({ example: EXAMPLE_TIME }),
  })
  .openapi('User')

export const signedInSchema = z
  .object({
    user: userViewSchema,
    token_type: z.literal('Bearer'),
    expires_in: z.int().openapi({ description: 'Seconds that the access token is good for.', example: 900 }),
    access_token: z.string().optional().openapi({ description: 'Absent where it came as a cookie.' }),
    refresh_token: refreshToken.optional(),
    csrf_token: z.string().optional().openapi({ description: 'Only where the tokens came as cookies.' }),
  })
  .openapi('SignedIn')

export const meSchema = z
  .object({
    kind: z.enum(['user', 'key', 'anybody']).openapi({
      description: '`anybody` where this server asks nobody who they are.',
      example: 'user',
    }),
    id: userId.nullable().openapi({ description: 'Of the user or the key.' }),
    role: z.string().nullable().openapi({ description: 'Of a key.', example: null }),
    user: userViewSchema.nullable().openapi({ description: 'The account, where the user has one here.' }),
  })
  .openapi('Me')

export type UserView = z.infer<typeof userViewSchema>
export type SignedInView = z.infer<typeof signedInSchema>
export type MeView = z.infer<typeof meSchema>
