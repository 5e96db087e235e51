import { describe, expect, it } from 'vitest'
import { isSrgbModel } from '../../../../src/image/codecs/colour/model.ts'
import { readPngColour } from '../../../../src/image/codecs/colour/png-colour.ts'
import { plain } from '../../../support/pictures/pictures.ts'
import { chrm, cicp, gama, iccp, pngChunk, srgbChunk, withChunks } from '../../../support/pictures/png.ts'
import { makeProfile } from '../../../support/pictures/profiles.ts'

const png = await plain(4, 4).png().toBuffer()
const SRGB = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06]
const ADOBE = [0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06]

const modelWith = (...chunks: Buffer[]) => readPngColour(withChunks(png, ...chunks)).model

describe('the colour of a PNG file', () => {
  it.each([
    ['nothing', []],
    ['cHRM alone', [chrm(ADOBE)]],
    ['the gamma of usual screens alone', [gama(1 / 2.2)]],
    ['a gamma that is 4 % off', [gama(1.04 / 2.2)]],
    ['a gamma of 0', [gama(0)]],
    ['a gamma of three bytes', [pngChunk('gAMA', Buffer.alloc(3))]],
    ['primaries of 0', [gama(1), chrm(Array(8).fill(0))]],
    ['sRGB before all gammas', [srgbChunk(), gama(1), chrm(ADOBE)]],
    ['code points of limited range', [cicp(12, 13, 0, 0)]],
    ['code points of YCbCr', [cicp(12, 13, 1, 1)]],
    ['code points without a curve', [cicp(12, 2)]],
  ])('is sRGB where the file says %s', (_, chunks) => {
    expect(modelWith(...chunks)).toBeUndefined()
  })

  it('is that of gAMA, with sRGB primaries or those of cHRM', () => {
    expect(modelWith(gama(1 / 1.8))?.curves[0](0.5)).toBeCloseTo(0.5 ** 1.8, 4)
    expect(modelWith(gama(1 / 1.8))?.matrix).toBeUndefined()
    expect(modelWith(gama(1.06 / 2.2))).toBeDefined()
    expect(modelWith(gama(0.94 / 2.2))).toBeDefined()
    expect(modelWith(gama(1 / 2.2), chrm(SRGB))?.curves[0](0.5)).toBeCloseTo(0.5 ** 2.2, 4)
    expect(modelWith(gama(1 / 2.2), chrm(ADOBE))?.matrix?.[0]).toBeCloseTo(1.398, 2)
  })

  it('is that of cICP before all others', () => {
    expect(modelWith(cicp(12, 13), srgbChunk(), gama(1))?.matrix?.[0]).toBeCloseTo(1.225, 2)
    const model = modelWith(cicp(1, 13), gama(1))
    expect(model && isSrgbModel(model)).toBe(true)
  })

  it('comes with the profile, whatever its length says', () => {
    const profile = makeProfile({ isSwapped: true })
    expect(readPngColour(withChunks(png, iccp(profile))).icc).toEqual(profile)
    const longer = Buffer.from(profile)
    longer.writeUInt32BE(profile.length + 2, 0)
    expect(readPngColour(withChunks(png, iccp(longer))).icc).toEqual(longer)
  })

  it('is sRGB where its profile cannot be decompressed, or is too large', () => {
    const broken = pngChunk('iCCP', Buffer.from('profile\0\0not deflated', 'latin1'))
    expect(readPngColour(withChunks(png, broken))).toEqual({})
    expect(readPngColour(withChunks(png, pngChunk('iCCP', Buffer.alloc(0))))).toEqual({})
    expect(readPngColour(withChunks(png, iccp(Buffer.alloc(17 * 2 ** 20))))).toEqual({})
  })

  it('is read to the pixels only, and to the end of a file that breaks off', () => {
    expect(readPngColour(Buffer.concat([png.subarray(0, -12), gama(1), png.subarray(-12)]))).toEqual({})
    const whole = withChunks(png, gama(1))
    for (let bytes = 8; bytes < 60; bytes++) readPngColour(whole.subarray(0, bytes))
  })
})
