import { describe, expect, it } from 'vitest'
import { box, u8 } from '../../../src/image/codecs/isobmff/writer.ts'
import { assertKnownLayout, meaningOf } from '../../../src/image/worker/meaning.ts'
import { ALPHA, auxC, heifFile, ispe, nclx, prof } from '../../support/pictures/heif.ts'
import { plain } from '../../support/pictures/pictures.ts'
import { cicp, gama, iccp, withChunks } from '../../support/pictures/png.ts'
import { makeProfile } from '../../support/pictures/profiles.ts'

const GREY = { space: 'b-w', depth: 'uchar', bands: 1 }
const RGB = { space: 'srgb', depth: 'uchar', bands: 3 }
const png = await plain(4, 4).png().toBuffer()

const SWAPPED = makeProfile({ isSwapped: true })
const GREY_18 = makeProfile({ space: 'GRAY', gamma: 1.8 })

/** av1C: 8 bit, without colour where it is grey. */
const av1C = (isGrey: boolean): Buffer => box('av1C', u8(0x81, 0, isGrey ? 0x1c : 0, 0))
const avif = (isGrey: boolean, colours: readonly Buffer[], alpha?: 'premultiplied') =>
  heifFile({
    items: [
      { type: 'av01', properties: [ispe(4, 4), av1C(isGrey), ...colours], ...(alpha && { references: { prem: [2] } }) },
      { type: 'av01', properties: [ispe(4, 4), av1C(true), auxC(ALPHA)], references: { auxl: [1] } },
    ],
  })

const colourOf = (...args: Parameters<typeof meaningOf>) => meaningOf(...args).colour
const gammaOf = (colour: ReturnType<typeof colourOf>) =>
  colour?.by === 'model' ? Math.log(colour.model.curves[0](0.5)) / Math.log(0.5) : undefined

describe('the meaning of samples', () => {
  it('is that of the profile, before all others of the file', () => {
    const said = withChunks(png, cicp(1, 8), iccp(makeProfile({ gamma: 3 })), gama(1))
    expect(gammaOf(colourOf(said, 'image/png', RGB, undefined))).toBeCloseTo(3, 1)
    const both = avif(false, [nclx(1, 8, 6), prof(makeProfile({ gamma: 3 }))])
    expect(gammaOf(colourOf(both, 'image/avif', RGB, undefined))).toBeCloseTo(3, 1)
  })

  it('is sRGB where the profile is sRGB, whatever else the file says', () => {
    expect(colourOf(withChunks(png, iccp(makeProfile()), gama(1)), 'image/png', RGB, undefined)).toBeUndefined()
    expect(colourOf(avif(false, [nclx(1, 8, 6), prof(makeProfile())]), 'image/avif', RGB, undefined)).toBeUndefined()
  })

  it('takes profiles of its own colour model only', () => {
    for (const type of ['image/jpeg', 'image/webp', 'image/tiff'] as const) {
      expect(colourOf(png, type, RGB, SWAPPED)).toBeDefined()
      expect(colourOf(png, type, RGB, GREY_18)).toBeUndefined()
      expect(colourOf(png, type, GREY, SWAPPED)).toBeUndefined()
      expect(gammaOf(colourOf(png, type, GREY, GREY_18))).toBeCloseTo(1.8, 1)
    }
    expect(colourOf(png, 'image/tiff', { space: 'cmyk', depth: 'uchar', bands: 4 }, SWAPPED)).toBeUndefined()
  })

  it('of an AVIF file without colour, decoded to three channels, is that of its grey profile', () => {
    expect(gammaOf(colourOf(avif(true, [prof(GREY_18)]), 'image/avif', RGB, undefined))).toBeCloseTo(1.8, 1)
    expect(colourOf(avif(false, [prof(GREY_18)]), 'image/avif', RGB, undefined)).toBeUndefined()
  })

  it('is a table where the profile has one', () => {
    expect(colourOf(png, 'image/jpeg', RGB, makeProfile({ hasTables: true }))?.by).toBe('tables')
  })

  it('says whether colours are multiplied by alpha', () => {
    expect(
      meaningOf(avif(false, [], 'premultiplied'), 'image/avif', { ...RGB, bands: 4 }, undefined).isPremultiplied,
    ).toBe(true)
    expect(meaningOf(avif(false, []), 'image/avif', { ...RGB, bands: 4 }, undefined).isPremultiplied).toBe(false)
  })
})

describe('a sample layout', () => {
  it.each([
    ['cmyk', 'uchar', 5],
    ['srgb', 'uchar', 5],
    ['srgb', 'ushort', 3],
    ['b-w', 'char', 1],
    ['multiband', 'uchar', 2],
    ['lab', 'float', 3],
  ])('that is not known is refused: %s, %s, %i bands', (space, depth, bands) => {
    expect(() => assertKnownLayout({ space, depth, bands })).toThrow(
      expect.objectContaining({
        code: 'unsupported_image_layout',
        message: expect.stringContaining(`${bands} of type ${depth} in colour space ${space}`),
      }),
    )
    expect(() => assertKnownLayout(RGB)).not.toThrow()
  })
})
