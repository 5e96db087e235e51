import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cleanFileName,
  fileNameOf,
  isAssetName,
  isImageId,
  isProjectId,
  isSize,
  newImageId,
  SIZES,
  VARIANTS,
  variantsOf,
} from '../../src/core/names.ts'

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

  it('is not the source, which not every image has', () => {
    expect(isSize('source')).toBe(false)
    expect(VARIANTS).toEqual([...SIZES, 'source'])
    expect(variantsOf({})).toEqual(SIZES)
    expect(variantsOf({ source: {} })).toEqual(VARIANTS)
    expect(VARIANTS.map((name) => fileNameOf('id', name))).toEqual([...SIZES.map(() => 'id.jpg'), 'id.png'])
  })

  it('is no other text, not even a property of every object', () => {
    for (const name of ['', 'Thumb', 'thumb ', 'constructor', 'length', '0', 'toString'])
      expect(isSize(name)).toBe(false)
  })
})

describe('the name of an uploaded file', () => {
  it.each([
    ['photo.jpg', 'photo.jpg'],
    ['  photo.jpg ', 'photo.jpg'],
    ['C:\\Users\\ada\\photo.jpg', 'photo.jpg'],
    ['../../etc/photo.jpg', 'photo.jpg'],
    ['cafe\u0301.jpg', 'caf\u00e9.jpg'],
    ['a\0b\r\n\u001bc\u0085.jpg', 'abc.jpg'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['\u2066a\u2069\u202a\u202c.jpg', 'a.jpg'],
    ['\ufeffa\u2028.jpg', 'a.jpg'],
    ['a\ud800.jpg', 'a.jpg'],
    ['.htaccess', '.htaccess'],
    ['a .jpg', 'a .jpg'],
    ['\u05e9\u05dc\u05d5\u05dd.jpg', '\u05e9\u05dc\u05d5\u05dd.jpg'],
    ['\u{1f469}\u200d\u{1f680}.png', '\u{1f469}\u200d\u{1f680}.png'],
    ['<img src=x onerror=alert(1)>.jpg', '<img src=x onerror=alert(1)>.jpg'],
    ['..', ''],
    ['.', ''],
    ['a/', ''],
    ['\u202e', ''],
  ])('%j is %j', (text, name) => expect(cleanFileName(text)).toBe(name))

  // Any code point. The unit 'binary' of fast-check builds a table of all of them first, which takes a second.
  const unit = fc.integer({ min: 0, max: 0x10ffff }).map((codePoint) => String.fromCodePoint(codePoint))
  const part = fc.string({ unit, minLength: 1, maxLength: 12 })

  it('is at most 255 bytes long, cut between characters, with its extension', () => {
    expect(cleanFileName(`${'a'.repeat(251)}.jpg`)).toBe(`${'a'.repeat(251)}.jpg`)
    expect(cleanFileName(`${'a'.repeat(252)}.jpg`)).toBe(`${'a'.repeat(251)}.jpg`)
    expect(cleanFileName(`${'a'.repeat(250)} .jpg`)).toBe(`${'a'.repeat(250)} .jpg`)
    expect(cleanFileName(`${'a'.repeat(250)} bc.jpg`), 'not cut behind a space').toBe(`${'a'.repeat(250)}.jpg`)
    expect(cleanFileName(`${'\u5b57'.repeat(200)}.jpeg`)).toBe(`${'\u5b57'.repeat(83)}.jpeg`)
    expect(cleanFileName(`${'\u{1f388}'.repeat(200)}`)).toBe('\u{1f388}'.repeat(63))
    expect(cleanFileName(`a.${'b'.repeat(300)}`), 'no extension is that long').toBe(`a.${'b'.repeat(253)}`)
    fc.assert(
      // A part many times: a long text of single characters takes fast-check milliseconds.
      fc.property(part, fc.integer({ min: 20, max: 60 }), part, (middle, times, end) => {
        const name = cleanFileName(middle.repeat(times) + end)
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
        expect(cleanFileName(name), 'a clean name stays as it is').toBe(name)
      }),
      { numRuns: 200, seed: 7 },
    )
  })
})

describe('the name of an asset', () => {
  it.each([
    'a',
    'hero',
    'ui/button-ok',
    'v1.2/ui/button_ok',
    '-',
    'render/a',
    '.a/b',
    'a'.repeat(100),
    'renders',
    '0/1/2',
  ])('is %j', (name) => {
    expect(isAssetName(name)).toBe(true)
  })

  it.each([
    '',
    'a'.repeat(101),
    'Hero',
    'ui button',
    'ü',
    'a.png',
    'ui/a.png',
    'render',
    'ui/render',
    '/a',
    'a/',
    'a//b',
    '/',
    './a',
    '../a',
    'a/../b',
    'a/.../b',
    '..',
    'a%2fb',
    'a\\b',
    'a\nb',
    'a\n',
  ])('is not %j', (name) => {
    expect(isAssetName(name)).toBe(false)
  })
})
