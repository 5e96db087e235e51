// API keys as text.

import { describe, expect, it } from 'vitest'
import {
  fixedKeyId,
  hashOf,
  isSecret,
  looksLikeKey,
  newKey,
  parseFixedKeys,
  parseKey,
} from '../../../src/core/auth/api-key.ts'

const SECRET = 'sixteen-letters!'

describe('a new key', () => {
  it('is parsed into its id and secret, and is stored as a hash', () => {
    const { id, key, sha256 } = newKey()
    expect(key).toMatch(/^tt_[0-9a-z]{12}_[A-Za-z0-9_-]{43}$/)
    const parsed = parseKey(key)
    expect(parsed?.id).toBe(id)
    expect(isSecret(parsed?.secret ?? '', sha256)).toBe(true)
    expect(isSecret(`${parsed?.secret}x`, sha256)).toBe(false)
    expect(newKey().key).not.toBe(key)
  })

  it.each([
    '',
    'tt_',
    'tt_abc',
    `tt_abcdefghijkl_${'a'.repeat(42)}`,
    `tt_abcdefghijkl_${'a'.repeat(44)}`,
    `tt_ABCDEFGHIJKL_${'a'.repeat(43)}`,
  ])('is not %j', (text) => expect(parseKey(text)).toBeUndefined())

  it('is recognized by its prefix, complete or not', () => {
    expect(looksLikeKey('tt_abc')).toBe(true)
    expect(looksLikeKey('eyJhbGciOiJIUzI1NiJ9.e30.x')).toBe(false)
  })
})

describe('keys of the environment', () => {
  it('have the role before the colon, and the role admin without one', () => {
    const keys = parseFixedKeys(`reader:${SECRET}, writer:${SECRET}2 ,${SECRET}3,,`)
    expect(keys.map(({ role }) => role)).toEqual(['reader', 'writer', 'admin'])
    expect(keys[0]?.sha256).toBe(hashOf(SECRET).toString('hex'))
    expect(parseFixedKeys('')).toEqual([])
    expect(parseFixedKeys([`admin:${SECRET}`])).toHaveLength(1)
  })

  it('may be a list, of which spaces around keys and empty entries do not count', () => {
    const [key, ...more] = parseFixedKeys(['', `  reader:${SECRET}\t`, '  '])
    expect(key).toEqual({ role: 'reader', sha256: hashOf(SECRET).toString('hex') })
    expect(more).toEqual([])
  })

  it('may have a colon in the secret, behind a role or where no letters alone are before it', () => {
    const secretOf = (text: string) => parseFixedKeys([text])[0]
    expect(secretOf(`writer:a:${SECRET}`)).toEqual({ role: 'writer', sha256: hashOf(`a:${SECRET}`).toString('hex') })
    expect(secretOf(`a1:${SECRET}`)).toEqual({ role: 'admin', sha256: hashOf(`a1:${SECRET}`).toString('hex') })
    expect(secretOf(`1a:${SECRET}`)).toEqual({ role: 'admin', sha256: hashOf(`1a:${SECRET}`).toString('hex') })
    for (const text of [`Reader:${SECRET}`, `ROOT:${SECRET}`])
      expect(() => parseFixedKeys([text])).toThrow('API key 1: expected admin, writer, reader before the colon.')
  })

  it('have an id that depends on the secret alone, and does not tell it', async () => {
    const [one, same, other] = parseFixedKeys([`reader:${SECRET}`, SECRET, `${SECRET}2`])
    if (!one || !same || !other) throw new Error('expected three keys')
    const ids = await Promise.all([one, same, other].map(fixedKeyId))
    expect(ids[0]).toMatch(/^env-[0-9a-f]{12}$/)
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
    expect(ids[0], 'stored in projects: the same in every version').toBe('env-b24df5b0668e')
  })

  it('are refused with the setting that they come from', () => {
    expect(() => parseFixedKeys([SECRET, 'short'])).toThrow(
      expect.objectContaining({
        code: 'invalid_parameter',
        message: 'API key 2: expected at least 16 characters, got 5.',
        details: { field: 'apiKeys' },
      }),
    )
  })

  it.each([
    ['a secret of 15 characters', SECRET.slice(1), 'at least 16'],
    ['a secret of 15 characters behind a role', `reader:${SECRET.slice(1)}`, 'at least 16'],
    ['a role that there is not', `root:${SECRET}`, 'admin, writer, reader before the colon'],
    ['a space in it', `${SECRET} ${SECRET}`, 'without spaces'],
    ['a line behind it', `reader:${SECRET}\n${SECRET}`, 'without spaces'],
  ])('are refused with %s, which the message does not repeat', (_, text, expected) => {
    const read = () => parseFixedKeys(`${SECRET}0000,${text}`)
    expect(read).toThrow(expected)
    expect(read).toThrow('API key 2')
    expect(read).not.toThrow(SECRET.slice(1))
  })
})
