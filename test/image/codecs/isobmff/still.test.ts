import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../../src/core/errors.ts'
import { readPrimaryItem } from '../../../../src/image/codecs/isobmff/primary-item.ts'
import { stillOf } from '../../../../src/image/codecs/isobmff/still.ts'
import { hevcItem } from '../../../support/pictures/heic.ts'
import { itemOf, nclx } from '../../../support/pictures/heif.ts'
import { plain } from '../../../support/pictures/pictures.ts'
import { type Sequence, sequenceOf } from '../../../support/pictures/sequence.ts'

const size = { width: 64, height: 48 }
const frame = async (color: string) => itemOf(await plain(64, 48, color).avif({ effort: 0, lossless: true }).toBuffer())
const pixel = async (file: Buffer) => [...(await sharp(file).raw().toBuffer()).subarray(0, 4)]

const sequence = async (more: Partial<Sequence> = {}) =>
  sequenceOf({ brands: ['avis', 'msf1', 'iso8'], frames: [await frame('red'), await frame('blue')], ...size, ...more })

const damaged = expect.objectContaining({ code: 'damaged_image' })

describe('a file of one picture', () => {
  it('is returned as it is', async () => {
    const file = await plain(64, 48).avif({ effort: 0 }).toBuffer()
    expect(stillOf(file, 'avif')).toBe(file)
  })
})

describe('the picture of a sequence', () => {
  it.each([
    ['positions of 32 bits', false],
    ['positions of 64 bits', true],
  ])('is its first frame, found by %s', async (_, isLong) => {
    const still = stillOf(await sequence({ isLong }), 'avif')
    expect(await sharp(still).metadata()).toMatchObject({ ...size, format: 'heif', compression: 'av1', pages: 1 })
    expect((await pixel(still)).slice(0, 3)).toEqual([255, 0, 0])
  })

  it('has the colour and the opacity of its tracks', async () => {
    const red = await frame('red')
    const frames = [{ ...red, properties: [...red.properties.filter((one) => !one.includes('colr')), nclx(12, 13, 6)] }]
    const alpha = await frame('black')
    expect(readPrimaryItem(stillOf(await sequence({ frames, alpha }), 'avif'))).toMatchObject({
      ...size,
      nclx: { primaries: 12 },
      alpha: { isPremultiplied: false },
    })
    const premultiplied = stillOf(await sequence({ alpha, isPremultiplied: true }), 'avif')
    expect(readPrimaryItem(premultiplied)?.alpha).toEqual({ isPremultiplied: true })
    expect((await pixel(premultiplied))[3]).toBeLessThan(3)
  })

  it('is that of its items, where it has some', async () => {
    const file = await sequence({ items: [await frame('lime')], brands: ['avis', 'avif', 'msf1'] })
    const still = stillOf(file, 'avif')
    expect(still).toHaveLength(file.length)
    expect((await pixel(still)).slice(0, 3)).toEqual([0, 255, 0])
  })

  it('is HEIC where its samples are HEVC', () => {
    const file = sequenceOf({ brands: ['hevc', 'msf1'], frames: [hevcItem('colour')], width: 64, height: 64 })
    const still = stillOf(file, 'heic')
    expect(still.toString('latin1', 8, 12)).toBe('heic')
    expect(readPrimaryItem(still)).toMatchObject({ codings: ['hvc1'], width: 64, height: 64 })
  })

  it('is damaged wherever its tracks are cut, and never read further', async () => {
    const file = await sequence({ alpha: await frame('black') })
    const [start, end] = [file.indexOf('moov'), file.indexOf('mdat')]
    for (let cut = start + 4; cut < end - 4; cut += 3)
      expect(() => readPrimaryItem(stillOf(file.subarray(0, cut), 'avif'))).toThrow(damaged)
    expect(() => stillOf(file.subarray(0, end + 10), 'avif')).toThrow(damaged)
  })

  it('never fails in another way, whatever byte of its tracks is changed', async () => {
    const file = await sequence({ alpha: await frame('black') })
    const others: unknown[] = []
    for (let at = file.indexOf('moov'); at < file.indexOf('mdat'); at++)
      for (const value of [0, 1, 0x7f, 0xff]) {
        const changed = Buffer.from(file)
        changed[at] = value
        try {
          stillOf(changed, 'avif')
        } catch (error) {
          if (!(error instanceof TintypeError && error.code === 'damaged_image')) others.push({ at, value, error })
        }
      }
    expect(others).toEqual([])
  })
})
