// Routes of accounts: register, sign in, refresh, sign out, own principal, change of password.

import type { z } from '@hono/zod-openapi'
import { unauthenticated } from '../../../core/auth/access.ts'
import type { Registration, User } from '../../../core/auth/account.ts'
import { preferredLanguage } from '../../../core/request/language.ts'
import type { AccountService, SignedIn } from '../../../services/auth/accounts.ts'
import {
  bearerOf,
  type Credentials,
  cookieOf,
  REFRESH_COOKIE,
  SESSION_COOKIE,
} from '../../../services/auth/credentials.ts'
import type { CsrfGuard } from '../../../services/auth/csrf.ts'
import type { PasswordReset } from '../../../services/auth/password-reset.ts'
import { ACCESS_SECONDS, type Session } from '../../../services/auth/session-tokens.ts'
import { MAIL_LANGUAGES } from '../../../services/mail/password-mail.ts'
import { namedPrincipalOf } from '../../access.ts'
import type { Context } from '../../context.ts'
import { parseBody, readJson } from '../../request/json-body.ts'
import type { SessionCookies } from '../../response/auth/session-cookies.ts'
import { BASE_HEADERS, json, respond } from '../../response/respond.ts'
import {
  credentialsSchema,
  forgottenPasswordSchema,
  type MeView,
  passwordChangeSchema,
  passwordResetSchema,
  registrationSchema,
  type SignedInView,
  type SignInOptionsView,
  sessionSchema,
  type UserView,
} from '../../schemas/accounts.ts'
import type { OidcSignIn } from './oidc.ts'

export interface AccountRouteOptions {
  accounts: AccountService
  cookies: SessionCookies
  csrf: CsrfGuard
  registration: Registration
  passwordReset: PasswordReset
  /** @default no identity provider */
  oidc?: OidcSignIn | undefined
  /** Whether every request may do everything at present. */
  isOpen(): boolean
  /** Client network, for the throttle of sign-ins. */
  networkOf(c: Context): string | undefined
}

const MAX_BODY_BYTES = 16 * 1024

const UNCACHED = { 'Cache-Control': 'no-store' } as const

export const createAccountRoutes = (options: AccountRouteOptions) => {
  const { accounts, cookies, csrf, networkOf, oidc, passwordReset, registration, isOpen } = options

  const answer = (c: Context, signedIn: SignedIn, asCookie: boolean, status: 200 | 201 = 200): Response => {
    if (asCookie) cookies.set(c, signedIn)
    return json(c, signedInView(signedIn, asCookie), status, UNCACHED)
  }

  /** The refresh token of the body or the cookie; undefined where there is none, or the cookie is not valid. */
  const refreshTokenOf = async (c: Context, body: z.infer<typeof sessionSchema>): Promise<string | undefined> => {
    if (!body.cookie) return body.refresh_token
    const request = credentialsOf(c)
    const token = cookieOf(request, REFRESH_COOKIE)
    const read = token === undefined ? undefined : await accounts.tokens.readRefresh(token)
    if (read) await csrf.verify(request, read.sessionId)
    return read && token
  }

  /** @throws TintypeError `unauthenticated`, `csrf` */
  const sessionOf = async (c: Context): Promise<Session> => {
    const request = credentialsOf(c)
    const bearer = bearerOf(request)
    const token = bearer ?? cookieOf(request, SESSION_COOKIE)
    const session = token === undefined ? undefined : await accounts.sessionOf(token)
    if (!session) throw unauthenticated('Expected the access token of an account of this server.')
    if (bearer === undefined) await csrf.verify(request, session.id)
    return session
  }

  return {
    options(c: Context) {
      const view: SignInOptionsView = {
        open: isOpen(),
        registration,
        password_reset: passwordReset.isOffered,
        provider: oidc?.provider.name ?? null,
      }
      return json(c, view, 200, UNCACHED)
    },

    async register(c: Context) {
      const { cookie, ...account } = parseBody(registrationSchema, await readJson(c, MAX_BODY_BYTES))
      if (cookie) csrf.refuseCrossOrigin(credentialsOf(c))
      return answer(c, await accounts.register(account, networkOf(c)), cookie, 201)
    },

    async login(c: Context) {
      const { cookie, ...credentials } = parseBody(credentialsSchema, await readJson(c, MAX_BODY_BYTES))
      // Login CSRF: a foreign page must not sign a browser in to its own account.
      if (cookie) csrf.refuseCrossOrigin(credentialsOf(c))
      return answer(c, await accounts.signIn(credentials, networkOf(c)), cookie)
    },

    async refresh(c: Context) {
      const body = parseBody(sessionSchema, await readJson(c, MAX_BODY_BYTES))
      const token = await refreshTokenOf(c, body)
      if (token === undefined) throw unauthenticated('Expected a refresh token, there is none, or it is not valid.')
      return answer(c, await accounts.refresh(token, networkOf(c)), body.cookie)
    },

    async logout(c: Context) {
      const body = parseBody(sessionSchema, await readJson(c, MAX_BODY_BYTES))
      const token = await refreshTokenOf(c, body)
      const read = token === undefined ? undefined : await accounts.tokens.readRefresh(token)
      // A used or expired token ends the session as well.
      if (read) await accounts.signOut(read.sessionId)
      if (body.cookie) cookies.clear(c)
      return respond(c, null, 204, { ...BASE_HEADERS, ...UNCACHED })
    },

    async me(c: Context) {
      const principal = namedPrincipalOf(c)
      const user = principal.kind === 'user' ? await accounts.user(principal.id) : undefined
      const view: MeView = {
        kind: principal.kind === 'unrestricted' ? 'anybody' : principal.kind,
        id: principal.kind === 'unrestricted' ? null : principal.id,
        role: principal.kind === 'key' ? principal.role : null,
        user: user ? userView(user) : null,
      }
      return json(c, view, 200, UNCACHED)
    },

    async password(c: Context) {
      const session = await sessionOf(c)
      const { current, new: next, cookie } = parseBody(passwordChangeSchema, await readJson(c, MAX_BODY_BYTES))
      return answer(c, await accounts.changePassword(session.userId, { current, next }), cookie)
    },

    async forgottenPassword(c: Context) {
      const { email } = parseBody(forgottenPasswordSchema, await readJson(c, MAX_BODY_BYTES))
      passwordReset.request(email, preferredLanguage(c.req.header('accept-language'), MAIL_LANGUAGES))
      return respond(c, null, 202, { ...BASE_HEADERS, ...UNCACHED })
    },

    async resetPassword(c: Context) {
      const { token, password } = parseBody(passwordResetSchema, await readJson(c, MAX_BODY_BYTES))
      await passwordReset.reset(token, password, networkOf(c))
      return respond(c, null, 204, { ...BASE_HEADERS, ...UNCACHED })
    },
  }
}

const credentialsOf = (c: Context): Credentials => ({ header: (name) => c.req.header(name), method: c.req.method })

const userView = ({ id, email, name, password_hash, created_at }: User): UserView => ({
  id,
  email,
  name,
  has_password: password_hash !== null,
  created_at,
})

const signedInView = (signedIn: SignedIn, asCookie: boolean): SignedInView => ({
  user: userView(signedIn.user),
  token_type: 'Bearer',
  expires_in: ACCESS_SECONDS,
  ...(asCookie
    ? { csrf_token: signedIn.csrfToken }
    : { access_token: signedIn.accessToken, refresh_token: signedIn.refreshToken }),
})
