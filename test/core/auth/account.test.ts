import { describe, expect, it } from 'vitest'
import {
  isAccountId,
  isEmail,
  isName,
  isPassword,
  isUserOf,
  newAccountId,
  normalEmail,
  normalPassword,
  type User,
} from '../../../src/core/auth/account.ts'

describe('an e-mail address', () => {
  it('is a deliverable address in ASCII, without homoglyphs', () => {
    for (const email of ['a@b.co', 'ada.lovelace+art@mail.example.com', 'A_1@EXAMPLE.com'])
      expect(isEmail(email)).toBe(true)
    for (const email of [
      '',
      'ada',
      'ada@',
      '@example.com',
      'a b@example.com',
      'ada@example',
      'ad\u0430@example.com',
      'a@b.co\n',
    ])
      expect(isEmail(email), JSON.stringify(email)).toBe(false)
  })

  it('has at most 254 characters', () => {
    const longest = '@example.com'.padStart(254, 'a')
    expect(longest).toHaveLength(254)
    expect(isEmail(longest)).toBe(true)
    expect(isEmail(`a${longest}`)).toBe(false)
  })

  it('is equal in capitals and with spaces around it', () => {
    expect(normalEmail('  Ada@Example.COM ')).toBe('ada@example.com')
  })
})

describe('a password', () => {
  it('has 10 to 200 characters, counted as code points', () => {
    for (const [length, isGood] of [
      [9, false],
      [10, true],
      [200, true],
      [201, false],
    ] as const) {
      expect(isPassword('p'.repeat(length))).toBe(isGood)
      expect(isPassword('\u{1f5ff}'.repeat(length))).toBe(isGood)
    }
  })

  it('is the same on keyboards that compose characters in another way', () => {
    expect(normalPassword('cafe\u0301 \u2460')).toBe('caf\u00e9 1')
    expect(normalPassword('Pass word')).toBe('Pass word')
  })
})

describe('a name', () => {
  it('has 1 to 100 characters, without control characters', () => {
    for (const name of ['A', 'Ada Lovelace', '\u{1f5ff}'.repeat(100)]) expect(isName(name)).toBe(true)
    for (const name of ['', '  ', 'n'.repeat(101), '\u001b[2J', 'a\nb', '\u0000']) expect(isName(name)).toBe(false)
  })
})

describe('an id', () => {
  it('is unique, and never a path', () => {
    const ids = Array.from({ length: 1000 }, newAccountId)
    expect(new Set(ids).size).toBe(1000)
    expect(ids.every(isAccountId)).toBe(true)
    for (const id of ['', '..', '../../etc/passwd12345', 'X'.repeat(20), 'x'.repeat(19), 'x'.repeat(21)])
      expect(isAccountId(id)).toBe(false)
  })
})

describe('an identity', () => {
  const user: User = {
    id: 'a'.repeat(20),
    email: 'ada@example.com',
    name: null,
    password_hash: null,
    generation: 0,
    disabled: false,
    created_at: '2026-05-04T09:30:00.000Z',
    updated_at: '2026-05-04T09:30:00.000Z',
  }
  const identity = { issuer: 'https://id.example.com', subject: '42' }

  it('belongs to the user that is linked with it, at this provider under this id', () => {
    const linked = { ...user, identity: { ...identity, email_verified: true } }
    expect(isUserOf(linked, identity)).toBe(true)
    expect(isUserOf(linked, { ...identity, issuer: 'https://other.example.com' })).toBe(false)
    expect(isUserOf(linked, { ...identity, subject: '43' })).toBe(false)
  })

  it('belongs to no user without one', () => {
    expect(isUserOf(user, identity)).toBe(false)
  })
})
