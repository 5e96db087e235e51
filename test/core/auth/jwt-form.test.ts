// Signatures of tokens: one spelling of each.

import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { hasCanonicalSignature } from '../../../src/core/auth/jwt-form.ts'

const SIGNED = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ'
const tokenWith = (signature: string) => `${SIGNED}.${signature}`
const valid = createHmac('sha256', 'secret').update(SIGNED).digest('base64url')

it('a token whose signature is canonical base64url is accepted', () => {
  for (const signature of [valid, 'AA', '-_-_', ''])
    expect([signature, hasCanonicalSignature(tokenWith(signature))]).toEqual([signature, true])
})

it('a token is refused in every other spelling of its signature', () => {
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = ALPHABET.indexOf(valid.slice(-1))
  // 256 bits take 43 characters, of which the last one has two bits to spare.
  const others = [1, 2, 3].map((spare) => valid.slice(0, -1) + ALPHABET.charAt(last + spare))
  for (const other of others) expect(Buffer.from(other, 'base64url')).toEqual(Buffer.from(valid, 'base64url'))
  for (const signature of [...others, `${valid}=`, `${valid} `, `${valid}!`, '+/+/', 'A'])
    expect([signature, hasCanonicalSignature(tokenWith(signature))]).toEqual([signature, false])
})

it('the other parts of a token are not judged: they are signed as text', () => {
  expect(hasCanonicalSignature(`a=.b!.${valid}`)).toBe(true)
})
