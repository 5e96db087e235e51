import { describe, expect, it } from 'vitest'
import { placementOf } from '../../../../src/image/codecs/isobmff/placement.ts'
import { u8, u32 } from '../../../../src/image/codecs/isobmff/writer.ts'

const property = (type: string, content: Buffer) => ({ type, content, isEssential: true })
const irot = (turns: number) => property('irot', u8(turns))
const imir = (axis: number) => property('imir', u8(axis))
const clap = (...fractions: number[]) => {
  const content = Buffer.alloc(32)
  for (const [index, value] of fractions.entries()) content.writeInt32BE(value, 4 * index)
  return property('clap', content)
}

/** Rows of a picture whose pixels are letters, as shown. */
const shown = (rows: readonly string[], ...properties: ReturnType<typeof property>[]): string[] => {
  const { width, height, xx, xy, x0, yx, yy, y0 } = placementOf(
    { width: rows[0]?.length ?? 0, height: rows.length },
    properties,
  )
  const letters = Array.from({ length: height }, () => Array<string>(width).fill(' '))
  for (const [y, row] of rows.entries())
    for (const [x, letter] of [...row].entries()) {
      const line = letters[x * yx + y * yy + y0]
      const at = x * xx + y * xy + x0
      if (line && at >= 0 && at < width) line[at] = letter
    }
  return letters.map((line) => line.join(''))
}

const ROWS = ['abc', 'def']

describe('a coded picture', () => {
  it('is shown as it is without properties', () => {
    expect(shown(ROWS)).toEqual(ROWS)
  })

  it('is turned anticlockwise', () => {
    expect(shown(ROWS, irot(0))).toEqual(ROWS)
    expect(shown(ROWS, irot(1))).toEqual(['cf', 'be', 'ad'])
    expect(shown(ROWS, irot(2))).toEqual(['fed', 'cba'])
    expect(shown(ROWS, irot(3))).toEqual(['da', 'eb', 'fc'])
  })

  it('is mirrored: top and bottom by axis 0, left and right by axis 1', () => {
    expect(shown(ROWS, imir(0))).toEqual(['def', 'abc'])
    expect(shown(ROWS, imir(1))).toEqual(['cba', 'fed'])
  })

  it('is cut to its clean aperture, around its middle or beside it', () => {
    const rows = ['abcde', 'fghij', 'klmno']
    expect(shown(rows, clap(3, 1, 1, 1, 0, 1, 0, 1))).toEqual(['ghi'])
    expect(shown(rows, clap(3, 1, 2, 1, 1, 1, 1, 2))).toEqual(['hij', 'mno'])
    expect(shown(rows, clap(3, 1, 2, 1, -1, 1, -1, 2))).toEqual(['abc', 'fgh'])
    expect(shown(rows, clap(9, 1, 9, 1, 0, 1, 0, 1))).toEqual(rows)
  })

  it('has its properties applied in their order', () => {
    expect(shown(ROWS, irot(1), imir(1))).toEqual(['fc', 'eb', 'da'])
    expect(shown(ROWS, imir(1), irot(1))).toEqual(['ad', 'be', 'cf'])
    expect(shown(ROWS, clap(1, 1, 2, 1, 1, 1, 0, 1), irot(1))).toEqual(['cf'])
    expect(shown(ROWS, irot(1), clap(1, 1, 2, 1, -1, 2, 1, 2))).toEqual(['b', 'a'])
  })

  it('is damaged where its aperture is outside, empty or divided by zero', () => {
    const damaged = expect.objectContaining({ code: 'damaged_image' })
    for (const broken of [
      clap(1, 1, 1, 1, 90, 1, 0, 1),
      clap(0, 1, 1, 1, 0, 1, 0, 1),
      clap(1, 0, 1, 1, 0, 1, 0, 1),
      property('clap', u32(1, 1)),
    ])
      expect(() => shown(ROWS, broken)).toThrow(damaged)
  })
})
