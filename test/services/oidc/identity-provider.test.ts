// Sign-ins at a real provider, and answers of it that are not valid.

import { describe, expect, it } from 'vitest'
import { createIdentityProvider } from '../../../src/services/oidc/identity-provider.ts'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { startTestProvider, type TestProvider } from '../../support/auth/provider.ts'

const ADA = { email: 'Ada@Example.com', email_verified: true, name: 'Ada' }

const log = createLogger({ level: 'silent' })

const open = (provider: TestProvider, more: { now?(): number } = {}) =>
  createIdentityProvider({ ...provider.settings, ...more, log })

/** An identity provider, and a sign-in of Ada that the provider has answered. */
const answered = async (...[people = { ada: ADA }, options]: Parameters<typeof startTestProvider>) => {
  const provider = await startTestProvider(people, options)
  const ours = open(provider)
  const { url, ...secrets } = await ours.begin()
  const { searchParams: query } = await provider.signIn(url, 'ada')
  return { provider, ours, query, flow: { ...secrets, next: '/' } }
}

describe('an identity provider', () => {
  it.each([{}, { hasFullIdTokens: true }, { authMethod: 'client_secret_post' }] as const)(
    'proves an identity by a code, with %o',
    async (options) => {
      const { provider, ours, query, flow } = await answered(undefined, options)
      expect(await ours.finish(query, flow)).toEqual({
        issuer: provider.settings.issuer,
        subject: 'ada',
        email: 'ada@example.com',
        isEmailVerified: true,
        name: 'Ada',
      })
      const isAsked = provider.paths.includes('/me')
      expect(isAsked).toBe(!('hasFullIdTokens' in options))
    },
  )

  it.each([
    [{}, { email: undefined, isEmailVerified: false, name: null }],
    [{ email: 'no address' }, { email: undefined }],
    [{ email: ' A@example.com ' }, { email: 'a@example.com' }],
    // The Kelvin sign, whose lower case is the letter k.
    [{ email: '\u212aim@example.com', email_verified: true }, { email: undefined }],
    [{ email: 'kim@\u212a.example.com', email_verified: true }, { email: undefined }],
    [{ email: 'a@example.com' }, { email: 'a@example.com', isEmailVerified: false }],
    [{ email: 'a@example.com', email_verified: false }, { isEmailVerified: false }],
    [{ name: ' '.repeat(3) }, { name: null }],
    [{ name: 'x'.repeat(101) }, { name: null }],
    [{ name: 'x'.repeat(100) }, { name: 'x'.repeat(100) }],
    [{ name: 'a\u0007b' }, { name: null }],
  ])('that says %o of a person is taken as %o', async (person, expected) => {
    const { ours, query, flow } = await answered({ ada: person })
    expect(await ours.finish(query, flow)).toMatchObject({ subject: 'ada', ...expected })
  })

  it('asks for a code with PKCE, and keeps the secrets of a sign-in out of its address', async () => {
    const provider = await startTestProvider()
    const ours = open(provider)
    const [one, other] = [await ours.begin(), await ours.begin()]
    const { searchParams } = new URL(one.url)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'tintype',
      redirect_uri: 'https://pictures.example.com/auth/oidc/callback',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      state: one.state,
      nonce: one.nonce,
    })
    expect(one.url).not.toContain(one.verifier)
    expect(one.url).not.toContain(encodeURIComponent(provider.settings.clientSecret))
    for (const name of ['state', 'nonce', 'verifier'] as const) expect(one[name]).not.toBe(other[name])
    // Discovered once.
    expect(provider.paths).toEqual(['/.well-known/openid-configuration'])
  })
})

describe('an answer', () => {
  it('is good once', async () => {
    const { ours, query, flow } = await answered()
    await ours.finish(query, flow)
    await expect(ours.finish(query, flow)).rejects.toMatchObject({ code: 'oidc_failed' })
  })

  it.each(['nonce', 'verifier'] as const)('is refused with the %s of another sign-in', async (name) => {
    const { ours, query, flow } = await answered()
    const other = await ours.begin()
    await expect(ours.finish(query, { ...flow, [name]: other[name] })).rejects.toMatchObject({ code: 'oidc_failed' })
  })

  it('is refused with the state of another sign-in, or none, before the provider is asked', async () => {
    const { provider, ours, query, flow } = await answered()
    const { state } = await ours.begin()
    const without = new URLSearchParams(query)
    without.delete('state')
    const before = provider.paths.length
    for (const [answer, expected] of [
      [query, { ...flow, state }],
      [without, flow],
    ] as const)
      await expect(ours.finish(answer, expected)).rejects.toMatchObject({ code: 'oidc_state' })
    expect(provider.paths).toHaveLength(before)
    await ours.finish(query, flow)
  })

  it('of another issuer, or without one where the provider names itself, is refused before its code is sent', async () => {
    const { provider, ours, query, flow } = await answered()
    const [other, none] = [new URLSearchParams(query), new URLSearchParams(query)]
    other.set('iss', 'https://evil.example')
    none.delete('iss')
    const before = provider.paths.length
    for (const wrong of [other, none])
      await expect(ours.finish(wrong, flow)).rejects.toMatchObject({ code: 'oidc_failed' })
    expect(provider.paths).toHaveLength(before)
  })

  it('with a code of nobody, two codes or none is refused', async () => {
    const { ours, query, flow } = await answered()
    const [unknown, twice, none] = [query, query, query].map((each) => new URLSearchParams(each))
    unknown?.set('code', 'x'.repeat(43))
    twice?.append('code', 'another')
    none?.delete('code')
    for (const wrong of [unknown, twice, none])
      await expect(ours.finish(wrong ?? query, flow)).rejects.toMatchObject({ code: 'oidc_failed' })
  })

  it('that says no is told from one that is not valid', async () => {
    const provider = await startTestProvider({ ada: ADA })
    const ours = open(provider)
    const { url, ...secrets } = await ours.begin()
    const { searchParams: query } = await provider.cancel(url)
    const flow = { ...secrets, next: '/' }
    await expect(ours.finish(query, flow)).rejects.toMatchObject({ code: 'oidc_denied' })
    query.set('error', 'server_error')
    await expect(ours.finish(query, flow)).rejects.toMatchObject({ code: 'oidc_failed' })
  })
})

describe('a provider that is down', () => {
  it('is unavailable, and asked again after a pause', async () => {
    const provider = await startTestProvider({ ada: ADA })
    let ms = 0
    const ours = open(provider, { now: () => ms })
    provider.fail(true)
    for (let count = 0; count < 3; count++)
      await expect(ours.begin()).rejects.toMatchObject({ code: 'oidc_unavailable', retryAfterSeconds: 5 })
    expect(provider.paths).toHaveLength(1)
    provider.fail(false)
    ms = 4999
    await expect(ours.begin()).rejects.toMatchObject({ code: 'oidc_unavailable' })
    ms = 5000
    await ours.begin()
  })

  it('when a code is to be exchanged keeps the code good', async () => {
    const { provider, ours, query, flow } = await answered()
    provider.fail(true)
    await expect(ours.finish(query, flow)).rejects.toMatchObject({ code: 'oidc_unavailable' })
    provider.fail(false)
    expect(await ours.finish(query, flow)).toMatchObject({ subject: 'ada' })
  })

  it('is discovered again after an hour', async () => {
    const provider = await startTestProvider()
    let ms = 0
    const ours = open(provider, { now: () => ms })
    for (ms of [0, 3_599_999, 3_600_000]) await ours.begin()
    expect(provider.paths).toHaveLength(2)
  })

  it('or that is another one than its address says is unavailable', async () => {
    const provider = await startTestProvider()
    for (const issuer of ['http://127.0.0.1:1', provider.settings.issuer.replace('127.0.0.1', 'localhost')]) {
      const ours = createIdentityProvider({ ...provider.settings, issuer, log })
      await expect(ours.begin()).rejects.toMatchObject({ code: 'oidc_unavailable' })
    }
  })
})
