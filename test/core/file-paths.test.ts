import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filePathsOf, type NamedImage } from '../../src/core/file-paths.ts'

const at = (second: number): string => new Date(second * 1000).toISOString()
const idOf = (n: number): string => String(n).padStart(20, '0')

/** Paths of images that were added in this order. */
const paths = (...images: Omit<NamedImage, 'id' | 'created_at'>[]): string[] => [
  ...filePathsOf(images.map((image, n) => ({ ...image, id: idOf(n), created_at: at(n) }))).values(),
]

describe('the path of an image', () => {
  it('is its asset, else its name, else its id, as a JPEG file', () => {
    expect(paths({ name: 'Boot.PNG', asset: 'ui/button-ok' }, { name: 'Küste 1.jpeg' }, { name: 'notes' }, {})).toEqual(
      ['ui/button-ok.jpg', 'Küste 1.jpg', 'notes.jpg', `${idOf(3)}.jpg`],
    )
  })

  it.each([
    ['../../etc/passwd', 'passwd.jpg'],
    ['..', `${idOf(0)}.jpg`],
    ['.hidden.png', '_hidden.jpg'],
    ['...', '___.jpg'],
    ['C:\\Windows\\a.jpg', 'a.jpg'],
    ['a:b*c?.jpg', 'a_b_c_.jpg'],
    ['con.png', '_con.jpg'],
    ['NUL.a.png', '_NUL.a.jpg'],
    ['console.png', 'console.jpg'],
    ['trailing. .jpg', 'trailing_.jpg'],
    ['trailing....jpg', 'trailing___.jpg'],
    ['..b.png', '__b.jpg'],
    ['gpj\u202eexe.jpg', 'gpjexe.jpg'],
  ])('is harmless for the name %j', (name, path) => {
    expect(paths({ name })).toEqual([path])
  })

  it('of the oldest of several images with one name has no addition, in whatever order they are', () => {
    const images = ['a.jpg', 'A.PNG', 'a'].map((name, n) => ({ id: idOf(n), created_at: at(n), name }))
    const expected = { [idOf(0)]: 'a.jpg', [idOf(1)]: `A-${idOf(1)}.jpg`, [idOf(2)]: `a-${idOf(2)}.jpg` }
    expect(Object.fromEntries(filePathsOf(images))).toEqual(expected)
    expect(Object.fromEntries(filePathsOf(images.toReversed()))).toEqual(expected)
  })

  it('of images of one moment is chosen by their ids, and the time comes before the id', () => {
    const image = (id: number, second: number) => ({ id: idOf(id), created_at: at(second), name: 'a.jpg' })
    const nameOf = (...images: NamedImage[]) =>
      [...filePathsOf(images)].flatMap(([id, path]) => (path === 'a.jpg' ? [Number(id)] : []))
    expect(nameOf(image(2, 7), image(1, 7))).toEqual([1])
    expect(nameOf(image(1, 7), image(2, 7))).toEqual([1])
    expect(nameOf(image(1, 8), image(2, 7))).toEqual([2])
    expect(nameOf(image(2, 7), image(1, 8))).toEqual([2])
  })

  it('is compared without case, but not by letters that only look alike in capitals', () => {
    expect(paths({ name: 'straße.png' }, { name: 'strasse.png' })).toEqual(['straße.jpg', 'strasse.jpg'])
  })

  it('makes no folder of a name of the caller’s own files', () => {
    const assets = ['manifest.json/x', '_manifest.json/x', 'ui/manifest.json/x', 'manifest']
    const images = assets.map((asset, n) => ({ id: idOf(n), created_at: at(n), asset }))
    expect([...filePathsOf(images, ['Manifest.JSON']).values()]).toEqual([
      '_manifest.json/x.jpg',
      `_manifest.json/x-${idOf(1)}.jpg`,
      'ui/manifest.json/x.jpg',
      'manifest.jpg',
    ])
    expect(filePathsOf(images).get(idOf(0))).toBe('manifest.json/x.jpg')
  })

  it('of an asset stays its name where an older image has the same one', () => {
    expect(paths({ name: 'hero.jpg' }, { asset: 'hero' }).toSorted()).toEqual([`hero-${idOf(0)}.jpg`, 'hero.jpg'])
  })

  it('is never the folder of another one', () => {
    expect(paths({ asset: 'ui.jpg/a' }, { asset: 'ui' }, { name: 'UI.JPG' })).toEqual([
      'ui.jpg/a.jpg',
      `ui-${idOf(1)}.jpg`,
      `UI-${idOf(2)}.jpg`,
    ])
    expect(paths({ asset: 'v/ui.jpg/a' }, { asset: 'v/ui' })).toEqual(['v/ui.jpg/a.jpg', `v/ui-${idOf(1)}.jpg`])
    expect(paths({ asset: 'ui.jpg/sub/a' }, { asset: 'ui' })).toEqual(['ui.jpg/sub/a.jpg', `ui-${idOf(1)}.jpg`])
    expect(paths({ name: 'a.jpg.png' }, { name: 'a.png' })).toEqual(['a.jpg.jpg', 'a.jpg'])
  })

  it('has parts of at most 255 bytes, also with an id', () => {
    const [one = '', other = ''] = paths({ name: `${'é'.repeat(125)}.jpg` }, { name: `${'é'.repeat(125)}.png` })
    expect(Buffer.byteLength(one)).toBe(234)
    expect(Buffer.byteLength(other)).toBe(255)
  })

  it('differs from all others where case is ignored, and stays below its folder, for any names', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'A', '.', '/', '\\', '-', ' ', 'é', 'e\u0301', '\0', ':') })
    const asset = fc.stringMatching(/^(?:[a.]{1,3}b\/)?[ab-]{1,3}$/)
    const images = fc.array(fc.record({ name: part, asset: fc.option(asset) }), { maxLength: 12 })
    fc.assert(
      fc.property(images, (all) => {
        const made = paths(...all)
        const keys = made.map((path) => path.normalize('NFC').toLowerCase())
        expect(new Set(keys).size).toBe(all.length)
        for (const path of made) {
          expect(path).toMatch(/^(?:[^/.][^/]*\/)*[^/.][^/]*\.jpg$/)
          for (const key of keys) expect(key.startsWith(`${path.toLowerCase()}/`)).toBe(false)
        }
      }),
    )
  })
})
