// The colour of invisible pixels: that of the visible ones near them.

import { describe, expect, it } from 'vitest'
import { bleedColours } from '../../../../src/image/worker/render/bleed.ts'

/** Pixels as RGBA, one text for each row: R red, B blue, r half transparent red, a dot is invisible green. */
const COLOURS: Record<string, number[]> = {
  R: [200, 10, 20, 255],
  B: [10, 20, 200, 255],
  r: [200, 10, 20, 100],
  '.': [0, 255, 0, 0],
}
const bled = (...rows: string[]) => {
  const pixels = Buffer.from(rows.flatMap((row) => [...row].flatMap((name) => COLOURS[name] ?? [])))
  bleedColours(pixels, { width: rows[0]?.length ?? 0, height: rows.length })
  return (x: number, y: number) => [...pixels.subarray((y * (rows[0]?.length ?? 0) + x) * 4).subarray(0, 4)]
}

describe('invisible pixels', () => {
  it('get the colour of their only neighbour, at any distance and in any shape', () => {
    const at = bled('.......', '.......', '....R..', '.......', '.......')
    for (let x = 0; x < 7; x++)
      for (let y = 0; y < 5; y++) expect(at(x, y)).toEqual([200, 10, 20, x === 4 && y === 2 ? 255 : 0])
    expect(bled('R........')(8, 0)).toEqual([200, 10, 20, 0])
    expect(bled('.', '.', 'B')(0, 0)).toEqual([10, 20, 200, 0])
  })

  it('get that of the nearer ones, and a mixture between them', () => {
    const at = bled(`RR${'.'.repeat(12)}BB`)
    expect(at(2, 0)).toEqual([200, 10, 20, 0])
    expect(at(13, 0)).toEqual([10, 20, 200, 0])
  })

  it('leave visible ones as they are, half transparent ones too', () => {
    const at = bled('RB', 'r.')
    expect([at(0, 0), at(1, 0), at(0, 1)]).toEqual([COLOURS.R, COLOURS.B, COLOURS.r])
    expect(at(1, 1)[3]).toBe(0)
    expect(at(1, 1)[1]).toBeLessThan(30)
  })

  it('may be none or all', () => {
    expect(bled('RB')(1, 0)).toEqual(COLOURS.B)
    for (const pixel of [bled('...', '...')(2, 1), bled('.')(0, 0)]) expect(pixel[3]).toBe(0)
  })
})
