// Session cookies of browsers: sets and clears them.

import { deleteCookie, setCookie } from 'hono/cookie'
import type { SignedIn } from '../../../services/auth/accounts.ts'
import { CSRF_COOKIE, REFRESH_COOKIE, SESSION_COOKIE } from '../../../services/auth/credentials.ts'
import { ACCESS_SECONDS, REFRESH_SECONDS } from '../../../services/auth/session-tokens.ts'
import type { Context } from '../../context.ts'

export interface SessionCookiesOptions {
  /** Path that the app is mounted under. */
  basePath: string
  /** True for requests over https, whose cookies are `Secure`. */
  isSecure(c: Context): boolean
}

export interface SessionCookies {
  set(c: Context, signedIn: SignedIn): void
  clear(c: Context): void
}

export const createSessionCookies = ({ basePath, isSecure }: SessionCookiesOptions): SessionCookies => {
  const everywhere = (c: Context) => ({
    path: basePath || '/',
    secure: isSecure(c),
    httpOnly: true,
    sameSite: 'Strict' as const,
  })
  // The refresh token is sent only to the routes that use it.
  const toAuth = (c: Context) => ({ ...everywhere(c), path: `${basePath}/auth` })
  const readable = (c: Context) => ({ ...everywhere(c), httpOnly: false })

  return {
    set(c, { accessToken, refreshToken, csrfToken }) {
      c.set('hasOtherHeaders', true)
      setCookie(c, SESSION_COOKIE, accessToken, { ...everywhere(c), maxAge: ACCESS_SECONDS })
      setCookie(c, REFRESH_COOKIE, refreshToken, { ...toAuth(c), maxAge: REFRESH_SECONDS })
      setCookie(c, CSRF_COOKIE, csrfToken, { ...readable(c), maxAge: REFRESH_SECONDS })
    },

    clear(c) {
      c.set('hasOtherHeaders', true)
      deleteCookie(c, SESSION_COOKIE, everywhere(c))
      deleteCookie(c, REFRESH_COOKIE, toAuth(c))
      deleteCookie(c, CSRF_COOKIE, readable(c))
    },
  }
}
