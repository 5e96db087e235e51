// Responses: their common headers, in plain records and beside headers that others have set.

import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { commonHeadersOf, type Env } from '../../../src/http/context.ts'
import { json, notModified, respond } from '../../../src/http/response/respond.ts'

/** The response to `headers`, of a request whose common headers are given. */
const respondTo = async (headers: Record<string, string>, common: Record<string, string>, others = false) => {
  const app = new Hono<Env>().get('/', (c) => {
    Object.assign(commonHeadersOf(c), common)
    if (others) {
      c.header('X-Other', 'kept')
      c.set('hasOtherHeaders', true)
    }
    return respond(c, 'text', 200, headers)
  })
  const response = await app.request('/')
  return { body: await response.text(), headers: Object.fromEntries(response.headers) }
}

it('a response has its own headers and the common ones of its request', async () => {
  for (const others of [false, true]) {
    const { body, headers } = await respondTo({ 'Content-Type': 'a/b', ETag: '"1"' }, { 'X-Request-Id': 'x' }, others)
    expect(body).toBe('text')
    expect(headers).toEqual({
      'content-type': 'a/b',
      etag: '"1"',
      'x-request-id': 'x',
      ...(others ? { 'x-other': 'kept' } : {}),
    })
  }
})

it('varies by what the route and the common headers name, each of them alone too', async () => {
  for (const others of [false, true]) {
    const varyOf = async (own: Record<string, string>, common: Record<string, string>) =>
      (await respondTo({ 'Content-Type': 'a/b', ...own }, common, others)).headers.vary
    expect(await varyOf({ Vary: 'Accept' }, { Vary: 'Origin' })).toBe('Accept, Origin')
    expect(await varyOf({ Vary: 'Accept' }, {})).toBe('Accept')
    expect(await varyOf({}, { Vary: 'Origin' })).toBe('Origin')
  }
})

it('keeps each cookie that was set', async () => {
  const app = new Hono<Env>().get('/', (c) => {
    for (const cookie of ['a=1', 'b=2']) c.header('Set-Cookie', cookie, { append: true })
    c.set('hasOtherHeaders', true)
    return json(c, {})
  })
  expect((await app.request('/')).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
})

it('a 304 has no body and no content type', async () => {
  const app = new Hono<Env>().get('/', (c) => notModified(c, { ETag: '"1"' }))
  const response = await app.request('/')
  expect([response.status, await response.text()]).toEqual([304, ''])
  expect([response.headers.get('etag'), response.headers.get('content-type')]).toEqual(['"1"', null])
})
