// Session cookies: their attributes, paths and lives, and how they are cleared.

import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { Env } from '../../../src/http/context.ts'
import { createSessionCookies } from '../../../src/http/response/auth/session-cookies.ts'

const SIGNED_IN = {
  user: {
    id: 'u',
    email: 'bo@example.com',
    name: 'Bo',
    password_hash: '',
    generation: 1,
    disabled: false,
    created_at: '',
    updated_at: '',
  },
  sessionId: 's',
  accessToken: 'access',
  refreshToken: 'refresh',
  csrfToken: 'csrf',
}

/** The cookies of a response, by name. */
const cookies = async (action: 'set' | 'clear', { basePath = '', isSecure = true } = {}) => {
  const session = createSessionCookies({ basePath, isSecure: () => isSecure })
  const app = new Hono<Env>()
  app.get('/', (c) => {
    if (action === 'set') session.set(c, SIGNED_IN)
    else session.clear(c)
    return c.text('')
  })
  const lines = (await app.request('/')).headers.getSetCookie()
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.split('; ').slice(1).sort()]))
}

describe('setting the cookies of a session', () => {
  it('hides both tokens from scripts and sends the refresh token to /auth alone', async () => {
    expect(await cookies('set')).toEqual({
      tintype_session: ['HttpOnly', 'Max-Age=900', 'Path=/', 'SameSite=Strict', 'Secure'],
      tintype_refresh: ['HttpOnly', 'Max-Age=2592000', 'Path=/auth', 'SameSite=Strict', 'Secure'],
      tintype_csrf: ['Max-Age=2592000', 'Path=/', 'SameSite=Strict', 'Secure'],
    })
  })

  it('is not Secure over plain HTTP, and below the path of a mounted app', async () => {
    const found = await cookies('set', { basePath: '/media', isSecure: false })
    expect(Object.values(found).flat()).not.toContain('Secure')
    expect(found.tintype_session).toContain('Path=/media')
    expect(found.tintype_refresh).toContain('Path=/media/auth')
    expect(found.tintype_csrf).toContain('Path=/media')
  })
})

describe('clearing the cookies of a session', () => {
  it('expires each cookie at its path', async () => {
    for (const basePath of ['', '/media']) {
      const before = await cookies('set', { basePath })
      const cleared = await cookies('clear', { basePath })
      expect(Object.keys(cleared)).toEqual(Object.keys(before))
      for (const [name, attributes] of Object.entries(before))
        expect(cleared[name]).toEqual(attributes.map((each) => each.replace(/^Max-Age=.*/, 'Max-Age=0')))
    }
  })
})
