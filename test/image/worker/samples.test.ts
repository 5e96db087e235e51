import { describe, expect, it } from 'vitest'
import { gammaCurve, linearOfSrgb, matrixOfPrimaries } from '../../../src/image/codecs/colour/model.ts'
import { toSrgb } from '../../../src/image/worker/samples.ts'

const LINEAR = { curves: [gammaCurve(1), gammaCurve(1), gammaCurve(1)], matrix: undefined } as const
const P3 = {
  curves: [linearOfSrgb, linearOfSrgb, linearOfSrgb],
  matrix: matrixOfPrimaries([0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329]),
} as const

/** One row of pixels in the byte order of this machine. */
const samplesOf = (depth: string, bands: number, values: readonly number[]) => {
  const Type = { uchar: Uint8Array, ushort: Uint16Array, uint: Uint32Array, float: Float32Array }[depth] ?? Uint8Array
  const typed = Type.from(values)
  const data = Buffer.from(typed.buffer, typed.byteOffset, typed.byteLength)
  return { data, depth, bands, width: values.length / bands, height: 1 }
}

describe('samples', () => {
  it.each([
    ['uchar', 255],
    ['ushort', 65_535],
    ['uint', 4_294_967_295],
    ['float', 1],
  ])('of sRGB keep their colours, grey as three channels: %s', (depth, max) => {
    const levels = [0, 10, 128, 255].map((level) => (level / 255) * max)
    const grey = toSrgb(samplesOf(depth, 1, levels), undefined, false)
    expect(grey).toMatchObject({ width: 4, height: 1, channels: 3 })
    expect([...grey.data]).toEqual([0, 10, 128, 255].flatMap((level) => [level, level, level]))
    const rgb = toSrgb(samplesOf(depth, 3, levels.slice(1)), undefined, false)
    expect([...rgb.data]).toEqual([10, 128, 255])
  })

  it('are cut off at the ends of the range', () => {
    const { data } = toSrgb(samplesOf('float', 3, [-1, 2, Number.NaN]), undefined, false)
    expect([...data]).toEqual([0, 255, 0])
  })

  it.each([
    ['uchar', 1],
    ['ushort', 257],
  ])('keep their alpha: %s', (depth, unit) => {
    const grey = toSrgb(samplesOf(depth, 2, [64 * unit, 200 * unit]), LINEAR, false)
    expect([...grey.data]).toEqual([137, 137, 137, 200])
    const rgb = toSrgb(samplesOf(depth, 4, [64 * unit, 0, 255 * unit, 7 * unit]), LINEAR, false)
    expect([...rgb.data]).toEqual([137, 0, 255, 7])
  })

  it('are divided by alpha once, before their curve', () => {
    const values = [32, 64, 100, 128, 9, 9, 9, 0, 200, 0, 0, 100]
    expect([...toSrgb(samplesOf('uchar', 4, values), undefined, true).data]).toEqual(
      [64, 128, 199, 128].concat([0, 0, 0, 0], [255, 0, 0, 100]),
    )
    expect(toSrgb(samplesOf('uchar', 4, values), LINEAR, true).data[0]).toBe(137)
  })

  it('of 16 bits keep dark colours apart that 8 bits would not', () => {
    // Light of a thousandth and two: levels 3 and 7 of sRGB, 0.26 and 0.51 of 255 in linear light.
    const { data } = toSrgb(samplesOf('ushort', 1, [66, 131]), { curves: [gammaCurve(1)], matrix: undefined }, false)
    expect([data[0], data[3]]).toEqual([3, 7])
  })

  it('of other primaries are converted, and cut off where sRGB ends', () => {
    const { data } = toSrgb(samplesOf('uchar', 3, [184, 55, 49, 255, 0, 0, 128, 128, 128]), P3, false)
    const expected = [200, 39, 41, 255, 0, 0, 128, 128, 128]
    for (const [at, level] of [...data].entries()) expect(Math.abs(level - (expected[at] ?? 0))).toBeLessThanOrEqual(2)
  })
})
