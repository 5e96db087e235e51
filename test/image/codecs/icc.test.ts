import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import {
  isProfileChunk,
  isSrgbProfile,
  joinProfile,
  reduceProfile,
  splitProfile,
} from '../../../src/image/codecs/icc.ts'
import { plain, plainJpeg } from '../../support/pictures/pictures.ts'
import { makeProfile, profileChunks } from '../../support/pictures/profiles.ts'

const swapped = makeProfile({ isSwapped: true })

describe('a colour profile', () => {
  it('is joined from its segments by their numbers', () => {
    const chunks = profileChunks(swapped, 100)
    expect(chunks.length).toBeGreaterThan(2)
    expect(chunks.every(isProfileChunk)).toBe(true)
    expect(joinProfile(chunks.toReversed(), 3)).toEqual(reduceProfile(swapped, 3))
  })

  it.each([
    ['a part is missing', (chunks: Buffer[]) => chunks.slice(1)],
    ['a part comes twice', ([first, ...others]: Buffer[]) => [first, first, ...others.slice(1)]],
    ['a part is cut short', ([first, ...others]: Buffer[]) => [first?.subarray(0, 50), ...others]],
  ])('is dropped where %s', (_, change) => {
    const chunks = change(profileChunks(swapped, 100)).filter((chunk) => chunk !== undefined)
    expect(joinProfile(chunks, 3)).toBeUndefined()
  })

  it('is dropped where it belongs to another colour model, or exceeds a megabyte', () => {
    expect(reduceProfile(swapped, 1)).toBeUndefined()
    expect(reduceProfile(makeProfile({ space: 'GRAY', gamma: 1.8 }), 1)).toBeInstanceOf(Buffer)
    expect(reduceProfile(makeProfile({ isSwapped: true, extra: { desc: 'x'.repeat(2 ** 20) } }), 3)).toBeUndefined()
  })

  it('keeps its colours and its name, and loses the identity of the device', () => {
    const profile = makeProfile({ isSwapped: true, extra: { desc: 'Swapped', mmod: 'SERIAL-0815', meta: 'Owner' } })
    const reduced = reduceProfile(profile, 3)?.toString('latin1') ?? ''
    expect(reduced).toContain('Swapped')
    for (const mark of ['SERIAL-0815', 'Owner', 'mmod', 'MAKR']) expect(reduced).not.toContain(mark)
  })

  it('converts colours identically after it was reduced', async () => {
    const profile = makeProfile({ isSwapped: true, gamma: 1.8, extra: { mmod: 'SERIAL-0815' } })
    const reduced = reduceProfile(profile, 3)
    if (!reduced) throw new Error('the profile was dropped')
    const jpeg = await plainJpeg(8, 8, '#c86428')
    const shown = async (icc: Buffer) => {
      const [chunk] = splitProfile(icc)
      const segment = Buffer.concat([Buffer.from([0xff, 0xe2, 0, 0]), chunk ?? Buffer.alloc(0)])
      segment.writeUInt16BE(segment.length - 2, 2)
      const tagged = Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)])
      return [...(await sharp(tagged).raw().toBuffer()).subarray(0, 3)]
    }
    const before = await shown(profile)
    expect(before).not.toEqual([...(await sharp(jpeg).raw().toBuffer()).subarray(0, 3)])
    expect(await shown(reduced)).toEqual(before)
  })

  it('is dropped where it is equivalent to sRGB', async () => {
    const { icc } = await sharp(await plain(8, 8, 'red').withIccProfile('srgb').jpeg().toBuffer()).metadata()
    expect(icc && isSrgbProfile(icc)).toBe(true)
    expect(icc && reduceProfile(icc, 3)).toBeUndefined()
    expect(isSrgbProfile(makeProfile())).toBe(true)
    for (const other of [swapped, makeProfile({ gamma: 2.2 }), makeProfile({ extra: { A2B0: 'a table' } })])
      expect(isSrgbProfile(other)).toBe(false)
  })

  it('never throws, whatever its bytes are, and never grows beyond a megabyte', () => {
    const mutated = fc
      .tuple(fc.constantFrom(swapped, makeProfile({ gamma: 2 })), fc.array(fc.tuple(fc.nat(399), fc.nat(255))))
      .map(([profile, changes]) => {
        const copy = Buffer.from(profile)
        for (const [at, value] of changes) copy[at] = value
        return copy
      })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 500 }).map(Buffer.from)), (profile) => {
        expect(reduceProfile(profile, 3)?.length ?? 0).toBeLessThanOrEqual(2 ** 20)
        isSrgbProfile(profile)
      }),
      { numRuns: 2000 },
    )
  })
})
