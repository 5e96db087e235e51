import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isImageId, isProjectId, isSize, newImageId, SIZES } from '../../src/core/names.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-'

/** The rule in its plainest words, to hold the expression against. */
const followsTheRule = (id: string): boolean =>
  id.length >= 1 && id.length <= 64 && !id.startsWith('.') && [...id].every((letter) => LETTERS.includes(letter))

const nearlyAnId = fc.string({
  unit: fc.constantFrom(...LETTERS, '.', '.', '/', '\\', ' ', '\0', '\n', 'é', 'A', '%', '!'),
  maxLength: 70,
})

describe('a project id', () => {
  it('matches the rule, for any string', () => {
    fc.assert(fc.property(fc.oneof(nearlyAnId, fc.string()), (id) => isProjectId(id) === followsTheRule(id)))
  })

  it.each(['a', 'A', '0', '_', '-', 'a.b', 'a..b', 'a.', '-rf', 'x'.repeat(64), 'constructor', '__proto__'])(
    'may be "%s"',
    (id) => expect(isProjectId(id)).toBe(true),
  )

  it.each([
    ['nothing', ''],
    ['a dot', '.'],
    ['the folder above', '..'],
    ['hidden', '.meta'],
    ['one too long', 'x'.repeat(65)],
    ['a path', 'a/b'],
    ['a path of Windows', 'a\\b'],
    ['encoded', 'a%2fb'],
    ['followed by a newline', 'a\n'],
    ['behind a newline', '\na'],
    ['cut by NUL', 'a\0'],
    ['with a letter that only looks like one', 'аbc'],
    ['with a character that folder names use', '!a'],
    ['blank', ' '],
  ])('is not %s', (_, id) => expect(isProjectId(id)).toBe(false))
})

describe('an image id', () => {
  it('is accepted as generated, unique, and safe as a file name on a case-insensitive file system', () => {
    const ids = Array.from({ length: 10_000 }, newImageId)
    expect(ids.every(isImageId)).toBe(true)
    expect(new Set(ids.map((id) => id.toLowerCase())).size).toBe(ids.length)
  })

  it('uses every one of its 36 characters at every place', () => {
    const ids = Array.from({ length: 2000 }, newImageId)
    for (let at = 0; at < 20; at++) expect(new Set(ids.map((id) => id[at])).size).toBe(36)
  })

  it.each(['', 'a'.repeat(19), 'a'.repeat(21), `${'a'.repeat(19)}A`, `${'a'.repeat(19)}/`, `${'a'.repeat(20)}\n`])(
    'is not "%s"',
    (id) => expect(isImageId(id)).toBe(false),
  )
})

describe('a size', () => {
  it('is one of four, largest first', () => {
    expect(SIZES).toEqual(['original', 'medium', 'thumb', 'game'])
    expect(SIZES.every(isSize)).toBe(true)
  })

  it('is no other text, not even a property of every object', () => {
    for (const name of ['', 'Thumb', 'thumb ', 'constructor', 'length', '0', 'toString'])
      expect(isSize(name)).toBe(false)
  })
})
