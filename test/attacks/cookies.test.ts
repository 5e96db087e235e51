// Pages of other sites that let a browser send its cookies (CSRF), and cookies that were tampered with.

import { expect, it } from 'vitest'
import { signedInSchema } from '../../src/http/schemas/accounts.ts'
import { KEYS } from '../support/attacks/attacked-server.ts'
import { askRaw } from '../support/attacks/raw.ts'
import { keyHeader, PASSWORD, postJson } from '../support/attacks/target.ts'
import { describeAttacks } from '../support/attacks/under-attack.ts'
import { cookieHeader, cookiesOf } from '../support/auth/sessions.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { formOf } from '../support/upload.ts'

describeAttacks('cookies', (attacked) => {
  /** Ada's browser. */
  const browser = async () => {
    const { ask, ada } = attacked().target
    const answer = await ask('/auth/login', postJson({ email: ada.email, password: PASSWORD, cookie: true }))
    expect(signedInSchema.parse(await answer.json()).access_token).toBeUndefined()
    const cookies = cookiesOf(answer)
    return { cookies, cookie: cookieHeader(cookies), csrf: { 'X-CSRF-Token': cookies.tintype_csrf ?? '' } }
  }

  /** Each way to change something that a page can send. */
  const forgeries = async (headers: Record<string, string>) => {
    const { ask, open } = attacked().target
    const json = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ visibility: 'public' })
    const requests = [
      ['/projects/open/images', { method: 'POST', body: formOf(await smallPhoto()) }],
      ['/projects/new/images', { method: 'POST', body: formOf(await smallPhoto()) }],
      [`/projects/open/images/${open}`, { method: 'DELETE' }],
      [`/projects/open/primary/${open}`, { method: 'PUT' }],
      ['/projects/closed', { method: 'PATCH', body, headers: json }],
      ['/projects/closed', { method: 'DELETE' }],
      ['/auth/refresh', postJson({ cookie: true })],
      ['/auth/logout', postJson({ cookie: true })],
      ['/auth/password', postJson({ current: PASSWORD, new: 'a password of the attacker', cookie: true })],
    ] as const
    return Promise.all(
      requests.map(async ([path, init]) => {
        const own: RequestInit = init
        const answer = await ask(path, { ...init, headers: { ...own.headers, ...headers } })
        return `${path} ${answer.status} ${/"code":"(\w+)"/.exec(await answer.text())?.[1]}`
      }),
    )
  }
  const notRefused = (answers: readonly string[]) => answers.filter((answer) => !answer.endsWith(' 403 csrf'))

  it('change nothing without the CSRF token, which only own pages can read', async () => {
    const { cookie } = await browser()
    expect(notRefused(await forgeries(cookie))).toEqual([])
    expect(notRefused(await forgeries({ ...cookie, 'X-CSRF-Token': '' }))).toEqual([])
    expect(notRefused(await forgeries({ ...cookie, 'X-CSRF-Token': 'guessed' }))).toEqual([])
    const other = await browser()
    expect(notRefused(await forgeries({ ...cookie, ...other.csrf }))).toEqual([])
  })

  it('change nothing for a page of another site, even with the CSRF token', async () => {
    const { cookie, csrf } = await browser()
    const pages: Record<string, string>[] = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'same-site', Origin: attacked().target.url },
      { Origin: 'https://evil.example.com' },
      { Origin: 'null' },
      { Origin: attacked().target.url.replace(/:\d+$/, ':1') },
      { Origin: `${attacked().target.url}.evil.example.com` },
    ]
    for (const page of pages) expect(notRefused(await forgeries({ ...cookie, ...csrf, ...page }))).toEqual([])
  })

  it('are not set for a cross-site sign-in, which would put the user into another account (login CSRF)', async () => {
    const { ask } = attacked().target
    for (const path of ['/auth/login', '/auth/register']) {
      const body = {
        email: path === '/auth/login' ? 'ada@example.com' : 'new@example.com',
        password: PASSWORD,
        cookie: true,
      }
      const answer = await ask(path, postJson(body, { Origin: 'https://evil.example.com' }))
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []])
    }
  })

  it('do not authenticate a form, which other sites can send without a preflight', async () => {
    const { cookie, csrf } = await browser()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const init = postJson({ cookie: true }, { ...cookie, ...csrf, 'Content-Type': type })
      expect([400, 415], type).toContain((await attacked().target.ask('/auth/logout', init)).status)
    }
    expect((await attacked().target.ask('/auth/me', { headers: cookie })).status).toBe(200)
  })

  it('give no access where they are changed, repeated or invented', async () => {
    const { port } = attacked().target
    const { cookies } = await browser()
    const session = cookies.tintype_session ?? ''
    const planted = [
      'tintype_session=',
      'tintype_session=x',
      `tintype_session=${session}x`,
      `x=${session}`,
      '__proto__=1',
    ]
    for (const cookie of [...planted, `tintype_session=x; tintype_session=y; ${'a=b; '.repeat(2000)}`]) {
      const { status } = await askRaw(port, 'GET', '/projects/closed/images', { Cookie: cookie })
      expect(status, cookie.slice(0, 80)).toBe(404)
    }
    expect(
      (await askRaw(port, 'GET', '/projects/closed/images', { Cookie: `tintype_session=${session}` })).status,
    ).toBe(200)
  })

  it('and responses are not readable for pages of other sites', async () => {
    const { ask } = attacked().target
    const { cookie } = await browser()
    const headers = { ...cookie, Origin: 'https://evil.example.com' }
    const answer = await ask('/projects/closed/images', { headers })
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    const requested = {
      ...headers,
      'Access-Control-Request-Method': 'DELETE',
      'Access-Control-Request-Headers': 'x-csrf-token',
    }
    const preflight = await ask('/projects/closed', { method: 'OPTIONS', headers: requested })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    expect(answer.headers.get('cache-control')).toContain('private')
  })

  it('still hold a valid session after all attacks, and the projects are unchanged', async () => {
    const { ask, ada, open } = attacked().target
    expect((await ask('/auth/me', { headers: ada.who })).status).toBe(200)
    expect((await ask('/projects/closed/images')).status).toBe(404)
    expect((await ask('/projects/new', { headers: keyHeader(KEYS.admin) })).status).toBe(404)
    expect(JSON.parse(await (await ask('/projects/open/images')).text())).toMatchObject({ images: [{ id: open }] })
  })
})
