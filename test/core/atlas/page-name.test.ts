// Names of atlas pages: each part, at its limits.

import { describe, expect, it } from 'vitest'
import { HASH_LENGTH, type PageName, pageNameText, parsePageName } from '../../../src/core/atlas/page-name.ts'

const page: PageName = {
  size: 'game',
  side: 2048,
  index: 0,
  revision: 0,
  hash: 'h'.repeat(HASH_LENGTH),
  format: 'webp',
}
const signature = { exp: '1798761600', sig: 's'.repeat(43) }

describe('the name of a page', () => {
  it('is its parts, separated by dots', () => {
    const hash = 'h'.repeat(22)
    expect(pageNameText({ ...page, side: 4096, index: 12, revision: 345 })).toBe(`game.4096.12.345.${hash}.webp`)
    expect(pageNameText(page, signature)).toBe(`game.2048.0.0.${hash}.1798761600.${'s'.repeat(43)}.webp`)
  })

  it.each<Partial<PageName>>([
    { side: 4096 },
    { format: 'png' },
    { format: 'jpeg' },
    { size: '0' },
    { size: `a${'-_9z'.repeat(7)}xyz` },
    { index: 9999 },
    { revision: 999_999_999_999_999 },
  ])('with %j is read as it was written', (parts) => {
    const given = { ...page, ...parts }
    expect(parsePageName(pageNameText(given))).toEqual({ page: given, signature: undefined })
    expect(parsePageName(pageNameText(given, signature))).toEqual({ page: given, signature })
  })

  it.each<[string, Partial<PageName>]>([
    ['size', { size: 'x'.repeat(33) }],
    ['size', { size: '_a' }],
    ['size', { size: '' }],
    ['number', { index: 10_000 }],
    ['number', { index: 1.5 }],
    ['revision', { revision: 1e15 }],
    ['hash', { hash: 'h'.repeat(21) }],
    ['hash', { hash: 'h'.repeat(23) }],
    ['hash', { hash: '/'.repeat(22) }],
  ])('with another %s is none: %j', (_, parts) => {
    expect(parsePageName(pageNameText({ ...page, ...parts }))).toBeUndefined()
  })

  it('with half a signature, or one of another length, is none', () => {
    const wrong = [
      { ...signature, exp: '' },
      { ...signature, sig: '' },
      { ...signature, exp: '1'.repeat(13) },
      { ...signature, sig: 's'.repeat(42) },
      { ...signature, sig: 's'.repeat(44) },
    ]
    for (const each of wrong) expect(parsePageName(pageNameText(page, each))).toBeUndefined()
    expect(parsePageName(pageNameText(page).replace('.webp', `.${signature.exp}.webp`))).toBeUndefined()
  })

  it('has one form', () => {
    const text = pageNameText({ ...page, index: 3, revision: 17, hash: 'a-b_'.padEnd(22, 'x'), format: 'jpeg' })
    for (const wrong of [
      text.replace('.jpg', '.jpeg'),
      text.replace('.jpg', '.gif'),
      text.replace('2048', '1024'),
      text.replace('.3.', '.03.'),
      text.replace('.17.', '.-1.'),
      `${text}/`,
      `/${text}`,
      text.replace('x.jpg', '.jpg'),
    ])
      expect([wrong, parsePageName(wrong)]).toEqual([wrong, undefined])
  })
})
