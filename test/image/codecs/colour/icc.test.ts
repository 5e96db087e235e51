import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { isProfileChunk, joinProfile, readProfile, splitProfile } from '../../../../src/image/codecs/colour/icc.ts'
import { plain, plainJpeg } from '../../../support/pictures/pictures.ts'
import { makeProfile, profileChunks } from '../../../support/pictures/profiles.ts'

const swapped = makeProfile({ isSwapped: true })

const reduced = (profile: Buffer, channels: number) => readProfile(profile, channels)?.bytes

describe('a colour profile', () => {
  it('is joined from its segments by their numbers', () => {
    const chunks = profileChunks(swapped, 100)
    expect(chunks.length).toBeGreaterThan(2)
    expect(chunks.every(isProfileChunk)).toBe(true)
    expect(joinProfile(chunks.toReversed(), 3)?.bytes).toEqual(reduced(swapped, 3))
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
    expect(reduced(swapped, 1)).toBeUndefined()
    expect(reduced(makeProfile({ space: 'GRAY', gamma: 1.8 }), 1)).toBeInstanceOf(Buffer)
    expect(reduced(makeProfile({ isSwapped: true, extra: { desc: 'x'.repeat(2 ** 20) } }), 3)).toBeUndefined()
  })

  it.each([-2, 2, 4000])('is kept where its length is wrong by %i bytes, with the right one', (bytes) => {
    const profile = Buffer.from(swapped)
    profile.writeUInt32BE(swapped.length + bytes, 0)
    expect(reduced(profile, 3)).toEqual(reduced(swapped, 3))
    expect(reduced(swapped, 3)?.readUInt32BE(0)).toBe(reduced(swapped, 3)?.length)
    expect(reduced(Buffer.concat([swapped, Buffer.alloc(2)]), 3)).toEqual(reduced(swapped, 3))
  })

  it('is kept where only its private tags exceed a megabyte, or are cut off', () => {
    const profile = makeProfile({ isSwapped: true, extra: { targ: 'x'.repeat(1_200_000) } })
    expect(reduced(profile, 3)).toEqual(reduced(swapped, 3))
    expect(reduced(profile.subarray(0, -100), 3)).toEqual(reduced(swapped, 3))
    expect(reduced(swapped.subarray(0, -4), 3)).toBeUndefined()
  })

  it('is dropped where it links devices, or says no colours', () => {
    const link = Buffer.from(swapped)
    link.write('link', 12, 'latin1')
    expect(reduced(link, 3)).toBeUndefined()
    const bare = Buffer.from(swapped)
    bare.write('xXYZ', bare.indexOf('rXYZ'), 'latin1')
    expect(reduced(bare, 3)).toBeUndefined()
  })

  it('keeps its colours and its name, and loses the identity of the device', () => {
    const profile = makeProfile({ isSwapped: true, extra: { desc: 'Swapped', mmod: 'SERIAL-0815', meta: 'Owner' } })
    const kept = reduced(profile, 3)?.toString('latin1') ?? ''
    expect(kept).toContain('Swapped')
    for (const mark of ['SERIAL-0815', 'Owner', 'mmod', 'MAKR']) expect(kept).not.toContain(mark)
  })

  it('converts colours identically after it was reduced', async () => {
    const profile = makeProfile({ isSwapped: true, gamma: 1.8, extra: { mmod: 'SERIAL-0815' } })
    const kept = reduced(profile, 3)
    if (!kept) throw new Error('the profile was dropped')
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
    expect(await shown(kept)).toEqual(before)
  })

  it('is dropped where it is equivalent to sRGB', async () => {
    const { icc } = await sharp(await plain(8, 8, 'red').withIccProfile('srgb').jpeg().toBuffer()).metadata()
    expect(icc).toBeInstanceOf(Buffer)
    expect(icc && readProfile(icc, 3)).toBeUndefined()
    expect(readProfile(makeProfile(), 3)).toBeUndefined()
    expect(readProfile(makeProfile({ space: 'GRAY' }), 1)).toBeUndefined()
    for (const other of [swapped, makeProfile({ gamma: 2.2 }), makeProfile({ extra: { A2B0: 'a table' } })])
      expect(readProfile(other, 3)).toBeDefined()
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
        expect(reduced(profile, 3)?.length ?? 0).toBeLessThanOrEqual(2 ** 20)
        readProfile(profile, 1)
      }),
      { numRuns: 2000 },
    )
  })
})
