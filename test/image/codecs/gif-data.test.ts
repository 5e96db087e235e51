import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { isWholeGif } from '../../../src/image/codecs/gif-data.ts'
import { noise } from '../../support/pictures/pictures.ts'

const [CLEAR, END] = [4, 5]

/** A GIF of one frame of 4 × 4 pixels with four colours, from codes of three bits. */
const gifOf = (codes: readonly number[], before = Buffer.alloc(0)): Buffer => {
  const bits = codes.flatMap((code) => [code & 1, (code >> 1) & 1, code >> 2])
  const data = Buffer.alloc(Math.ceil(bits.length / 8))
  for (const [at, bit] of bits.entries()) data[at >> 3] = (data[at >> 3] ?? 0) | (bit << (at & 7))
  const blocks = [...data].map((byte) => Buffer.from([1, byte]))
  return Buffer.concat([
    Buffer.from('GIF89a\x04\0\x04\0\x91\0\0', 'latin1'),
    Buffer.alloc(12, 9),
    before,
    Buffer.from([0x2c, 0, 0, 0, 0, 4, 0, 4, 0, 0, 2]),
    ...blocks,
    Buffer.from([0, 0x3b]),
  ])
}

/** A clear code before each pixel, so that codes stay three bits long. */
const pixels = (count: number) => Array.from({ length: count }, (_, index) => [CLEAR, index % 4]).flat()

describe('the first frame of a GIF', () => {
  it('is whole with all pixels, and sharp agrees', async () => {
    const file = gifOf([...pixels(16), END])
    expect(isWholeGif(file)).toBe(true)
    expect((await sharp(file, { failOn: 'error' }).raw().toBuffer()).length).toBe(48)
  })

  it('is whole behind extensions, without an end code, and with more pixels than it shows', () => {
    const comment = Buffer.from('\x21\xfe\x02hi\0\x21\xf9\x04\0\0\0\0\0', 'latin1')
    expect(isWholeGif(gifOf([...pixels(16), END], comment))).toBe(true)
    expect(isWholeGif(gifOf(pixels(16)))).toBe(true)
    expect(isWholeGif(gifOf([...pixels(20), END]))).toBe(true)
  })

  it.each([15, 1])('is damaged with %i of 16 pixels, which the decoder accepts', async (count) => {
    const file = gifOf([...pixels(count), END])
    expect(isWholeGif(file)).toBe(false)
    expect(await sharp(file, { failOn: 'error' }).raw().toBuffer()).toBeInstanceOf(Buffer)
  })

  it('is damaged where its data breaks off or has an unknown code', () => {
    const file = gifOf([...pixels(16), END])
    for (let end = 36; end < file.length - 4; end++) expect(isWholeGif(file.subarray(0, end))).toBe(false)
    expect(isWholeGif(gifOf([CLEAR, 7, ...pixels(16), END]))).toBe(false)
  })

  it('is whole as encoders write it, with full code tables', async () => {
    for (const colours of [2, 16, 256])
      expect(isWholeGif(await noise(300, 200, 60).gif({ colours, effort: 1 }).toBuffer())).toBe(true)
  })

  it('is left to the decoder where there is none', () => {
    expect(isWholeGif(Buffer.from('GIF89a'))).toBe(true)
    expect(isWholeGif(Buffer.from('GIF89a\x04\0\x04\0\0\0\0\x3b', 'latin1'))).toBe(true)
  })
})
