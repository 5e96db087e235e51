// Routes of sign-in by an identity provider: lead the browser there, and take its answer.
//
// A person in a browser comes back to the page that the sign-in began on, or to the gallery with the code of an error.

import { deleteCookie, setCookie } from 'hono/cookie'
import { CALLBACK_PATH } from '../../../core/auth/oidc.ts'
import { type ErrorCode, readOnlyStore, TintypeError } from '../../../core/errors.ts'
import type { AccountService } from '../../../services/auth/accounts.ts'
import { cookieOf } from '../../../services/auth/credentials.ts'
import { type IdentityProvider, stateError } from '../../../services/oidc/identity-provider.ts'
import { FLOW_SECONDS, type SignInFlows } from '../../../services/oidc/sign-in-flow.ts'
import type { Context } from '../../context.ts'
import { queryOf } from '../../request/params.ts'
import type { SessionCookies, SessionCookiesOptions } from '../../response/auth/session-cookies.ts'
import { BASE_HEADERS, respond } from '../../response/respond.ts'
import { nextSchema } from '../../schemas/accounts.ts'

export interface OidcSignIn {
  provider: IdentityProvider
  flows: SignInFlows
}

export interface OidcRouteOptions extends SessionCookiesOptions {
  accounts: Pick<AccountService, 'signInByIdentity'>
  /** @default both routes answer 404 */
  oidc?: OidcSignIn | undefined
  cookies: SessionCookies
  /** Whether browsers find the gallery at `/`. @default false */
  gallery?: boolean
  /** @default () => false */
  isReadOnly?(): boolean
  /** Counts an attempt to sign in. @throws TintypeError `rate_limited` */
  count(c: Context): Promise<void>
  /** Client network, for the throttle of sign-ins. */
  networkOf(c: Context): string | undefined
}

/** The sealed sign-in under way. */
export const FLOW_COOKIE = 'tintype_oidc'

const UNCACHED = { 'Cache-Control': 'no-store', Vary: 'Accept' } as const

const HTML = /\btext\/html\b/i

/** Errors that the gallery explains to people. */
const EXPLAINED: ReadonlySet<ErrorCode> = new Set([
  'registration_closed',
  'identity_without_email',
  'account_disabled',
  'oidc_denied',
  'oidc_state',
  'oidc_failed',
  'email_taken',
  'rate_limited',
  'oidc_unavailable',
  'read_only',
  'store_unavailable',
  'storage_full',
])

export const createOidcRoutes = (options: OidcRouteOptions) => {
  const { accounts, oidc, cookies, basePath, isSecure, gallery = false, isReadOnly, count, networkOf } = options

  // Lax: the provider, another site, leads the browser back.
  const flowCookie = (c: Context) => ({
    path: `${basePath}${CALLBACK_PATH}`,
    httpOnly: true,
    sameSite: 'Lax' as const,
    secure: isSecure(c),
  })

  const redirect = (c: Context, location: string): Response =>
    respond(c, null, 303, { ...BASE_HEADERS, ...UNCACHED, Location: location })

  /** Leads people to the gallery, which explains the error; programs get the error itself. */
  const explained = async (c: Context, work: () => Promise<string>): Promise<Response> => {
    c.set('vary', 'Accept')
    try {
      if (isReadOnly?.()) throw readOnlyStore()
      return redirect(c, await work())
    } catch (error) {
      const isPerson = gallery && HTML.test(c.req.header('accept') ?? '')
      if (!isPerson || !(error instanceof TintypeError) || !EXPLAINED.has(error.code)) throw error
      return redirect(c, `${basePath}/?sign-in=${error.code}`)
    }
  }

  const required = (): OidcSignIn => {
    if (!oidc)
      throw new TintypeError(
        'oidc_not_configured',
        'People sign in by password alone here: no identity provider is set up.',
      )
    return oidc
  }

  return {
    async begin(c: Context) {
      const next = queryOf(c, 'next', nextSchema) ?? '/'
      const { provider, flows } = required()
      return explained(c, async () => {
        const { url, ...secrets } = await provider.begin()
        c.set('hasOtherHeaders', true)
        setCookie(c, FLOW_COOKIE, await flows.seal({ ...secrets, next }), { ...flowCookie(c), maxAge: FLOW_SECONDS })
        return url
      })
    },

    async finish(c: Context) {
      const { provider, flows } = required()
      return explained(c, async () => {
        const sealed = cookieOf({ header: (name) => c.req.header(name), method: c.req.method }, FLOW_COOKIE)
        c.set('hasOtherHeaders', true)
        deleteCookie(c, FLOW_COOKIE, flowCookie(c))
        await count(c)
        // Login CSRF: the answer must be for a sign-in of this browser.
        const flow = sealed === undefined ? undefined : await flows.open(sealed)
        if (!flow) throw stateError()
        const identity = await provider.finish(new URL(c.req.url).searchParams, flow)
        cookies.set(c, await accounts.signInByIdentity(identity, networkOf(c)))
        return `${basePath}${flow.next}`
      })
    },
  }
}
