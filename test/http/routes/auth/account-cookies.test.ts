// The routes of accounts, as browsers with cookies see them, and pages of other sites that would like to use those.

import { describe, expect, it } from 'vitest'
import { signedInSchema } from '../../../../src/http/schemas/accounts.ts'
import { createTestApp, problemOf, type TestApp, uploadTo } from '../../../support/app.ts'
import { ADA } from '../../../support/auth/accounts.ts'
import { bearer, cookieHeader, cookiesOf, openApp, post, signedIn } from '../../../support/auth/sessions.ts'

describe('a browser with cookies', () => {
  const browser = async (options: { url?: string; basePath?: string } = {}) => {
    const { app } = await createTestApp({ registration: 'open', signInLimit: 0, basePath: options.basePath })
    const response = await post(app, `${options.url ?? ''}/auth/register`, { ...ADA, cookie: true })
    const body = signedInSchema.parse(await response.json())
    return { app, response, body, cookies: cookiesOf(response) }
  }

  it('receives its tokens in cookies hidden from scripts, and a readable CSRF token', async () => {
    const { response, body, cookies } = await browser()
    expect(body.access_token).toBeUndefined()
    expect(body.refresh_token).toBeUndefined()
    expect(body.csrf_token).toBe(cookies.tintype_csrf)
    const set = response.headers.getSetCookie()
    expect(set).toHaveLength(3)
    const [session = '', refresh = '', csrf = ''] = set
    expect(session).toMatch(/^tintype_session=.*Max-Age=900; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(refresh).toMatch(/^tintype_refresh=.*Max-Age=2592000; Path=\/auth; HttpOnly; SameSite=Strict$/)
    expect(csrf).toMatch(/^tintype_csrf=.*Max-Age=2592000; Path=\/; SameSite=Strict$/)
  })

  it('receives Secure cookies over https, below the mount path of the app', async () => {
    const secure = await browser({ url: 'https://img.example.com' })
    for (const cookie of secure.response.headers.getSetCookie()) expect(cookie).toContain('; Secure')
    const mounted = await browser({ basePath: '/media' })
    expect(mounted.response.headers.getSetCookie().map((cookie) => /Path=([^;]*)/.exec(cookie)?.[1])).toEqual([
      '/media',
      '/media/auth',
      '/media',
    ])
  })

  it('reads with its cookie alone, and changes only with the CSRF token', async () => {
    const { app, cookies } = await browser()
    const cookie = cookieHeader(cookies)
    expect((await app.request('/auth/me', { headers: cookie })).status).toBe(200)
    const csrf = cookies.tintype_csrf ?? ''
    const change = (headers: Record<string, string>) =>
      app.request('/projects/none', { method: 'DELETE', headers: { ...cookie, ...headers } })
    expect(await problemOf(change({}))).toMatchObject({ code: 'csrf', status: 403 })
    expect((await problemOf(change({ 'X-CSRF-Token': 'wrong' }))).code).toBe('csrf')
    expect((await problemOf(change({ 'X-CSRF-Token': csrf }))).code).toBe('project_not_found')
  })

  it('is refused with a planted CSRF token in cookie and header, even one of another session', async () => {
    const { app, cookies } = await browser()
    const other = cookiesOf(await post(app, '/auth/login', { ...ADA, cookie: true }))
    for (const planted of ['planted', other.tintype_csrf ?? ''])
      expect(
        (
          await problemOf(
            app.request('/projects/none', {
              method: 'DELETE',
              headers: { ...cookieHeader({ ...cookies, tintype_csrf: planted }), 'X-CSRF-Token': planted },
            }),
          )
        ).code,
      ).toBe('csrf')
  })

  it('is refused where a page of another site sent the request', async () => {
    const { app, cookies } = await browser()
    const change = (headers: Record<string, string>) =>
      problemOf(
        app.request('/projects/none', {
          method: 'DELETE',
          headers: { ...cookieHeader(cookies), 'X-CSRF-Token': cookies.tintype_csrf ?? '', ...headers },
        }),
      )
    const foreign: Record<string, string>[] = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'https://evil.example.com', Host: 'img.example.com' },
      { Origin: 'null', Host: 'img.example.com' },
    ]
    for (const headers of foreign) expect((await change(headers)).code, JSON.stringify(headers)).toBe('csrf')
    const own: Record<string, string>[] = [
      { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://outside.example.com', Host: 'inside:8001' },
      { Origin: 'https://IMG.example.com', Host: 'img.example.com' },
    ]
    for (const headers of own) expect((await change(headers)).code, JSON.stringify(headers)).toBe('project_not_found')
  })

  it('is accepted from an allowed origin, with the CSRF token only', async () => {
    const origin = 'https://gallery.example.com'
    const { app } = await createTestApp({ registration: 'open', signInLimit: 0, allowedOrigins: origin })
    const page = { 'Sec-Fetch-Site': 'same-site', Origin: origin }
    const response = await post(app, '/auth/register', { ...ADA, cookie: true }, page)
    const { csrf_token = '' } = signedInSchema.parse(await response.json())
    const change = (headers: Record<string, string>) =>
      problemOf(
        app.request('/projects/none', {
          method: 'DELETE',
          headers: { ...cookieHeader(cookiesOf(response)), ...headers },
        }),
      )
    const token = { 'X-CSRF-Token': csrf_token }
    expect((await change({ ...page, ...token })).code).toBe('project_not_found')
    expect((await change(page)).code).toBe('csrf')
    expect((await change({ ...page, ...token, Origin: 'https://other.example.com' })).code).toBe('csrf')
    const all = await createTestApp({ registration: 'open', allowedOrigins: '*' })
    expect((await problemOf(post(all.app, '/auth/register', { ...ADA, cookie: true }, page))).code).toBe('csrf')
  })

  it('cannot be signed in by a page of another site', async () => {
    const { app } = await openApp()
    const foreign = { 'Sec-Fetch-Site': 'cross-site' }
    expect((await problemOf(post(app, '/auth/register', { ...ADA, cookie: true }, foreign))).code).toBe('csrf')
    await signedIn(post(app, '/auth/register', ADA))
    const refused = await problemOf(post(app, '/auth/login', { ...ADA, cookie: true }, foreign))
    expect(refused.code).toBe('csrf')
    expect(refused.response.headers.getSetCookie()).toEqual([])
  })

  it('renews its session and signs out, with the cookie and the CSRF token', async () => {
    const { app, cookies } = await browser()
    const csrf = { 'X-CSRF-Token': cookies.tintype_csrf ?? '' }
    expect((await problemOf(post(app, '/auth/refresh', { cookie: true }, cookieHeader(cookies)))).code).toBe('csrf')
    const renewed = await post(app, '/auth/refresh', { cookie: true }, { ...cookieHeader(cookies), ...csrf })
    expect(renewed.status).toBe(200)
    const next = cookiesOf(renewed)
    expect(next.tintype_csrf).toBe(cookies.tintype_csrf)
    expect(next.tintype_refresh).not.toBe(cookies.tintype_refresh)

    expect((await problemOf(post(app, '/auth/logout', { cookie: true }, cookieHeader(next)))).code).toBe('csrf')
    const out = await post(app, '/auth/logout', { cookie: true }, { ...cookieHeader(next), ...csrf })
    expect(out.status).toBe(204)
    expect(out.headers.getSetCookie().map((cookie) => /^(\w+)=; Max-Age=0/.exec(cookie)?.[1])).toEqual([
      'tintype_session',
      'tintype_refresh',
      'tintype_csrf',
    ])
    expect((await app.request('/auth/me', { headers: cookieHeader(next) })).status).toBe(401)
  })

  it('changes its password with the cookie and the CSRF token, and receives the cookies of a new session', async () => {
    const { app, cookies } = await browser()
    const change = (headers: Record<string, string>) =>
      post(app, '/auth/password', { current: ADA.password, new: 'a new long password', cookie: true }, headers)
    expect((await problemOf(change(cookieHeader(cookies)))).code).toBe('csrf')
    const changed = await change({ ...cookieHeader(cookies), 'X-CSRF-Token': cookies.tintype_csrf ?? '' })
    expect(changed.status).toBe(200)
    expect((await app.request('/auth/me', { headers: cookieHeader(cookies) })).status).toBe(401)
    const next = cookiesOf(changed)
    expect((await app.request('/auth/me', { headers: cookieHeader(next) })).status).toBe(200)
    expect(next.tintype_csrf).not.toBe(cookies.tintype_csrf)
  })

  it('sees public pictures and can sign in again with expired cookies', async () => {
    const { app, cookies } = await browser()
    const csrf = { 'X-CSRF-Token': cookies.tintype_csrf ?? '' }
    const headers = { ...cookieHeader(cookies), ...csrf }
    const request: TestApp['app']['request'] = (path, init) => app.request(path, { ...init, headers })
    const { image_id } = await uploadTo({ fetch: app.fetch, request }, 'album')
    await post(app, '/auth/logout', { cookie: true }, headers)
    expect((await app.request(`/projects/album/images/${image_id}`, { headers })).status).toBe(200)
    expect((await post(app, '/auth/login', { ...ADA, cookie: true }, cookieHeader(cookies))).status).toBe(200)
    expect((await problemOf(post(app, '/auth/refresh', { cookie: true }, cookieHeader(cookies)))).status).toBe(403)
    expect((await problemOf(post(app, '/auth/refresh', { cookie: true }))).code).toBe('unauthenticated')
    expect((await post(app, '/auth/logout', { cookie: true })).status).toBe(204)
  })

  it('needs no CSRF token where a script sends an access token, whatever its cookies are', async () => {
    const { app, cookies } = await browser()
    const { access_token } = await signedIn(post(app, '/auth/login', ADA))
    const headers = { ...cookieHeader(cookies), ...bearer(access_token) }
    const answer = app.request('/projects/none', { method: 'DELETE', headers })
    expect((await problemOf(answer)).code).toBe('project_not_found')
  })
})
