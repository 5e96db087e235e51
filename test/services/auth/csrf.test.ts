// CSRF: the origin that the browser names, and the token of the session that the page repeats.

import { describe, expect, it } from 'vitest'
import { createCsrfGuard } from '../../../src/services/auth/csrf.ts'
import { createSessionTokens } from '../../../src/services/auth/session-tokens.ts'
import { otherSpellings } from '../../support/auth/spellings.ts'

const secret = () => Promise.resolve(Buffer.alloc(32, 1))
const tokens = createSessionTokens({ secret, ensureSecret: secret, now: () => 0 })
const guard = createCsrfGuard({ tokens, trustedOrigins: ['https://gallery.example.com'] })

const requestOf = (headers: Record<string, string>) => ({ method: 'POST', header: (name: string) => headers[name] })

/** The message of a refusal, undefined where the request is accepted. */
const crossOrigin = (headers: Record<string, string>): string | undefined => {
  try {
    guard.refuseCrossOrigin(requestOf(headers))
    return undefined
  } catch (error) {
    expect(error).toMatchObject({ code: 'csrf' })
    return error instanceof Error ? error.message : String(error)
  }
}

describe('the origin of a request', () => {
  const refused = (received: string) =>
    `Expected a request of this origin, ${received}. To let pages of another site use the API, name its origin in ` +
    'ALLOWED_ORIGINS.'

  it('is accepted by Sec-Fetch-Site `same-origin` and `none`', () => {
    for (const site of ['same-origin', 'none'])
      expect(crossOrigin({ 'sec-fetch-site': site, origin: 'https://evil.example' })).toBeUndefined()
  })

  it('is refused by any other Sec-Fetch-Site, also where Origin and Host agree', () => {
    for (const site of ['cross-site', 'same-site', ''])
      expect(crossOrigin({ 'sec-fetch-site': site, origin: 'https://a.example', host: 'a.example' })).toBe(
        refused(`the browser says "${site}"`),
      )
    expect(crossOrigin({ 'sec-fetch-site': 'x'.repeat(21) })).toBe(refused(`the browser says "${'x'.repeat(20)}"`))
  })

  it('is compared with the host where the browser sends no Sec-Fetch-Site', () => {
    expect(crossOrigin({ origin: 'http://a.example:8080', host: 'A.example:8080' })).toBeUndefined()
    for (const origin of ['http://a.example', 'http://a.example:8081', 'http://b.a.example:8080', 'null', ''])
      expect(crossOrigin({ origin, host: 'a.example:8080' })).toBe(refused(`"Origin" is "${origin}"`))
  })

  it('is accepted without Origin and Sec-Fetch-Site, as programs send', () => {
    expect(crossOrigin({ host: 'a.example' })).toBeUndefined()
  })

  it('is accepted where it is a trusted origin, by exact comparison', () => {
    const headers = { 'sec-fetch-site': 'cross-site', host: 'a.example' }
    expect(crossOrigin({ ...headers, origin: 'https://gallery.example.com' })).toBeUndefined()
    for (const origin of [
      'http://gallery.example.com',
      'https://gallery.example.com:444',
      'https://x.gallery.example.com',
    ])
      expect(crossOrigin({ ...headers, origin })).toBeDefined()
  })
})

describe('the token of a session', () => {
  const verify = async (headers: Record<string, string>) => guard.verify(requestOf(headers), 'session')

  it('is accepted where header and cookie are equal', async () => {
    const token = await tokens.csrf('session')
    await verify({ 'x-csrf-token': token, cookie: `other=1; tintype_csrf=${token}` })
  })

  it('is required in the header', async () => {
    const token = await tokens.csrf('session')
    await expect(verify({ cookie: `tintype_csrf=${token}` })).rejects.toMatchObject({
      code: 'csrf',
      message: 'Expected the value of the cookie "tintype_csrf" in "X-CSRF-Token", the request has none.',
    })
  })

  it('is refused where header or cookie have another value, or that of another session', async () => {
    const [token, other] = [await tokens.csrf('session'), await tokens.csrf('another')]
    for (const [header, cookie] of [
      [token, undefined],
      [token, other],
      [other, token],
      [other, other],
      ['', ''],
      [`${token}x`, token],
      [otherSpellings(token)[0] ?? '', token],
      ['planted', 'planted'],
    ] as const)
      await expect(
        verify({ 'x-csrf-token': header, ...(cookie === undefined ? {} : { cookie: `tintype_csrf=${cookie}` }) }),
      ).rejects.toMatchObject({
        code: 'csrf',
        message: 'Expected the value of the cookie "tintype_csrf" in "X-CSRF-Token", of this session.',
      })
  })

  it('does not authorize a page of another site', async () => {
    const token = await tokens.csrf('session')
    const headers = { 'x-csrf-token': token, cookie: `tintype_csrf=${token}`, 'sec-fetch-site': 'cross-site' }
    await expect(verify(headers)).rejects.toMatchObject({ code: 'csrf' })
  })
})
