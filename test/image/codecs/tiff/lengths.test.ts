import { describe, expect, it } from 'vitest'
import { isWholeLzw, isWholePackBits } from '../../../../src/image/codecs/tiff/lengths.ts'
import { randomFrom } from '../../../support/pictures/photo.mjs'
import { lzw, packBits } from '../../../support/pictures/tiff.ts'

/** Bytes that repeat enough to be packed, up to full code tables. */
const sample = (bytes: number, levels: number): Buffer => {
  const random = randomFrom(bytes + levels)
  return Buffer.from(Array.from({ length: bytes }, () => Math.floor(random() * levels)))
}

const SAMPLES = [1, 2, 300, 5000, 40_000].flatMap((bytes) => [1, 3, 256].map((levels) => [bytes, levels] as const))

describe.each([
  ['LZW', isWholeLzw, lzw],
  ['PackBits', isWholePackBits, packBits],
])('%s data', (_, isWhole, pack) => {
  const exactly = (length: number) => ({ least: length, most: length })

  it.each(SAMPLES)('of %i bytes of %i levels is whole', (bytes, levels) => {
    const data = pack(sample(bytes, levels))
    expect(isWhole(data, exactly(bytes))).toBe(true)
    expect(isWhole(data, exactly(bytes + 1))).toBe(false)
    if (bytes > 4) expect(isWhole(data, exactly(bytes - 4))).toBe(false)
  })

  it('may be padded, and be as long as a full strip', () => {
    const data = pack(sample(5000, 3))
    expect(isWhole(Buffer.concat([data, Buffer.alloc(3)]), exactly(5000))).toBe(true)
    expect(isWhole(data, { least: 4000, most: 5000 })).toBe(true)
    expect(isWhole(data, { least: 4000, most: 4999 })).toBe(false)
  })

  it('is not whole where it is cut', () => {
    const data = pack(sample(5000, 256))
    for (let end = 0; end < data.length - 4; end += 97)
      expect(isWhole(data.subarray(0, end), exactly(5000))).toBe(false)
  })

  it.each([0, 0xff, 0x55])('is not whole where it is overwritten with %i', (value) => {
    const data = pack(sample(5000, 3))
    expect(isWhole(Buffer.alloc(data.length, value), exactly(5000))).toBe(false)
  })

  it('is read in linear time, whatever it says', () => {
    const random = randomFrom(7)
    for (let count = 0; count < 300; count++) {
      const data = Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256)))
      expect(isWhole(data, exactly(1_000_000))).toBe(false)
    }
  })
})

describe('LZW data', () => {
  it('without an end code is whole', () => {
    // Clear code and three literals of nine bits; the end code is cut off.
    expect(isWholeLzw(lzw(Buffer.from([1, 2, 3])).subarray(0, 5), { least: 3, most: 3 })).toBe(true)
  })

  it('of the first TIFF writers, lowest bit first, is whole', () => {
    const codes = [256, 7, 258, 7, 257]
    const bits = codes.flatMap((code) => Array.from({ length: 9 }, (_, bit) => (code >> bit) & 1))
    const data = Buffer.alloc(6)
    for (const [at, bit] of bits.entries()) data[at >> 3] = (data[at >> 3] ?? 0) | (bit << (at & 7))
    expect([data[0], (data[1] ?? 0) & 1]).toEqual([0, 1])
    expect(isWholeLzw(data, { least: 4, most: 4 })).toBe(true)
    expect(isWholeLzw(data, { least: 5, most: 5 })).toBe(false)
  })
})
