import { describe, expect, it } from 'vitest'
import {
  gammaCurve,
  isSrgbModel,
  linearOfSrgb,
  matrixBetween,
  matrixOfColorants,
  matrixOfPrimaries,
  SRGB_PRIMARIES,
  srgbOfLinear,
} from '../../../../src/image/codecs/colour/model.ts'

const D65 = [0.3127, 0.329] as const
const P3 = [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, ...D65] as const
const SRGB = { curves: [linearOfSrgb, linearOfSrgb, linearOfSrgb], matrix: undefined } as const

describe('a colour model', () => {
  it('has the published matrix of Display P3 to sRGB', () => {
    const expected = [1.2249, -0.2247, 0, -0.042, 1.0419, 0, -0.0197, -0.0786, 1.0979]
    for (const [at, value] of (matrixOfPrimaries(P3) ?? []).entries()) expect(value).toBeCloseTo(expected[at] ?? 0, 2)
    expect(matrixOfPrimaries(P3)).toHaveLength(9)
    expect(matrixBetween(P3, SRGB_PRIMARIES)[0]).toBeCloseTo(1.2249, 2)
  })

  it.each([
    ['of another white', [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.314, 0.351]],
    ['of equal energy', [1, 0, 0, 1, 0, 0, 1 / 3, 1 / 3]],
  ] as const)('keeps white where its primaries are %s', (_, [rx, ry, gx, gy, bx, by, wx, wy]) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] =
      matrixOfPrimaries([rx, ry, gx, gy, bx, by, wx, wy]) ?? []
    for (const sum of [a + b + c, d + e + f, g + h + i]) expect(sum).toBeCloseTo(1, 3)
  })

  it('has no matrix where its primaries are those of sRGB, or span no space', () => {
    expect(matrixOfPrimaries(SRGB_PRIMARIES)).toBeUndefined()
    expect(matrixOfPrimaries([0.3, 0.3, 0.3, 0.3, 0.3, 0.3, ...D65])).toBeUndefined()
    expect(matrixOfColorants([0.4361, 0.3851, 0.1431, 0.2225, 0.7169, 0.0606, 0.0139, 0.0971, 0.7141])).toBeUndefined()
  })

  it('is sRGB where neither its curves nor its primaries differ', () => {
    expect(isSrgbModel(SRGB)).toBe(true)
    expect(isSrgbModel({ curves: [linearOfSrgb], matrix: undefined })).toBe(true)
    expect(isSrgbModel({ ...SRGB, matrix: matrixOfPrimaries(P3) })).toBe(false)
    expect(isSrgbModel({ ...SRGB, curves: [linearOfSrgb, linearOfSrgb, gammaCurve(2.2)] })).toBe(false)
    expect(isSrgbModel({ ...SRGB, curves: [gammaCurve(Number.NaN)] })).toBe(false)
  })

  it('has a curve of sRGB whose two directions agree', () => {
    for (let level = 0; level <= 255; level++)
      expect(srgbOfLinear(linearOfSrgb(level / 255)) * 255).toBeCloseTo(level, 1)
  })
})
