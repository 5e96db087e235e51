import { describe, expect, it } from 'vitest'
import { cicpModel } from '../../../../src/image/codecs/colour/cicp.ts'
import { type ColourModel, type Matrix, srgbOfLinear } from '../../../../src/image/codecs/colour/model.ts'
import { convertInFixedPoint } from '../../../../src/image/worker/colour/fixed-matrix.ts'

/** Every 15th level of each channel. */
const LEVELS = Array.from({ length: 18 }, (_, step) => step * 15)
const COLOURS = LEVELS.flatMap((r) => LEVELS.flatMap((g) => LEVELS.map((b) => [r, g, b] as const)))

const matrixModel = (primaries: number, transfer = 13) => {
  const model = cicpModel(primaries, transfer)
  if (!model?.matrix) throw new Error('the model has no matrix')
  return { ...model, matrix: model.matrix }
}

const exact = (
  { curves: [curve], matrix: m }: ColourModel & { matrix: Matrix },
  colour: readonly number[],
  max: number,
) => {
  const [r = 0, g = 0, b = 0] = colour.map((sample) => curve(sample / max))
  return [0, 3, 6].map((row) => {
    const light = (m[row] ?? 0) * r + (m[row + 1] ?? 0) * g + (m[row + 2] ?? 0) * b
    return 255 * srgbOfLinear(Math.min(1, Math.max(0, light)))
  })
}

const passOf = (source: Uint8Array | Uint16Array, channels: 3 | 4) => ({
  source,
  bands: channels,
  max: source instanceof Uint8Array ? 255 : 65_535,
  data: Buffer.alloc(source.length),
  channels,
  count: source.length / channels,
})

describe('samples converted in whole numbers', () => {
  it.each([
    ['Display P3', 12],
    ['BT.2020', 9],
    ['BT.601', 6],
    ['XYZ', 10],
  ])('are within a level of the exact colours of %s, of 8 and of 16 bit', (_, primaries) => {
    const model = matrixModel(primaries)
    for (const [factor, samples] of [
      [1, Uint8Array.from(COLOURS.flat())],
      [257, Uint16Array.from(COLOURS.flat(), (level) => level * 257)],
    ] as const) {
      const pass = passOf(samples, 3)
      expect(convertInFixedPoint(pass, model)).toBe(true)
      const off = COLOURS.flatMap((colour, pixel) =>
        exact(
          model,
          colour.map((level) => level * factor),
          pass.max,
        ).map((level, channel) => Math.abs(level - (pass.data[pixel * 3 + channel] ?? 999))),
      )
      expect(Math.max(...off)).toBeLessThan(1)
    }
  })

  it('keep alpha', () => {
    const model = matrixModel(12)
    const pass = passOf(Uint8Array.of(255, 255, 255, 7, 0, 0, 0, 200), 4)
    expect(convertInFixedPoint(pass, model)).toBe(true)
    expect([...pass.data]).toEqual([255, 255, 255, 7, 0, 0, 0, 200])
    const wide = passOf(Uint16Array.of(0, 0, 0, 257 * 9), 4)
    expect(convertInFixedPoint(wide, model)).toBe(true)
    expect([...wide.data]).toEqual([0, 0, 0, 9])
  })

  it('are left alone where light could exceed the numbers', () => {
    const { curves } = matrixModel(12)
    const within: Matrix = [5, -2, 0, 0, 1, 0, 0, 0, 1]
    const beyond: Matrix = [5, -2.1, 0, 0, 1, 0, 0, 0, 1]
    const pass = passOf(Uint8Array.of(0, 255, 0, 255, 0, 0), 3)
    expect(convertInFixedPoint(pass, { curves, matrix: beyond })).toBe(false)
    expect(convertInFixedPoint(pass, { curves: [() => Number.NaN], matrix: within })).toBe(false)
    expect([...pass.data]).toEqual([0, 0, 0, 0, 0, 0])
    expect(convertInFixedPoint(pass, { curves, matrix: within })).toBe(true)
    expect([...pass.data]).toEqual([0, 255, 0, 255, 0, 0])
  })
})
