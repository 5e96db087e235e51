import { describe, expect, it } from 'vitest'
import { codedPictureOf } from '../../../../src/image/codecs/isobmff/coded-picture.ts'
import { readMeta } from '../../../../src/image/codecs/isobmff/meta.ts'
import { box, type NewItem, u8 } from '../../../../src/image/codecs/isobmff/writer.ts'
import { heicFile } from '../../../support/pictures/heic.ts'
import { gridOf, irot, ispe, nclx } from '../../../support/pictures/heif.ts'

const coded = (...more: Buffer[]): NewItem => ({ type: 'hvc1', properties: [ispe(64, 32), box('hvcC'), ...more] })
const derived = (type: string, dimg: number[], ...more: Buffer[]): NewItem => ({
  type,
  properties: [ispe(100, 60), ...more],
  data: gridOf(2, 2, 100, 60),
  references: { dimg },
})

const read = (...items: NewItem[]) => {
  const file = heicFile(items)
  const meta = readMeta(file)
  if (!meta) throw new Error('the file has no items')
  return codedPictureOf(meta, 1)
}

const MATRIX = { primaries: 1, transfer: 13, matrix: 1, isFullRange: true }

describe('a picture of a HEIC file', () => {
  it('is one HEVC picture', () => {
    const picture = read(coded(nclx(1, 13, 1), irot(1)))
    expect(picture).toMatchObject({ width: 64, height: 32, nclx: MATRIX })
    expect(picture.tiles).toMatchObject([{ left: 0, top: 0, width: 64, height: 32, item: { id: 1 } }])
    expect(picture.properties.map(({ type }) => type)).toContain('irot')
  })

  it('is a grid of them, with the colours of the tiles where it has none', () => {
    const tiles = [coded(nclx(1, 13, 1)), coded(), coded(), coded()]
    const picture = read(derived('grid', [2, 3, 4, 5]), ...tiles)
    expect(picture).toMatchObject({ width: 100, height: 60, nclx: MATRIX })
    expect(picture.tiles.map(({ item, left, top }) => [item.id, left, top])).toEqual([
      [2, 0, 0],
      [3, 64, 0],
      [4, 0, 32],
      [5, 64, 32],
    ])
    const own = read(derived('grid', [2, 3, 4, 5], nclx(9, 16, 9)), ...tiles)
    expect(own.nclx).toMatchObject({ matrix: 9 })
  })

  it('is the same one with more properties', () => {
    const { tiles, properties } = read(derived('iden', [2], irot(1)), coded(irot(2)))
    expect(tiles).toMatchObject([{ item: { id: 2 } }])
    expect(properties.filter(({ type }) => type === 'irot').map(({ content }) => content[0])).toEqual([2, 1])
  })

  it.each([
    ['an overlay', [derived('iovl', [2]), coded()], 'iovl'],
    ['a grid of grids', [derived('grid', [2, 2, 2, 2]), derived('grid', [3]), coded()], 'a grid of grid'],
  ])('is not supported as %s', (_, items, received) => {
    expect(() => read(...items)).toThrow(
      expect.objectContaining({
        code: 'unsupported_image_layout',
        details: expect.objectContaining({ received }),
      }),
    )
  })

  it('may have properties that are not known, if it can be shown without', () => {
    expect(read(coded(box('zzzz', u8(0)))).tiles).toHaveLength(1)
  })
})
