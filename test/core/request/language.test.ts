// The language of an answer by the header of the request.

import { expect, it } from 'vitest'
import { preferredLanguage } from '../../../src/core/request/language.ts'

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['de', 'de'],
  ['de-AT', 'de'],
  ['DE-de, en;q=0.5', 'de'],
  ['en-GB,en;q=0.9,de;q=0.8', 'en'],
  ['fr, de;q=0.3', 'de'],
  ['fr, de;q=0.3, en;q=0.4', 'en'],
  ['fr', 'en'],
  ['*', 'en'],
  ['de;q=0, *;q=0.1', 'en'],
  ['de;q=0.5, *', 'en'],
  ['de;q=0.5, *;q=0.4', 'de'],
  ['de;q=0', 'en'],
  [' de ; q=0.9 ,en;q=0.8', 'de'],
  ['de, en', 'de'],
  ['de;q=2, en;q=0.1', 'en'],
  ['german', 'en'],
  ['den', 'en'],
])('%j gives %s', (header, expected) => {
  expect(preferredLanguage(header, ['en', 'de'])).toBe(expected)
})

it('takes a header of any length in its stride', () => {
  expect(preferredLanguage(`${'a-'.repeat(50_000)}, de`, ['en', 'de'])).toBe('de')
})
