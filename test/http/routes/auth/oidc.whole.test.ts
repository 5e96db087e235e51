// Sign-in by a real identity provider, from the gallery to the session, and the attacks on it.

import { describe, expect, it } from 'vitest'
import { meSchema } from '../../../../src/http/schemas/accounts.ts'
import type { TintypeOptions } from '../../../../src/index.ts'
import { createLogger } from '../../../../src/telemetry/logger.ts'
import { createTestApp, problemOf } from '../../../support/app.ts'
import { ADA } from '../../../support/auth/accounts.ts'
import { optionsOf, startTestProvider, type TestProvider } from '../../../support/auth/provider.ts'
import { bearer, cookieHeader, cookiesOf, post, signedIn } from '../../../support/auth/sessions.ts'

const PEOPLE = {
  ada: { email: ADA.email, email_verified: true, name: 'Ada' },
  eve: { email: 'eve@example.com', email_verified: true, name: 'Eve' },
}

const PERSON = { Accept: 'text/html,application/xhtml+xml' }

/** An app, its provider, and browsers at it. */
const open = async (options: TintypeOptions = {}, given?: TestProvider) => {
  const provider = given ?? (await startTestProvider(PEOPLE))
  const { app } = await createTestApp({ registration: 'open', signInLimit: 0, ...optionsOf(provider), ...options })

  /** A sign-in that was begun: the address at the provider, and the cookies that the browser keeps. */
  const begin = async (query = '') => {
    const response = await app.request(`/auth/oidc${query}`)
    expect(response.status).toBe(303)
    return { url: response.headers.get('location') ?? '', cookies: cookiesOf(response), response }
  }
  const finish = (url: URL, cookies: Record<string, string>, headers: Record<string, string> = {}) =>
    app.request(url.pathname + url.search, { headers: { ...cookieHeader(cookies), ...headers } })
  const signIn = async (subject: string, query = '') => {
    const { url, cookies } = await begin(query)
    return finish(await provider.signIn(url, subject), cookies)
  }
  return { app, provider, begin, finish, signIn }
}

const personOf = async (app: Awaited<ReturnType<typeof open>>['app'], cookies: Record<string, string>) => {
  const response = await app.request('/auth/me', { headers: cookieHeader(cookies) })
  return meSchema.parse(await response.json()).user
}

describe('a sign-in by a provider', () => {
  it('ends with the session of a new account, and leads back to where it began', async () => {
    const { app, signIn } = await open()
    expect(await (await app.request('/auth/options')).json()).toMatchObject({ provider: 'Example Inc.' })
    const response = await signIn('ada', '?next=/g/demo%3Fview=2')
    expect([response.status, response.headers.get('location')]).toEqual([303, '/g/demo?view=2'])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    const cookies = cookiesOf(response)
    expect(cookies.tintype_oidc).toBe('')
    expect(response.headers.getSetCookie().find((each) => each.startsWith('tintype_session='))).toMatch(
      /; HttpOnly; SameSite=Strict$/,
    )
    expect(await personOf(app, cookies)).toMatchObject({ email: ADA.email, name: 'Ada', has_password: false })
    // The session is one like any other.
    const csrf = { 'X-CSRF-Token': cookies.tintype_csrf ?? '' }
    const renewed = await post(app, '/auth/refresh', { cookie: true }, { ...cookieHeader(cookies), ...csrf })
    expect(renewed.status).toBe(200)
    const again = await signIn('ada')
    expect(again.headers.get('location')).toBe('/')
    expect(await personOf(app, cookiesOf(again))).toEqual(await personOf(app, cookies))
  })

  it('links an account, whose password and sessions end', async () => {
    const { app, signIn } = await open()
    const before = await signedIn(post(app, '/auth/register', ADA))
    expect(before.user.has_password).toBe(true)
    const response = await signIn('ada')
    expect(await personOf(app, cookiesOf(response))).toMatchObject({ id: before.user.id, has_password: false })
    expect((await app.request('/auth/me', { headers: bearer(before.access_token) })).status).toBe(401)
    expect((await problemOf(post(app, '/auth/login', ADA))).code).toBe('wrong_credentials')
  })

  it('works below the path that the app is mounted under', async () => {
    const publicUrl = 'https://example.com/media'
    const provider = await startTestProvider(PEOPLE, { publicUrl })
    const { app, begin, finish } = await open({ basePath: '/media' }, provider)
    const { url, cookies, response } = await begin('?next=/g/demo')
    expect(response.headers.getSetCookie()[0]).toContain('; Path=/media/auth/oidc/callback; HttpOnly; SameSite=Lax')
    const back = await provider.signIn(url, 'ada')
    expect(back.href).toContain(`${publicUrl}/auth/oidc/callback?`)
    // The program that mounts the app takes its path away.
    back.pathname = '/auth/oidc/callback'
    const answer = await finish(back, cookies)
    expect(answer.headers.get('location')).toBe('/media/g/demo')
    expect(await personOf(app, cookiesOf(answer))).toMatchObject({ email: ADA.email })
  })

  it('is not offered without a provider', async () => {
    const { app } = await createTestApp({ registration: 'open' })
    expect(await (await app.request('/auth/options')).json()).toMatchObject({ provider: null })
    for (const path of ['/auth/oidc', '/auth/oidc/callback', '/auth/oidc/callback?code=a&state=b'])
      expect(await problemOf(app.request(path))).toMatchObject({ status: 404, code: 'oidc_not_configured' })
  })

  it('is refused by a read-only store', async () => {
    const provider = await startTestProvider(PEOPLE)
    const { storageDir, close } = await createTestApp()
    await close()
    const { app } = await createTestApp({ storageDir, readOnly: true, gallery: true, ...optionsOf(provider) })
    for (const path of ['/auth/oidc', '/auth/oidc/callback']) {
      expect((await problemOf(app.request(path))).code).toBe('read_only')
      const person = await app.request(path, { headers: PERSON })
      expect([person.status, person.headers.get('location')]).toEqual([303, '/?sign-in=read_only'])
    }
  })

  it('counts as an attempt to sign in', async () => {
    const { app } = await open({ signInLimit: 2, gallery: true })
    const codes = []
    for (let count = 0; count < 3; count++)
      codes.push((await problemOf(app.request('/auth/oidc/callback?code=a&state=b'))).code)
    expect(codes).toEqual(['oidc_state', 'oidc_state', 'rate_limited'])
    const person = await app.request('/auth/oidc/callback?code=a&state=b', { headers: PERSON })
    expect(person.headers.get('location')).toBe('/?sign-in=rate_limited')
    expect((await app.request('/auth/oidc')).status).toBe(303)
    expect((await problemOf(post(app, '/auth/login', ADA))).code).toBe('rate_limited')
  })

  it('needs no provider at the start, and says when there is none', async () => {
    const { app, provider } = await open({ gallery: true })
    provider.fail(true)
    const failed = await problemOf(app.request('/auth/oidc'))
    expect(failed).toMatchObject({ status: 503, code: 'oidc_unavailable' })
    expect(failed.response.headers.get('retry-after')).toBe('5')
    const person = await app.request('/auth/oidc', { headers: PERSON })
    expect([person.status, person.headers.get('location')]).toEqual([303, '/?sign-in=oidc_unavailable'])
    expect(person.headers.getSetCookie()).toEqual([])

    const other = await startTestProvider(PEOPLE)
    const second = await open({}, other)
    const { url, cookies } = await second.begin()
    const back = await other.signIn(url, 'ada')
    other.fail(true)
    expect((await problemOf(second.finish(back, cookies))).code).toBe('oidc_unavailable')
  })
})

describe('what a person is told', () => {
  it('when the sign-in was cancelled', async () => {
    const { provider, begin, finish } = await open({ gallery: true })
    const { url, cookies } = await begin()
    const back = await provider.cancel(url)
    expect((await problemOf(finish(back, cookies))).code).toBe('oidc_denied')
    const response = await finish(back, cookies, PERSON)
    expect([response.status, response.headers.get('location')]).toEqual([303, '/?sign-in=oidc_denied'])
    expect(response.headers.get('vary')).toBe('Accept')
    expect(cookiesOf(response)).toEqual({ tintype_oidc: '' })
  })

  it.each([
    ['closed', 'ada', { email: 'a@example.com', email_verified: true }, 'registration_closed'],
    ['invite', 'ada', { email: 'a@example.com', email_verified: false }, 'registration_closed'],
    ['open', 'ada', {}, 'identity_without_email'],
    ['open', 'eve', { email: ADA.email }, 'email_taken'],
  ] as const)('where registration is "%s": %s with %o gets %s', async (registration, subject, person, code) => {
    const provider = await startTestProvider({ [subject]: person })
    const { app, begin, finish } = await open({ gallery: true, registration }, provider)
    if (registration === 'open') await signedIn(post(app, '/auth/register', ADA))
    const { url, cookies } = await begin()
    const back = await provider.signIn(url, subject)
    const response = await finish(back, cookies, PERSON)
    expect([response.status, response.headers.get('location')]).toEqual([303, `/?sign-in=${code}`])
    expect(cookiesOf(response)).toEqual({ tintype_oidc: '' })
  })

  it('is a problem document where the gallery is not served', async () => {
    const { app } = await open({ gallery: false })
    expect((await problemOf(app.request('/auth/oidc/callback?code=a', { headers: PERSON }))).code).toBe('oidc_state')
  })
})

describe('an attacker', () => {
  it('cannot sign another browser in to the own account, without the cookie or with the cookie of another sign-in', async () => {
    const { provider, begin, finish } = await open()
    const attacker = await begin()
    const lure = await provider.signIn(attacker.url, 'eve')
    const victim = await begin()
    const sealed = [{}, victim.cookies, { tintype_oidc: 'x' }, { tintype_oidc: '' }]
    for (const cookies of sealed) {
      const { code, response } = await problemOf(finish(lure, cookies))
      expect(code).toBe('oidc_state')
      expect(cookiesOf(response).tintype_session).toBeUndefined()
    }
    // The code is still good where the sign-in began.
    expect((await finish(lure, attacker.cookies)).status).toBe(303)
  })

  it('cannot use an answer twice', async () => {
    const { provider, begin, finish } = await open()
    const { url, cookies } = await begin()
    const back = await provider.signIn(url, 'ada')
    expect((await finish(back, cookies)).status).toBe(303)
    expect((await problemOf(finish(back, cookies))).code).toBe('oidc_failed')
  })

  it('cannot use a code in a sign-in of another browser', async () => {
    const { provider, begin, finish } = await open()
    const [one, other] = [await begin(), await begin()]
    const stolen = await provider.signIn(one.url, 'ada')
    const own = await provider.signIn(other.url, 'eve')
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '')
    // PKCE: the code belongs to the verifier of the other browser.
    expect((await problemOf(finish(own, other.cookies))).code).toBe('oidc_failed')
  })

  it('cannot pass off the answer of another provider', async () => {
    const { provider, begin, finish } = await open()
    const { url, cookies } = await begin()
    const back = await provider.signIn(url, 'ada')
    back.searchParams.set('iss', 'https://evil.example')
    expect((await problemOf(finish(back, cookies))).code).toBe('oidc_failed')
  })

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/%09/evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/../other',
    '/g/../../other',
    '/%2e%2e/other',
    'g/demo',
    'javascript:alert(1)',
    '',
    '/g/demo#part',
    '/g/ demo',
    '/g/demo\r\nSet-Cookie: a=b',
    `/${'x'.repeat(500)}`,
  ])('cannot lead the browser to another place: %j', async (next) => {
    const { app } = await open()
    const refused = await problemOf(app.request(`/auth/oidc?${new URLSearchParams({ next })}`))
    expect(refused).toMatchObject({ status: 400, code: 'invalid_parameter', field: 'next' })
  })

  it('leads it within this app at most', async () => {
    const { app } = await open()
    for (const next of ['/', '/g/demo', '/g/demo?q=a%20b&c=(d)', '/s/a_b-c', `/${'x'.repeat(499)}`])
      expect((await app.request(`/auth/oidc?${new URLSearchParams({ next })}`)).status).toBe(303)
  })

  it('cannot give a browser a session that it knows', async () => {
    const { app, provider, begin, finish } = await open()
    const attacker = await post(app, '/auth/register', { ...ADA, email: 'mallory@example.com', cookie: true })
    const planted = cookiesOf(attacker)
    const { url, cookies } = await begin()
    const response = await finish(await provider.signIn(url, 'ada'), { ...planted, ...cookies })
    const own = cookiesOf(response)
    for (const name of ['tintype_session', 'tintype_refresh', 'tintype_csrf']) {
      expect(own[name]).toBeDefined()
      expect(own[name]).not.toBe(planted[name])
    }
    expect((await personOf(app, planted))?.email).toBe('mallory@example.com')
    expect((await personOf(app, own))?.email).toBe(ADA.email)
  })

  it('who reads the log finds no secret of a sign-in', async () => {
    const lines: string[] = []
    const log = createLogger({ level: 'trace', destination: { write: (line) => void lines.push(line) } })
    const provider = await startTestProvider(PEOPLE)
    const { begin, finish } = await open({ log }, provider)
    const { url, cookies, response } = await begin()
    const back = await provider.signIn(url, 'ada')
    const done = await finish(back, cookies)
    await problemOf(finish(back, cookies))
    back.searchParams.set('iss', 'https://evil.example')
    await problemOf(finish(back, cookies))
    const text = lines.join('\n')
    expect(text).toContain('/auth/oidc/callback')
    expect(text).toContain('did not confirm a sign-in')
    const secrets = [
      ...['code', 'state'].map((name) => back.searchParams.get(name) ?? ''),
      new URL(url).searchParams.get('nonce') ?? '',
      cookies.tintype_oidc ?? '',
      cookiesOf(done).tintype_session ?? '',
      provider.settings.clientSecret,
    ]
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20)
      expect(text).not.toContain(secret)
      expect(done.headers.get('location')).not.toContain(secret)
    }
    expect(response.headers.get('location')).not.toContain(provider.settings.clientSecret)
  })
})

it.each([
  [{ oidcIssuer: '' }, 'oidcIssuer: expected the https URL'],
  [{ oidcIssuer: 'http://id.example.com' }, 'oidcIssuer: expected the https URL'],
  [{ oidcIssuer: 'https://id.example.com/?a' }, 'oidcIssuer: expected the https URL'],
  [{ oidcClientId: '' }, 'oidcClientId: expected'],
  [{ oidcClientSecret: '' }, 'oidcClientSecret: expected'],
  [{ publicUrl: '' }, 'publicUrl: expected the http or https URL'],
])('refuses options that do not fit together: %o', async (options, message) => {
  const whole = {
    ...{ oidcIssuer: 'https://id.example.com', oidcClientId: 'tintype', oidcClientSecret: 'a secret' },
    publicUrl: 'https://pictures.example.com',
  }
  await expect(createTestApp({ ...whole, ...options })).rejects.toThrow(message)
})
