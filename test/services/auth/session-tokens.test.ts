// Session tokens: their lives, and that none is accepted for another purpose, session or secret.

import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createSessionTokens, keyFor } from '../../../src/services/auth/session-tokens.ts'
import { otherSpellings } from '../../support/auth/spellings.ts'

const NOW = Date.parse('2026-01-01T00:00:00.500Z')
const SECOND = NOW - 500
const SECRET = Buffer.alloc(32, 1)
const SESSION = { id: 's'.repeat(20), userId: 'u'.repeat(20), generation: 3 }

const setUp = (secret: Buffer | undefined = SECRET) => {
  const time = { now: NOW }
  const tokens = createSessionTokens({
    secret: () => Promise.resolve(secret),
    ensureSecret: () => Promise.resolve(secret ?? SECRET),
    now: () => time.now,
  })
  return { tokens, time }
}

/** Replaces one character. */
const changed = (token: string, at: number) =>
  `${token.slice(0, at)}${token[at] === '1' ? '2' : '1'}${token.slice(at + 1)}`

describe('an access token', () => {
  it('identifies its session for 15 minutes, in the process that verified it and in others', async () => {
    const { tokens, time } = setUp()
    const token = await tokens.access(SESSION)
    const ends = SECOND + 900_000
    for (const each of [tokens, setUp().tokens]) {
      expect(await each.readAccess(token, NOW)).toEqual(SESSION)
      expect(await each.readAccess(token, ends - 1)).toEqual(SESSION)
      expect(await each.readAccess(token, ends)).toBeUndefined()
    }
    expect(await setUp().tokens.readAccess(token, ends - 1)).toEqual(SESSION)
    expect(await setUp().tokens.readAccess(token, ends)).toBeUndefined()
    time.now = ends
    expect(await tokens.readAccess(token)).toBeUndefined()
  })

  it('is refused once changed, with another secret, and without a secret', async () => {
    const token = await setUp().tokens.access(SESSION)
    for (const wrong of ['', 'a.b.c', `${token}x`, changed(token, token.length - 10), changed(token, 60)])
      expect(await setUp().tokens.readAccess(wrong)).toBeUndefined()
    expect(await setUp(Buffer.alloc(32, 2)).tokens.readAccess(token)).toBeUndefined()
    const none = createSessionTokens({
      secret: () => Promise.resolve(undefined),
      ensureSecret: () => Promise.resolve(SECRET),
      now: () => NOW,
    })
    expect(await none.readAccess(token)).toBeUndefined()
    expect(await none.readRefresh(await none.refresh(SESSION.id, 1))).toBeUndefined()
  })

  it('is refused in another spelling of its signature', async () => {
    const token = await setUp().tokens.access(SESSION)
    const others = otherSpellings(token)
    expect(others).toHaveLength(3)
    for (const other of [...others, `${token}=`]) expect(await setUp().tokens.readAccess(other)).toBeUndefined()
  })

  it('is refused with another type, issuer, audience or claims, though signed with the key', async () => {
    const { tokens } = setUp()
    const sign = ({
      typ = 'at+jwt',
      issuer = 'tintype',
      audience = 'tintype',
      gen = 3 as unknown,
      purpose = 'access',
    } = {}) =>
      new SignJWT({ sid: SESSION.id, gen })
        .setProtectedHeader({ alg: 'HS256', typ })
        .setSubject(SESSION.userId)
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime(SECOND / 1000 + 900)
        .sign(keyFor(purpose === 'access' ? 'access' : 'refresh', SECRET))
    expect(await tokens.readAccess(await sign())).toEqual(SESSION)
    for (const other of [
      { typ: 'JWT' },
      { issuer: 'https://issuer.example' },
      { audience: 'another' },
      { gen: '3' },
      { purpose: 'refresh' },
    ])
      expect([other, await tokens.readAccess(await sign(other))]).toEqual([other, undefined])
  })
})

describe('a refresh token', () => {
  it('has its session, its number and an expiry of 30 days', async () => {
    const { tokens } = setUp()
    for (const number of [1, 999_999_999])
      expect(await tokens.readRefresh(await tokens.refresh(SESSION.id, number))).toEqual({
        sessionId: SESSION.id,
        number,
        expiresAt: SECOND + 30 * 86_400_000,
      })
  })

  it('is parsed after its expiry too, so that the session can be ended', async () => {
    const { tokens, time } = setUp()
    const token = await tokens.refresh(SESSION.id, 1)
    time.now += 31 * 86_400_000
    expect((await tokens.readRefresh(token))?.expiresAt).toBeLessThan(time.now)
  })

  it('is refused once any part was changed, and with another secret', async () => {
    const { tokens } = setUp()
    const token = await tokens.refresh(SESSION.id, 1)
    expect(token).toMatch(/^ttr_s{20}_1_\d{10}_[\w-]{43}$/)
    for (const at of [0, 5, 25, 30, 40])
      expect([at, await tokens.readRefresh(changed(token, at))]).toEqual([at, undefined])
    const others = otherSpellings(token)
    expect(others).toHaveLength(3)
    for (const wrong of ['', token.slice(0, -1), `${token}a`, ` ${token}`, token.replace('_1_', '_2_'), ...others])
      expect(await tokens.readRefresh(wrong)).toBeUndefined()
    expect(await setUp(Buffer.alloc(32, 2)).tokens.readRefresh(token)).toBeUndefined()
  })
})

describe('a CSRF token', () => {
  it('is equal for one session in every process, and differs for another session or secret', async () => {
    const token = await setUp().tokens.csrf('a')
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(await setUp().tokens.csrf('a')).toBe(token)
    expect(await setUp().tokens.csrf('b')).not.toBe(token)
    expect(await setUp(Buffer.alloc(32, 2)).tokens.csrf('a')).not.toBe(token)
  })
})

describe('keys', () => {
  it('differ by purpose and by secret', () => {
    const purposes = ['access', 'refresh', 'csrf', 'place', 'place_nonce'] as const
    const keys = purposes.flatMap((purpose) => [SECRET, Buffer.alloc(32, 2)].map((secret) => keyFor(purpose, secret)))
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(10)
    expect(keys.every((key) => key.length === 32)).toBe(true)
  })
})
