import { describe, expect, it } from 'vitest'
import { cicpModel } from '../../../../src/image/codecs/colour/cicp.ts'
import { isSrgbModel, srgbOfLinear } from '../../../../src/image/codecs/colour/model.ts'

/** Level in sRGB of the grey 128, as Chromium shows it. */
const levelOf128 = (transfer: number, isVideo: boolean): number => {
  const model = cicpModel(1, transfer, { isVideo })
  if (!model) throw new Error('no model')
  const value = model.curves[0](128 / 255)
  const light = Float64Array.of(value, value, value)
  model.toneMap?.(light)
  return Math.round(255 * srgbOfLinear(light[0] ?? 0))
}

describe('the code points of H.273', () => {
  it.each([
    ['BT.709', 1, 121, 128],
    ['gamma 2.2', 4, 129, 129],
    ['gamma 2.8', 5, 106, 106],
    ['BT.601', 6, 121, 128],
    ['SMPTE 240', 7, 141, 141],
    ['linear', 8, 188, 188],
    ['sRGB', 13, 128, 128],
    ['BT.2020', 14, 121, 128],
    ['PQ', 16, 132, 132],
    ['SMPTE 428', 17, 118, 118],
    ['HLG', 18, 99, 99],
  ])('show grey as Chromium does: %s', (_, transfer, still, video) => {
    expect(levelOf128(transfer, false)).toBe(still)
    expect(levelOf128(transfer, true)).toBe(video)
  })

  it('mean sRGB where they are unspecified', () => {
    for (const [primaries, transfer] of [
      [1, 13],
      [2, 2],
      [1, 2],
      [2, 13],
    ] as const) {
      const model = cicpModel(primaries, transfer)
      expect(model && isSrgbModel(model)).toBe(true)
    }
  })

  it.each([
    [3, 13],
    [23, 13],
    [1, 0],
    [1, 9],
    [1, 19],
  ])('say nothing where one is reserved or not supported: %i, %i', (primaries, transfer) => {
    expect(cicpModel(primaries, transfer)).toBeUndefined()
  })
})
