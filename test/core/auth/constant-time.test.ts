import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isEqual } from '../../../src/core/auth/constant-time.ts'

const text = fc.string({ unit: 'grapheme' })

it('finds a text equal to itself', () => {
  fc.assert(fc.property(text, (secret) => isEqual(secret, [...secret].join(''))))
})

it('finds different texts different, of one length or not', () => {
  fc.assert(fc.property(text, text, (one, other) => isEqual(one, other) === (one === other)))
})

it.each([
  ['secret', 'secreT'],
  ['secret', 'secre'],
  ['secret', 'secrets'],
  ['secret', ''],
  ['', 'secret'],
  ['é', 'e'],
  ['é', 'ab'],
])('finds "%s" and "%s" different', (received, expected) => {
  expect(isEqual(received, expected)).toBe(false)
})
