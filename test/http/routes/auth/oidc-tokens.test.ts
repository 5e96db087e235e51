// Requests with the tokens of a company's own identity provider.

import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { TintypeOptions } from '../../../../src/index.ts'
import { createTestApp, problemOf, type TestApp, uploadTo } from '../../../support/app.ts'
import { ADA } from '../../../support/auth/accounts.ts'
import { createIssuer, ISSUER, OUR_AUDIENCE } from '../../../support/auth/issuer.ts'
import { bearer, post, signedIn } from '../../../support/auth/sessions.ts'

describe('a token of another issuer', () => {
  const trusting = async (more: TintypeOptions = {}) => {
    const issuer = await createIssuer()
    const options = { ...more, jwksUrl: issuer.url, jwksIssuer: ISSUER, jwksAudience: OUR_AUDIENCE }
    return { issuer, ...(await createTestApp({ ...options, registration: 'open' })) }
  }

  it('stands for a user that owns their uploads', async () => {
    const { app, issuer } = await trusting()
    const headers = bearer(await issuer.sign({ sub: 'grace' }))
    expect(await (await app.request('/auth/me', { headers })).json()).toEqual({
      kind: 'user',
      id: 'ext:grace',
      role: null,
      user: null,
    })
    const request: TestApp['app']['request'] = (path, init) => app.request(path, { ...init, headers })
    await uploadTo({ fetch: app.fetch, request }, 'album')
    const other = bearer(await issuer.sign({ sub: 'mallory' }))
    expect((await app.request('/projects/album', { method: 'DELETE', headers: other })).status).toBe(403)
    expect((await app.request('/projects/album', { method: 'DELETE', headers })).status).toBe(200)
  })

  it('is refused without a signature, and is distinguished from local tokens', async () => {
    const { app, issuer } = await trusting()
    const { access_token } = await signedIn(post(app, '/auth/register', ADA))
    expect((await app.request('/auth/me', { headers: bearer(access_token) })).status).toBe(200)
    expect(issuer.requests()).toBe(0)
    const posing = await issuer.sign({ iss: 'tintype', aud: 'tintype', sub: 'x'.repeat(20) })
    expect((await app.request('/auth/me', { headers: bearer(posing) })).status).toBe(401)
    const evil = await issuer.sign({ iss: 'https://evil.example.com/' })
    expect((await app.request('/auth/me', { headers: bearer(evil) })).status).toBe(401)
  })

  it('has no local password', async () => {
    const { app, issuer } = await trusting()
    const headers = bearer(await issuer.sign({}))
    const change = post(app, '/auth/password', { current: ADA.password, new: 'a new long password' }, headers)
    expect((await problemOf(change)).code).toBe('unauthenticated')
  })

  it('is answered 503 where its issuer is unavailable', async () => {
    const lines: Record<string, unknown>[] = []
    const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
    const { app, issuer } = await trusting({ log })
    issuer.fail(true)
    const { code, response } = await problemOf(app.request('/auth/me', { headers: bearer(await issuer.sign({})) }))
    expect([code, response.status]).toEqual(['issuer_unavailable', 503])
    expect(response.headers.get('retry-after')).toBe('5')
    await app.request('/projects', { headers: bearer(await issuer.sign({})) })
    expect(lines.filter(({ level }) => level === 50)).toEqual([])
    expect(lines.filter(({ level }) => level === 40)).toHaveLength(1)
  })
})
