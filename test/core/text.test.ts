// Text in answers.

import { expect, it } from 'vitest'
import { bytesText, folded, isPercentEncoded, partsOf } from '../../src/core/text.ts'

it.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1024 bytes (1 KiB)'],
  [65_536, '65536 bytes (64 KiB)'],
  [25 * 2 ** 20, '26214400 bytes (25 MiB)'],
  [25e6, '25000000 bytes (23.8 MiB)'],
  [2 ** 40, '1099511627776 bytes (1 TiB)'],
  [2 ** 50, '1125899906842624 bytes (1024 TiB)'],
])('%i bytes are shown with a readable unit', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})

it.each([
  ['', []],
  [' ', []],
  ['a', ['a']],
  [' a , b ', ['a', 'b']],
  ['a,,b,', ['a', 'b']],
  [',', [',']],
  [' , , ', [', ,']],
])('a list "%s" has the parts %j', (list, parts) => {
  expect(partsOf(list, ',')).toEqual(parts)
})

it.each(['', 'plain', 'a%20b', '%C3%A9'])('"%s" is percent-encoded', (text) => {
  expect(isPercentEncoded(text)).toBe(true)
})

it.each(['100%', '%zz', '%FF'])('"%s" is not percent-encoded', (text) => {
  expect(isPercentEncoded(text)).toBe(false)
})

it('each form of sigma is one letter without case, and a letter', () => {
  expect(['ΟΔΟΣ', 'οδος', 'οδοσ'].map(folded)).toEqual(['οδοσ', 'οδοσ', 'οδοσ'])
})
