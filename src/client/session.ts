// Session of a browser: cookies that page scripts cannot read, the CSRF header of changes, and renewal before they expire.

import type { Credentials } from './credentials.ts'
import { connectionFailed, errorOf, parsed, readError, textOf } from './error.ts'
import { platform } from './platform.ts'

export interface SessionOptions {
  /** Address of the server, without a slash at the end. */
  base: string
  /** Sends a request with cookies. */
  fetch: typeof fetch
  /** Called when the session cannot be renewed any more: the user has to sign in again. @default nothing */
  onSignedOut?: (() => void) | undefined
}

interface Kept {
  csrf: string
  /** End of the session cookie, in milliseconds since 1970. */
  until: number
}

const CSRF_COOKIE = /(?:^|; )tintype_csrf=([^;]*)/

/** CSRF token of a page without a session: guests with a share link need the header, with any value. */
const GUEST = 'guest'

/** Routes of accounts that need no session, or end it. */
const WITHOUT_SESSION: ReadonlySet<string | undefined> = new Set(['login', 'register', 'refresh', 'logout'])

/** A session is renewed so long before its cookie expires, in milliseconds. */
const MARGIN_MS = 60_000

/** Longest renewal, in milliseconds. The requests of all tabs wait for it. */
const RENEWAL_MS = 30_000

/**
 * Credentials by cookies. The server takes a request with an expired cookie for an anonymous one, so that lists would lack
 * private projects without an error: sessions are therefore renewed before a request, by one tab at a time.
 */
export const createSession = ({ base, fetch, onSignedOut }: SessionOptions): Credentials => {
  const { hostname, pathname } = new URL(base)
  /** Path of the cookies, with a slash at its end. */
  const root = `${pathname.replace(/\/$/, '')}/`
  const accounts = `${root}auth/`
  const key = `tintype:${base}`
  let memory: Kept | undefined
  /** CSRF token of a session that has ended. Its cookie may stay for a month. */
  let ended: string | undefined

  /** What the tabs of this origin know; pages of another host, or beside the base path, cannot read the cookie. */
  const kept = (): Kept | undefined => {
    const value = stored((storage): unknown => storage && JSON.parse(storage.getItem(key) ?? 'null'))
    return isKept(value) ? value : memory
  }

  const keep = (value: Kept | undefined): void => {
    memory = value
    stored((storage) => (value ? storage?.setItem(key, JSON.stringify(value)) : storage?.removeItem(key)))
  }

  const csrf = (): string | undefined => {
    const { location, document } = platform
    if (document && location?.hostname === hostname && `${location.pathname}/`.startsWith(root))
      return CSRF_COOKIE.exec(document.cookie)?.[1]
    return kept()?.csrf
  }

  const isFresh = (token: string): boolean => {
    const known = kept()
    return known?.csrf === token && known.until - MARGIN_MS > Date.now()
  }

  const headersOf = (token: string | undefined): Record<string, string> =>
    token === undefined ? {} : { 'X-CSRF-Token': token }

  /** @returns whether the answer has a session */
  const learnSession = async (response: Response): Promise<boolean> => {
    const body = parsed(await textOf(response.clone()))
    if (typeof body !== 'object' || body === null || !('csrf_token' in body) || !('expires_in' in body)) return false
    ended = undefined
    keep({ csrf: String(body.csrf_token), until: Date.now() + Number(body.expires_in) * 1000 })
    return true
  }

  /**
   * @param force also where the cookie should be valid for a while yet
   * @returns whether there is a session
   * @throws TintypeClientError where it may still be there, but cannot be renewed now
   */
  const renewOnce = async (force: boolean): Promise<boolean> => {
    const token = csrf()
    if (token === undefined || token === ended) return false
    if (!force && isFresh(token)) return true
    const response = await fetch(`${base}/auth/refresh`, {
      method: 'POST',
      credentials: 'include',
      headers: { 'Content-Type': 'application/json', ...headersOf(token) },
      body: '{"cookie":true}',
      signal: AbortSignal.timeout(RENEWAL_MS),
    }).catch((error: unknown) => {
      throw connectionFailed(error)
    })
    if (response.status === 401 || response.status === 403) {
      ended = token
      keep(undefined)
      onSignedOut?.()
      return false
    }
    if (!response.ok) throw await readError(response)
    if (!(await learnSession(response))) throw errorOf(response, undefined)
    return true
  }

  let renewal: Promise<boolean> | undefined
  /** A refresh token is valid once, for all tabs together. */
  const renewed = (force: boolean): Promise<boolean> => {
    renewal ??= alone(() => renewOnce(force)).finally(() => {
      renewal = undefined
    })
    return renewal
  }

  /** `login` of `/auth/login`; undefined of other routes. */
  const accountRoute = (path: string): string | undefined =>
    path.startsWith(accounts) ? path.slice(accounts.length) : undefined

  const headersFor = async (method: string, path: string): Promise<Record<string, string>> => {
    const token = csrf()
    const isStale = token !== undefined && token !== ended && !isFresh(token)
    if (isStale && !WITHOUT_SESSION.has(accountRoute(path))) await renewed(false)
    return method === 'GET' || method === 'HEAD' ? {} : headersOf(csrf() ?? GUEST)
  }

  return {
    cookies: 'include',
    headersFor,

    // A wrong password is a 401 too.
    canRenew: (path) => (accountRoute(path) ?? 'me') === 'me',

    renew: async (_refused, method, path) => ((await renewed(true)) ? headersFor(method, path) : undefined),

    async learn(path, response) {
      const route = accountRoute(path)
      if (route === undefined || route === 'me' || !response.ok) return
      if (route === 'logout') keep(undefined)
      else await learnSession(response)
    },
  }
}

/** Runs a task while no other tab of this origin runs one. Pages over plain HTTP have no locks. */
const alone = async (task: () => Promise<boolean>): Promise<boolean> => {
  const locks = platform.navigator?.locks
  if (!locks) return task()
  let result = false
  await locks.request('tintype', async () => {
    result = await task()
  })
  return result
}

type Storage = typeof platform.localStorage

/** Undefined where this page has no storage, or may not use it. */
const stored = <Result>(use: (storage: Storage) => Result): Result | undefined => {
  try {
    return use(platform.localStorage)
  } catch {
    return undefined
  }
}

const isKept = (value: unknown): value is Kept =>
  typeof value === 'object' && value !== null && 'csrf' in value && 'until' in value
