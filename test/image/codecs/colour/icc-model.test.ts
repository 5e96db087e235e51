import { describe, expect, it } from 'vitest'
import { modelOfProfile } from '../../../../src/image/codecs/colour/icc-model.ts'
import { srgbOfLinear } from '../../../../src/image/codecs/colour/model.ts'

/** `para` of a function type, by its parameters. */
const para = (kind: number, ...values: number[]): Buffer => {
  const data = Buffer.alloc(12 + 4 * values.length)
  data.write('para', 'latin1')
  data.writeUInt16BE(kind, 8)
  for (const [at, value] of values.entries()) data.writeInt32BE(Math.round(value * 65_536), 12 + 4 * at)
  return data
}

/** `curv` by its samples; one sample is a gamma of 8 + 8 bits. */
const curv = (...values: number[]): Buffer => {
  const data = Buffer.alloc(12 + 2 * values.length)
  data.write('curv', 'latin1')
  data.writeUInt32BE(values.length, 8)
  for (const [at, value] of values.entries()) data.writeUInt16BE(value, 12 + 2 * at)
  return data
}

const greyLight = (curve: Buffer, sample: number, connection = 'XYZ ') =>
  modelOfProfile({ space: 'GRAY', connection, tags: new Map([['kTRC', curve]]) })?.curves[0](sample)

describe('the model of a profile', () => {
  it.each([
    ['the identity', curv(), 0.3, 0.3],
    ['a gamma', curv(0x01cd), 0.5, 0.5 ** (0x01cd / 256)],
    ['samples', curv(0, 0x4000, 0xffff), 0.25, 0.125],
    ['samples, at their end', curv(0, 0x4000, 0xffff), 1, 1],
    ['a parametric gamma', para(0, 2.5), 0.5, 0.5 ** 2.5],
    ['type 1, above', para(1, 2, 1, -0.1), 0.5, 0.16],
    ['type 1, below', para(1, 2, 1, -0.1), 0.05, 0],
    ['type 2, above', para(2, 2, 1, -0.1, 0.02), 0.5, 0.18],
    ['type 2, below', para(2, 2, 1, -0.1, 0.02), 0.05, 0.02],
    ['type 3, above', para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045), 0.5, 0.214],
    ['type 3, below', para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045), 0.02, 0.02 / 12.92],
    ['type 4, above', para(4, 2, 0.9, 0.1, 0.5, 0.04, 0.01, 0.02), 0.5, 0.55 ** 2 + 0.01],
    ['type 4, below', para(4, 2, 0.9, 0.1, 0.5, 0.04, 0.01, 0.02), 0.02, 0.03],
  ])('has a curve of %s', (_, curve, sample, light) => {
    expect(greyLight(curve, sample)).toBeCloseTo(light, 3)
  })

  it('of grey takes the lightness of Lab where that connects it', () => {
    // L* 50 is 18.4 % of the light, level 119.
    expect(srgbOfLinear(greyLight(curv(), 0.5, 'Lab ') ?? 0) * 255).toBeCloseTo(119, 0)
    expect(greyLight(curv(), 0.04, 'Lab ')).toBeCloseTo(0.00443, 4)
  })

  it.each([
    ['its curve is missing', {}],
    ['its curve has an unknown type', { kTRC: para(5, 1) }],
    ['its curve is cut short', { kTRC: curv(1, 2, 3).subarray(0, 15) }],
    ['it has tables', { kTRC: curv(), A2B0: Buffer.from('mft2') }],
  ])('is undefined where %s', (_, tags) => {
    expect(modelOfProfile({ space: 'GRAY', connection: 'XYZ ', tags: new Map(Object.entries(tags)) })).toBeUndefined()
  })

  it('is that of its code points where they name a transfer of HDR', () => {
    const cicp = Buffer.from([...Buffer.from('cicp\0\0\0\0'), 9, 16, 0, 1])
    const tags = new Map([
      ['cicp', cicp],
      ['A2B0', Buffer.from('mft2')],
    ])
    expect(modelOfProfile({ space: 'RGB ', connection: 'XYZ ', tags })?.toneMap).toBeDefined()
    cicp[9] = 13
    expect(modelOfProfile({ space: 'RGB ', connection: 'XYZ ', tags })).toBeUndefined()
  })
})
