// Sessions by cookies, in a page without a browser: its cookie, storage and locks are stand-ins.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient, dataOf } from '../../src/client/index.ts'
import {
  createScriptedFetch,
  cutAnswer,
  jsonAnswer,
  pageAnswer,
  problemAnswer,
  type Respond,
} from '../support/client/scripted-fetch.ts'

const KEY = 'tintype:https://pictures.example/media'

const page = { cookie: '' }
const storage = new Map<string, string>()

/** A page of this path, whose scripts read the cookie of the base path where that is its path or a parent of it. */
const show = (pathname: string): void => {
  const origin = 'https://pictures.example'
  vi.stubGlobal('location', { href: origin + pathname, origin, hostname: 'pictures.example', pathname })
  vi.stubGlobal('document', {
    get cookie() {
      return /^\/media(\/|$)/.test(pathname) ? page.cookie : 'other=1'
    },
  })
}

beforeEach(() => {
  page.cookie = 'other=1; tintype_csrf=c-1'
  storage.clear()
  show('/media/wall')
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, text: string) => void storage.set(key, text),
    removeItem: (key: string) => void storage.delete(key),
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const SIGNED_IN = { user: {}, token_type: 'Bearer', expires_in: 900, csrf_token: 'c-1' }

const ofAccounts: Respond = ({ path }) =>
  path.startsWith('/media/auth/') && !path.endsWith('/me') ? jsonAnswer(SIGNED_IN) : jsonAnswer({ kind: 'user' })

const open = (respond: Respond = ofAccounts, baseUrl = '/media') => {
  const { fetch, sent } = createScriptedFetch(respond)
  let ends = 0
  const tintype = createClient({ baseUrl, cookies: true, fetch, onSignedOut: () => ends++, retry: { firstWaitMs: 0 } })
  const me = () => dataOf(tintype.api.GET('/auth/me'))
  const paths = () => sent.map(({ method, path }) => `${method} ${path}`)
  return { tintype, sent, me, paths, ends: () => ends }
}

const keep = (until: number, csrf = 'c-1') => storage.set(KEY, JSON.stringify({ csrf, until }))

const RENEWED = 'POST /media/auth/refresh'
const READ = 'GET /media/auth/me'

const change = (tintype: ReturnType<typeof open>['tintype']) =>
  tintype.api.PATCH('/projects/{project_id}', { params: { path: { project_id: 'demo' } }, body: { title: 'a' } })

describe('a session', () => {
  it('of unknown age is renewed before the first request, and kept for the other tabs', async () => {
    const { me, paths, sent } = open()
    await Promise.all([me(), me()])
    expect(paths().sort()).toEqual([READ, READ, RENEWED])
    const renewal = sent.find(({ path }) => path.endsWith('refresh'))
    expect([renewal?.headers.get('X-CSRF-Token'), renewal?.body]).toEqual(['c-1', '{"cookie":true}'])
    expect(JSON.parse(storage.get(KEY) ?? '')).toMatchObject({ csrf: 'c-1' })
    const other = open()
    await other.me()
    expect(other.paths()).toEqual([READ])
  })

  it('is renewed in its last minute, not before', async () => {
    keep(Date.now() + 65_000)
    const fresh = open()
    await fresh.me()
    expect(fresh.paths()).toEqual([READ])
    keep(Date.now() + 55_000)
    const stale = open()
    await stale.me()
    expect(stale.paths()).toEqual([RENEWED, READ])
  })

  it('is renewed after a 401, and the request sent again', async () => {
    keep(Date.now() + 600_000)
    const { me, paths } = open((request, number) =>
      number === 0 ? problemAnswer('unauthenticated', 401) : ofAccounts(request, number),
    )
    expect(await me()).toEqual({ kind: 'user' })
    expect(paths()).toEqual([READ, RENEWED, READ])
  })

  it('that has ended is told once, and requests go on without it', async () => {
    const { me, paths, ends } = open((request, number) =>
      request.path.endsWith('refresh') ? problemAnswer('unauthenticated', 401) : ofAccounts(request, number),
    )
    expect(await me()).toEqual({ kind: 'user' })
    await me()
    expect(paths()).toEqual([RENEWED, READ, READ])
    expect([ends(), storage.size]).toEqual([1, 0])
  })

  it('that has ended is not renewed after a 401 either', async () => {
    const { me, paths, ends } = open(() => problemAnswer('unauthenticated', 401))
    await expect(me()).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(paths()).toEqual([RENEWED, READ])
    expect(ends()).toBe(1)
  })

  it('is not given up where the renewal fails for now, which is repeated before a read or an upload', async () => {
    const failures: Respond[] = [
      () => problemAnswer('busy', 503),
      () => Promise.reject(new TypeError('lost')),
      () => cutAnswer('{"csrf_token":'),
    ]
    for (const failure of failures) {
      storage.clear()
      const { me, paths, ends } = open((request, number) => (number === 0 ? failure : ofAccounts)(request, number))
      await me()
      await me()
      expect(paths()).toEqual([RENEWED, RENEWED, READ, READ])
      expect(ends()).toBe(0)
      storage.clear()
      const upload = open((request, number) =>
        number === 0 ? failure(request, number) : jsonAnswer({ ...SIGNED_IN, image_id: 'a' }),
      )
      await upload.tintype.upload('demo', new Blob(['a']))
      expect(upload.paths()).toEqual([RENEWED, RENEWED, 'POST /media/projects/demo/images'])
    }
  })

  it.each([
    ['rate_limited', 429, () => problemAnswer('rate_limited', 429, { 'Retry-After': '7' })],
    ['internal', 500, () => problemAnswer('internal', 500)],
    ['unexpected_response', 200, pageAnswer],
    ['connection_failed', undefined, () => Promise.reject(new TypeError('lost'))],
  ] as const)('sends no request as anonymous where the renewal fails with %s', async (code, status, answer) => {
    const { me, tintype, paths, ends } = open(() => answer())
    await expect(me()).rejects.toMatchObject({ name: 'TintypeClientError', code, status })
    await expect(change(tintype)).rejects.toMatchObject({ code })
    expect(new Set(paths())).toEqual(new Set([RENEWED]))
    expect(ends()).toBe(0)
  })

  it('is renewed after a 401, or the request fails with why it cannot be', async () => {
    keep(Date.now() + 600_000)
    const { me, paths, ends } = open(({ path }) =>
      path.endsWith('refresh') ? problemAnswer('internal', 500) : problemAnswer('unauthenticated', 401),
    )
    await expect(me()).rejects.toMatchObject({ code: 'internal' })
    expect(paths()).toEqual([READ, RENEWED])
    expect(ends()).toBe(0)
  })

  it('whose renewal takes longer than 30 s is one whose connection failed', async () => {
    const limit = new AbortController()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal)
    const { me, paths } = open(({ signal }) => {
      setTimeout(() => limit.abort(new DOMException('late', 'TimeoutError')), 5)
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    })
    await expect(me()).rejects.toMatchObject({ code: 'connection_failed', cause: { name: 'TimeoutError' } })
    expect(timeout).toHaveBeenCalledWith(30_000)
    expect(new Set(paths())).toEqual(new Set([RENEWED]))
  })

  it('stays where a route of accounts answers without a body', async () => {
    keep(Date.now() + 600_000)
    const { tintype } = open(() => new Response(null, { status: 204 }))
    const changed = await tintype.api.POST('/auth/password', { body: { current: 'a', new: 'b', cookie: true } })
    expect(changed.response.status).toBe(204)
  })

  it('begins with a sign-in and ends with a sign-out, neither of which renews it', async () => {
    const { tintype, me, paths } = open()
    await tintype.api.POST('/auth/login', { body: { email: 'a', password: 'b', cookie: true } })
    await me()
    await tintype.api.POST('/auth/logout', { body: { cookie: true } })
    expect(storage.size).toBe(0)
    page.cookie = ''
    await me()
    expect(paths()).toEqual(['POST /media/auth/login', READ, 'POST /media/auth/logout', READ])
  })

  it('does not take a wrong password for its end', async () => {
    keep(Date.now() + 600_000)
    const { tintype, paths, ends } = open(() => problemAnswer('wrong_credentials', 401))
    const { error } = await tintype.api.POST('/auth/password', { body: { current: 'a', new: 'b', cookie: true } })
    expect(error?.code).toBe('wrong_credentials')
    expect(paths()).toEqual(['POST /media/auth/password'])
    expect(ends()).toBe(0)
  })
})

describe('the CSRF header', () => {
  it('is sent with changes alone', async () => {
    keep(Date.now() + 600_000)
    const { tintype, me, sent } = open(() => jsonAnswer({ image_id: 'a' }))
    await me()
    await change(tintype)
    await tintype.upload('demo', new Blob(['a']))
    expect(sent.map(({ headers }) => headers.get('X-CSRF-Token'))).toEqual([null, 'c-1', 'c-1'])
  })

  it('is that of the cookie now, which another tab may have changed', async () => {
    keep(Date.now() + 600_000, 'c-2')
    page.cookie = 'tintype_csrf=c-2'
    const { tintype, sent } = open()
    await change(tintype)
    expect(sent.at(-1)?.headers.get('X-CSRF-Token')).toBe('c-2')
  })

  it('on a page of another host is that of the sign-in, also after a reload, and without a storage', async () => {
    const base = 'https://api.example'
    const respond: Respond = ({ path }) =>
      path.startsWith('/auth/') ? jsonAnswer({ ...SIGNED_IN, csrf_token: 'c-9' }) : jsonAnswer({})
    const { tintype } = open(respond, base)
    await tintype.api.POST('/auth/login', { body: { email: 'a', password: 'b', cookie: true } })
    const reloaded = open(respond, base)
    await change(reloaded.tintype)
    expect(reloaded.sent.at(-1)?.headers.get('X-CSRF-Token')).toBe('c-9')

    vi.stubGlobal('localStorage', undefined)
    const unstored = open(respond, base)
    await unstored.tintype.api.POST('/auth/login', { body: { email: 'a', password: 'b', cookie: true } })
    await change(unstored.tintype)
    expect(unstored.sent.at(-1)?.headers.get('X-CSRF-Token')).toBe('c-9')
  })
  it('on a page beside the base path is that of the sign-in, also after a reload', async () => {
    for (const pathname of ['/wall', '/media-wall', '/']) {
      show(pathname)
      storage.clear()
      const { tintype } = open()
      await tintype.api.POST('/auth/login', { body: { email: 'a', password: 'b', cookie: true } })
      const reloaded = open()
      await change(reloaded.tintype)
      expect(reloaded.paths()).toEqual(['PATCH /media/projects/demo'])
      expect(reloaded.sent.at(-1)?.headers.get('X-CSRF-Token')).toBe('c-1')
    }
  })

  it('on a page of the base path itself is that of the cookie', async () => {
    keep(Date.now() + 600_000, 'c-2')
    page.cookie = 'tintype_csrf=c-2'
    for (const pathname of ['/media', '/media/']) {
      show(pathname)
      const { tintype, sent } = open()
      storage.delete(KEY)
      await change(tintype)
      expect(sent.at(-1)?.headers.get('X-CSRF-Token')).toBe('c-2')
    }
  })
})
