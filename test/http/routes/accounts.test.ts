// The routes of accounts, as clients with tokens see them.

import { describe, expect, it } from 'vitest'
import { meSchema } from '../../../src/http/schemas/accounts.ts'
import { createTestApp, problemOf, uploadTo } from '../../support/app.ts'
import { ADA } from '../../support/auth/accounts.ts'
import { bearer, openApp, post, signedIn } from '../../support/auth/sessions.ts'
import { everythingIn } from '../../support/store/here.ts'

describe('a client with tokens', () => {
  it('registers, uses the access token, renews it, and signs out', async () => {
    const { app } = await openApp()
    const registered = await post(app, '/auth/register', { ...ADA, name: 'Ada' })
    expect(registered.status).toBe(201)
    expect(registered.headers.get('cache-control')).toBe('no-store')
    expect(registered.headers.getSetCookie()).toEqual([])
    const first = await signedIn(registered)
    expect(first).toMatchObject({ token_type: 'Bearer', expires_in: 900, user: { email: ADA.email, name: 'Ada' } })

    const me = meSchema.parse(await (await app.request('/auth/me', { headers: bearer(first.access_token) })).json())
    expect(me).toEqual({ kind: 'user', id: first.user.id, role: null, user: first.user })

    const second = await signedIn(post(app, '/auth/refresh', { refresh_token: first.refresh_token }))
    expect((await app.request('/auth/me', { headers: bearer(second.access_token) })).status).toBe(200)

    const out = await post(app, '/auth/logout', { refresh_token: second.refresh_token })
    expect([out.status, await out.text()]).toEqual([204, ''])
    expect((await post(app, '/auth/logout', { refresh_token: second.refresh_token })).status).toBe(204)
    const refused = await problemOf(app.request('/auth/me', { headers: bearer(second.access_token) }))
    expect(refused).toMatchObject({ code: 'unauthenticated', status: 401 })
    expect(refused.response.headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect((await problemOf(post(app, '/auth/refresh', { refresh_token: second.refresh_token }))).code).toBe(
      'unauthenticated',
    )
  })

  it('is signed out where an older refresh token is used again', async () => {
    const { app } = await openApp()
    const first = await signedIn(post(app, '/auth/register', ADA))
    const between = await signedIn(post(app, '/auth/refresh', { refresh_token: first.refresh_token }))
    const second = await signedIn(post(app, '/auth/refresh', { refresh_token: between.refresh_token }))
    expect((await post(app, '/auth/refresh', { refresh_token: first.refresh_token })).status).toBe(401)
    expect((await app.request('/auth/me', { headers: bearer(second.access_token) })).status).toBe(401)
  })

  it('owns what it uploads', async () => {
    const { app } = await openApp()
    const ada = await signedIn(post(app, '/auth/register', ADA))
    await expect(uploadTo(app, 'album')).rejects.toThrow('401')
    const headers = bearer(ada.access_token)
    await uploadTo({ ...app, request: (path, init) => app.request(path, { ...init, headers }) }, 'album')
    const bob = await signedIn(post(app, '/auth/register', { ...ADA, email: 'bob@example.com' }))
    const remove = (token?: string) => app.request('/projects/album', { method: 'DELETE', headers: bearer(token) })
    expect((await remove(bob.access_token)).status).toBe(403)
    expect((await remove(ada.access_token)).status).toBe(200)
  })

  it('changes its password, and all its sessions end', async () => {
    const { app } = await openApp()
    const first = await signedIn(post(app, '/auth/register', ADA))
    const headers = bearer(first.access_token)
    const change = { current: ADA.password, new: 'a new long password' }
    expect((await problemOf(post(app, '/auth/password', change))).code).toBe('unauthenticated')
    expect((await problemOf(post(app, '/auth/password', { ...change, current: 'wrong' }, headers))).code).toBe(
      'wrong_credentials',
    )
    const next = await signedIn(post(app, '/auth/password', change, headers))
    expect((await app.request('/auth/me', { headers })).status).toBe(401)
    expect((await app.request('/auth/me', { headers: bearer(next.access_token) })).status).toBe(200)
    expect((await problemOf(post(app, '/auth/login', ADA))).code).toBe('wrong_credentials')
    await signedIn(post(app, '/auth/login', { ...ADA, password: 'a new long password' }))
  })

  it('receives the same answer for an unknown address and a wrong password', async () => {
    const { app } = await openApp()
    await signedIn(post(app, '/auth/register', ADA))
    const answers = await Promise.all(
      [
        { ...ADA, password: 'not the password' },
        { ...ADA, email: 'nobody@example.com' },
      ].map(async (body) => {
        const response = await post(app, '/auth/login', body)
        const { 'x-request-id': _, ...headers } = Object.fromEntries(response.headers)
        return [response.status, headers, await response.text()]
      }),
    )
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]?.[0]).toBe(401)
  })
})

describe('an invalid token', () => {
  it('is refused with 401 wherever authentication is required', async () => {
    const { app } = await openApp()
    const { access_token = '' } = await signedIn(post(app, '/auth/register', ADA))
    const [header, claims, signature] = access_token.split('.')
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const none = part({ alg: 'none', typ: 'at+jwt' })
    const other = part({ ...JSON.parse(Buffer.from(claims ?? '', 'base64url').toString()), sub: 'x'.repeat(20) })
    const elsewhere = await signedIn(post((await openApp()).app, '/auth/register', ADA))
    for (const token of [
      `${none}.${claims}.`,
      `${none}.${claims}.${signature}`,
      `${part({ alg: 'RS256', typ: 'at+jwt' })}.${claims}.${signature}`,
      `${part({ alg: 'HS256' })}.${claims}.${signature}`,
      `${header}.${other}.${signature}`,
      `${header}.${claims}.`,
      elsewhere.access_token,
      'ttr_x',
      'x',
    ]) {
      const { code, response } = await problemOf(app.request('/auth/me', { headers: bearer(token) }))
      expect([token, code]).toEqual([token, 'unauthenticated'])
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
    expect((await app.request('/auth/me', { headers: bearer(access_token) })).status).toBe(200)
  })
})

describe('an invalid body', () => {
  it('is refused with the name of the field, and never repeats a password', async () => {
    const { app } = await openApp()
    const cases = [
      ['/auth/register', { ...ADA, email: 'ada' }, 'email', 'received "ada"'],
      ['/auth/register', { ...ADA, email: `${'a'.repeat(64)}@${'b'.repeat(250)}.example` }, 'email', 'expected'],
      ['/auth/register', { ...ADA, email: 'ad\u0430@example.com' }, 'email', 'expected an e-mail address'],
      ['/auth/register', { ...ADA, email: undefined }, 'email', 'received nothing'],
      [
        '/auth/register',
        { ...ADA, password: 'hunter2!!' },
        'password',
        'a password of 10 to 200 characters, received a text of 9 characters',
      ],
      ['/auth/register', { ...ADA, password: 'p'.repeat(201) }, 'password', 'received a text of 201 characters'],
      ['/auth/register', { ...ADA, password: 12_345_678_901 }, 'password', 'received a number'],
      ['/auth/register', { ...ADA, name: '' }, 'name', '1 to 100'],
      ['/auth/register', { ...ADA, name: 'n'.repeat(101) }, 'name', '1 to 100'],
      [
        '/auth/register',
        { ...ADA, admin: true },
        'admin',
        'expected one of email, password, name, invite, cookie, received "admin"',
      ],
      [
        '/auth/register',
        { ...ADA, invite: 'i'.repeat(101) },
        'invite',
        'at most 100 characters, received a text of 101',
      ],
      ['/auth/login', { email: ADA.email }, 'password', 'received nothing'],
      ['/auth/login', { ...ADA, password: 'p'.repeat(401) }, 'password', 'received a text of 401 characters'],
      ['/auth/login', { ...ADA, cookie: 'yes' }, 'cookie', 'true or false'],
      ['/auth/login', { ...ADA, email: ['ada@example.com'] }, 'email', 'received an array'],
      ['/auth/refresh', {}, undefined, 'either refresh_token or cookie: true, received an empty object'],
      ['/auth/refresh', { refresh_token: 'ttr_x', cookie: true }, undefined, 'either'],
      [
        '/auth/refresh',
        { refresh_token: 'x'.repeat(201) },
        'refresh_token',
        'a refresh token, received a text of 201 characters',
      ],
    ] as const
    for (const [path, body, field, message] of cases) {
      const problem = await problemOf(post(app, path, body))
      expect(problem, JSON.stringify(body)).toMatchObject({ code: 'invalid_body', status: 400 })
      expect(Object.entries(problem)).toEqual(
        field === undefined
          ? expect.not.arrayContaining([['field', expect.anything()]])
          : expect.arrayContaining([['field', field]]),
      )
      expect(problem.detail).toContain(message)
      expect(problem).toMatchObject({ expected: expect.any(String), received: expect.any(String) })
      expect(JSON.stringify(problem)).not.toMatch(/hunter2|correct horse|ppp/)
    }
    for (const length of [10, 200])
      expect(
        (await post(app, '/auth/register', { email: `${length}@example.com`, password: 'p'.repeat(length) })).status,
      ).toBe(201)
  })

  it.each([
    [
      '/auth/register',
      { ...ADA, email: `ada@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(50)}.example` },
      201,
    ],
    ['/auth/register', { ...ADA, name: 'ñ'.repeat(100) }, 201],
    ['/auth/register', { ...ADA, name: null, invite: 'i'.repeat(100) }, 201],
    ['/auth/login', { ...ADA, password: '🎲'.repeat(200) }, 401],
    ['/auth/refresh', { refresh_token: 'x'.repeat(200) }, 401],
  ])('is accepted by %s up to its limits', async (path, body, status) => {
    const { app } = await openApp()
    expect((await post(app, path, body)).status).toBe(status)
  })

  it('is refused where it is not JSON, is an array, or is larger than 16 KiB', async () => {
    const { app } = await openApp()
    const send = (body: string, type = 'application/json') =>
      problemOf(app.request('/auth/login', { method: 'POST', headers: { 'Content-Type': type }, body }))
    expect((await send('{')).code).toBe('invalid_body')
    expect((await send('[]')).code).toBe('invalid_body')
    expect((await send(JSON.stringify(ADA), 'text/plain')).code).toBe('invalid_body')
    const padded = (bytes: number) => JSON.stringify(ADA).padEnd(bytes, ' ')
    expect((await send(padded(16 * 1024))).code).toBe('wrong_credentials')
    expect((await send(padded(16 * 1024 + 1))).code).toBe('upload_too_large')
  })
})

describe('a server without accounts', () => {
  it('refuses registration, and explains it', async () => {
    const { app, storageDir } = await createTestApp()
    expect(await problemOf(post(app, '/auth/register', ADA))).toMatchObject({
      code: 'registration_closed',
      status: 403,
    })
    expect((await problemOf(post(app, '/auth/login', ADA))).code).toBe('wrong_credentials')
    expect((await everythingIn(storageDir)).filter((file) => file.startsWith('.accounts'))).toEqual([])
  })

  it('reports that it requires no authentication', async () => {
    const { app } = await createTestApp()
    const me = await (await app.request('/auth/me')).json()
    expect(me).toEqual({ kind: 'anybody', id: null, role: null, user: null })
  })
})
