// Rate limits: the last allowed request, and the first refused one.

import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { TintypeOptions } from '../../../src/index.ts'
import { createTestApp, problemOf, uploadTo } from '../../support/app.ts'
import { smallPhoto } from '../../support/pictures/pictures.ts'
import { LONG_MEMORY } from '../../support/store/here.ts'
import { formOf } from '../../support/upload.ts'

const ANNA = 'anna-0123456789abcdef'
const BERT = 'bert-0123456789abcdef'

/** Asks as a client of this address would, over a connection that is as much of one as the app looks at. */
const appFor = async (options: TintypeOptions) => {
  const tintype = await createTestApp(options)
  const ask = (path: string, from: string, init: RequestInit = {}) =>
    tintype.app.request(path, init, {
      incoming: { httpVersionMajor: 1, complete: true, url: path, socket: { remoteAddress: from } },
    })
  return { ...tintype, ask }
}

const get = (headers: Record<string, string> = {}): RequestInit => ({ headers })

describe('RATE_LIMIT', () => {
  it('allows the last request and refuses the next one, each with the remaining requests', async () => {
    const { ask } = await appFor({ rateLimit: 3, rateLimitWindow: 50 })
    for (const left of [2, 1, 0]) {
      const answer = await ask('/projects', '1.2.3.4')
      expect(answer.status).toBe(200)
      expect(answer.headers.get('ratelimit-policy')).toBe('"read";q=3;w=50')
      expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`^"read";r=${left};t=(50|49|48)$`))
    }
    const { response, ...problem } = await problemOf(ask('/projects', '1.2.3.4'))
    expect(problem).toMatchObject({ status: 429, code: 'rate_limited', limit: 3, window_seconds: 50 })
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(40)
    expect(response.headers.get('ratelimit')).toMatch(/^"read";r=0;t=/)
    expect(response.headers.get('ratelimit-policy')).toBe('"read";q=3;w=50')
  })

  it('resets with the next window', async () => {
    const { ask } = await appFor({ rateLimit: 1, rateLimitWindow: 1 })
    expect((await ask('/projects', '1.2.3.4')).status).toBe(200)
    expect((await ask('/projects', '1.2.3.4')).status).toBe(429)
    await expect.poll(async () => (await ask('/projects', '1.2.3.4')).status, { timeout: 60_000 }).toBe(200)
  })

  it('counts each address separately, and each IPv6 network of 64 bits', async () => {
    const { ask } = await appFor({ rateLimit: 1 })
    expect((await ask('/projects', '1.2.3.4')).status).toBe(200)
    expect((await ask('/projects', '1.2.3.5')).status).toBe(200)
    expect((await ask('/projects', '::ffff:1.2.3.5')).status).toBe(429)
    expect((await ask('/projects', '2001:db8:0:1::1')).status).toBe(200)
    expect((await ask('/projects', '2001:db8:0:1:ffff::2')).status).toBe(429)
    expect((await ask('/projects', '2001:db8:0:2::1')).status).toBe(200)
  })

  it('counts keys across addresses, and invalid keys by the address', async () => {
    const { ask } = await appFor({ rateLimit: 1, apiKeys: [`reader:${ANNA}`, `reader:${BERT}`] })
    expect((await ask('/projects', '1.2.3.4', get({ 'X-API-Key': ANNA }))).status).toBe(200)
    expect((await ask('/projects', '1.2.3.4', get({ 'X-API-Key': BERT }))).status).toBe(200)
    expect((await ask('/projects', '9.9.9.9', get({ 'X-API-Key': ANNA }))).status).toBe(429)
    expect((await ask('/projects', '1.2.3.4', get({ 'X-API-Key': 'wrong-one-0123456789' }))).status).toBe(401)
    expect((await ask('/projects', '1.2.3.4', get({ 'X-API-Key': 'wrong-two-0123456789' }))).status).toBe(429)
  })

  it('counts changes separately, by default a quarter, rounded up', async () => {
    const { ask } = await appFor({ rateLimit: 5 })
    const remove = () => ask('/projects/shop', '1.2.3.4', { method: 'DELETE' })
    for (const status of [404, 404, 429]) expect((await remove()).status).toBe(status)
    expect((await remove()).headers.get('ratelimit-policy')).toBe('"write";q=2;w=60')
    expect((await ask('/projects', '1.2.3.4')).status).toBe(200)
  })

  it('can limit changes alone; a refused upload stores nothing', async () => {
    const { app, ask } = await appFor({ rateLimitWrites: 1 })
    const send = async () =>
      ask('/projects/shop/images', '1.2.3.4', { method: 'POST', body: formOf(await smallPhoto()) })
    expect((await send()).status).toBe(201)
    expect((await send()).status).toBe(429)
    const reading = await app.request('/projects/shop')
    expect([reading.status, reading.headers.get('ratelimit')]).toEqual([200, null])
    expect(await reading.json()).toMatchObject({ image_count: 1 })
  })

  it('exempts /health and /ready, and sends no headers where it is off', async () => {
    const { ask } = await appFor({ rateLimit: 1 })
    for (const path of ['/health', '/health', '/ready', '/ready']) expect((await ask(path, '1.2.3.4')).status).toBe(200)
    const off = await createTestApp()
    expect((await off.app.request('/projects')).headers.has('ratelimit-policy')).toBe(false)
  })

  it('reads X-Forwarded-For from trusted proxies alone', async () => {
    const { ask } = await appFor({ rateLimit: 1, trustProxy: 'loopback' })
    const through = (from: string, client: string) => ask('/projects', from, get({ 'X-Forwarded-For': client }))
    expect((await through('127.0.0.1', '1.1.1.1')).status).toBe(200)
    expect((await through('127.0.0.1', '2.2.2.2')).status).toBe(200)
    expect((await through('127.0.0.1', '7.7.7.7, 2.2.2.2')).status).toBe(429)
    expect((await through('5.5.5.5', '3.3.3.3')).status).toBe(200)
    expect((await through('5.5.5.5', '4.4.4.4')).status).toBe(429)
  })

  it('counts answers from memory too, and leaves refused ones to the app', async () => {
    const { app, answerFast } = await createTestApp({ ...LONG_MEMORY, rateLimit: 4 })
    const { image_id } = await uploadTo(app, 'shop')
    const url = `/projects/shop/images/${image_id}/game.jpg`
    const request = { method: 'GET', url, rawHeaders: ['Host', 'test'], socket: new Socket() }
    const remaining = (text = '') => /ratelimit: "read";r=(\d+);t=60\r/i.exec(text)?.[1]
    expect(remaining((await answerFast(request))?.head)).toBe('3')
    // Without a connection, as the app is called here, both have no address.
    expect((await app.request(url)).headers.get('ratelimit')).toMatch(/^"read";r=2;/)
    const head = (await answerFast({ ...request, rawHeaders: ['Host', 'test', 'If-None-Match', '*'] }))?.head
    expect([head?.slice(0, 12), remaining(head)]).toEqual(['HTTP/1.1 304', '1'])
    // Not counted, as the app answers it.
    expect(await answerFast({ ...request, rawHeaders: ['Host', 'test', 'If-Match', '"other"'] })).toBeUndefined()
    expect(remaining((await answerFast(request))?.head)).toBe('0')
    expect(await answerFast(request)).toBeUndefined()
    const { response, ...problem } = await problemOf(app.request(url))
    expect([problem.code, response.headers.get('ratelimit')?.slice(0, 10)]).toEqual(['rate_limited', '"read";r=0'])
  })
})

describe('SIGN_IN_LIMIT', () => {
  const signIn = (email: string): RequestInit => ({
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password: 'not the one that it is' }),
  })

  it('is on by default, and counts by address, across accounts', async () => {
    const { ask } = await appFor({ registration: 'open' })
    const statuses: number[] = []
    for (let n = 0; n < 11; n++)
      statuses.push((await ask('/auth/login', '1.2.3.4', signIn(`a${n}@example.org`))).status)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429])
    expect((await ask('/auth/login', '1.2.3.5', signIn('a@example.org'))).status).toBe(401)
  })

  it('is complemented by a throttle of the account across addresses, whether it exists or not', async () => {
    const { ask } = await appFor({ registration: 'open', signInLimit: 0 })
    const statuses: number[] = []
    for (let n = 0; n < 7; n++)
      statuses.push(
        (await ask('/auth/login', `1.2.3.${n}`, signIn(n % 2 ? 'Bo@example.org' : 'bo@example.org'))).status,
      )
    // One more than the five that are free starts the first pause.
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429])
    const refused = await problemOf(ask('/auth/login', '1.2.3.9', signIn('bo@example.org')))
    expect([refused.code, refused.response.headers.get('retry-after')]).toEqual(['rate_limited', '1'])
    expect((await ask('/auth/login', '1.2.3.9', signIn('al@example.org'))).status).toBe(401)
  })

  it('does not lock owners out at an address from which they signed in before', async () => {
    const { ask } = await appFor({ registration: 'open', signInLimit: 0, trustProxy: 'loopback' })
    const account = { email: 'bo@example.org', password: 'correct horse battery staple' }
    const from = (client: string, path: string, body: unknown) =>
      ask(path, '127.0.0.1', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': client },
        body: JSON.stringify(body),
      })
    expect((await from('5.5.5.5', '/auth/register', account)).status).toBe(201)
    const attack = () => from('6.6.6.6', '/auth/login', { ...account, password: 'not the one that it is' })
    while ((await attack()).status !== 429);
    expect((await from('5.5.5.5', '/auth/login', account)).status).toBe(200)
  })
})
