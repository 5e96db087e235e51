// CORS for pages of other sites, and security headers.

import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Tintype } from '../../../src/index.ts'
import { createTestApp, uploadTo } from '../../support/app.ts'
import { LONG_MEMORY } from '../../support/store/here.ts'

const SHOP = 'https://shop.example'

const preflight = (origin: string, method = 'POST') => ({
  method: 'OPTIONS',
  headers: {
    Origin: origin,
    'Access-Control-Request-Method': method,
    'Access-Control-Request-Headers': 'content-type,idempotency-key',
  },
})

const from = (origin: string) => ({ headers: { Origin: origin } })

const fast = async (tintype: Tintype, url: string, ...more: string[]) =>
  tintype.answerFast({ method: 'GET', url, rawHeaders: ['Host', 'test', ...more], socket: new Socket() })

describe('ALLOWED_ORIGINS with a list', () => {
  it('allows listed origins with cookies, and varies by Origin', async () => {
    const { app } = await createTestApp({ allowedOrigins: `${SHOP},http://localhost:5173` })
    for (const origin of [SHOP, 'http://localhost:5173']) {
      const { headers } = await app.request('/projects', from(origin))
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      expect(headers.get('access-control-allow-credentials')).toBe('true')
      expect(headers.get('vary')).toBe('Origin')
      const exposed = headers.get('access-control-expose-headers')?.split(',')
      for (const name of ['ETag', 'Location', 'Retry-After', 'RateLimit', 'X-Request-Id', 'Idempotent-Replay'])
        expect(exposed).toContain(name)
    }
  })

  it('sends no CORS headers to other origins, or without an origin', async () => {
    const { app } = await createTestApp({ allowedOrigins: SHOP })
    for (const init of [from('https://evil.example'), from('null'), from(`${SHOP}.evil.example`), {}]) {
      const { headers } = await app.request('/projects', init)
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(headers.get('vary')).toBe('Origin')
    }
  })

  it('answers preflights of listed origins, and allows no others', async () => {
    const { app } = await createTestApp({ allowedOrigins: SHOP })
    const allowed = await app.request('/projects/shop/images', preflight(SHOP))
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-origin')).toBe(SHOP)
    expect(allowed.headers.get('access-control-allow-methods')).toContain('DELETE')
    expect(allowed.headers.get('access-control-allow-headers')).toBe('content-type,idempotency-key')
    expect(allowed.headers.get('access-control-max-age')).toBe('600')
    const other = await app.request('/projects/shop/images', preflight('https://evil.example'))
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
    expect(other.headers.get('access-control-allow-methods')).toBeNull()
  })

  it('applies to errors too, and an OPTIONS that is no preflight lists the methods of a route', async () => {
    const { app } = await createTestApp({ allowedOrigins: SHOP })
    const missing = await app.request('/projects/nothing', from(SHOP))
    expect([missing.status, missing.headers.get('access-control-allow-origin')]).toEqual([404, SHOP])
    const options = await app.request('/projects', { method: 'OPTIONS', ...from(SHOP) })
    expect(options.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })

  it('applies to the fast path: listed origins are allowed, and all answers vary by Origin', async () => {
    const tintype = await createTestApp({ ...LONG_MEMORY, allowedOrigins: SHOP })
    const { image_id } = await uploadTo(tintype.app, 'shop')
    const url = `/projects/shop/images/${image_id}/game.jpg`
    expect((await fast(tintype, url, 'oRiGiN', SHOP))?.head).toContain(`\r\nAccess-Control-Allow-Origin: ${SHOP}\r\n`)
    expect((await fast(tintype, url, 'Origin', 'https://other.example'))?.head).not.toContain('Access-Control')
    expect((await fast(tintype, url))?.head).toContain('\r\nVary: Origin\r\n')
    const { headers } = await tintype.app.request(url, from(SHOP))
    expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([SHOP, 'Origin'])
  })
})

describe('ALLOWED_ORIGINS=*', () => {
  it('allows every origin without cookies, on every answer, since caches share answers', async () => {
    const tintype = await createTestApp({ ...LONG_MEMORY, allowedOrigins: '*' })
    const { image_id } = await uploadTo(tintype.app, 'shop')
    const url = `/projects/shop/images/${image_id}/game.jpg`
    for (const init of [from(SHOP), {}])
      for (const path of ['/projects', url, '/projects/nothing']) {
        const { headers } = await tintype.app.request(path, init)
        expect(headers.get('access-control-allow-origin')).toBe('*')
        expect(headers.has('access-control-allow-credentials')).toBe(false)
        expect(headers.has('vary')).toBe(false)
      }
    expect((await fast(tintype, url, 'Origin', SHOP))?.head).toContain('\r\nAccess-Control-Allow-Origin: *\r\n')
    const answer = await tintype.app.request('/projects/shop/images', preflight('https://any.example', 'DELETE'))
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
  })
})

describe('without ALLOWED_ORIGINS', () => {
  it('no answer has CORS headers', async () => {
    const { app } = await createTestApp()
    for (const init of [from(SHOP), preflight(SHOP)]) {
      const { headers } = await app.request('/projects', init)
      expect([...headers.keys()].filter((name) => name.startsWith('access-control') || name === 'vary')).toEqual([])
    }
  })
})

describe('security headers', () => {
  const ALL = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
  }

  it('are on answers, errors and pages, which other sites cannot embed', async () => {
    const { app } = await createTestApp()
    for (const path of ['/projects', '/projects/nothing', '/nowhere', '/health', '/openapi.json', '/docs']) {
      const headers = Object.fromEntries((await app.request(path)).headers)
      expect(headers, path).toMatchObject({ ...ALL, 'cross-origin-resource-policy': 'same-origin' })
      expect(headers['content-security-policy'], path).toMatch(/default-src 'none';.*frame-ancestors 'none'/)
      expect(headers['content-security-policy'], path).not.toContain('unsafe')
    }
  })

  it('let other sites embed pictures: from the app, from memory, and in a 304', async () => {
    const tintype = await createTestApp(LONG_MEMORY)
    const { image_id } = await uploadTo(tintype.app, 'shop')
    const path = `/projects/shop/images/${image_id}/thumb.jpg`
    const found = await tintype.app.request(path)
    const again = await tintype.app.request(path, { headers: { 'If-None-Match': found.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
    for (const answer of [found, again])
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        ...ALL,
        'cross-origin-resource-policy': 'cross-origin',
        'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      })
    expect((await fast(tintype, path))?.head).toContain('\r\nCross-Origin-Resource-Policy: cross-origin\r\n')
  })
})
