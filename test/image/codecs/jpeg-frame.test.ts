import { describe, expect, it } from 'vitest'
import { assertKnownJpeg } from '../../../src/image/codecs/jpeg-frame.ts'
import { plain, segment, withSegments } from '../../support/pictures/pictures.ts'

const photo = () => plain(32, 24, '#c83028').jpeg().toBuffer()

/** Changes the frame header: its marker, and bytes of its content. */
const withFrame = async (marker: number, changes: Record<number, number> = {}): Promise<Buffer> => {
  const file = await photo()
  const at = file.indexOf(Buffer.from([0xff, 0xc0]))
  file.writeUInt8(marker, at + 1)
  for (const [index, value] of Object.entries(changes)) file.writeUInt8(value, at + 4 + Number(index))
  return file
}

const check = (file: Buffer) => () => assertKnownJpeg(file, 'The JPEG file')

describe('the frame of a JPEG file', () => {
  it.each([0xc0, 0xc1, 0xc2, 0xc9, 0xca])('is known with marker %i', async (marker) => {
    expect(check(await withFrame(marker))).not.toThrow()
  })

  it.each([
    ['lossless coding', 0xc3],
    ['hierarchical coding', 0xc5],
    ['lossless arithmetic coding', 0xcb],
    ['JPEG-LS coding', 0xf7],
  ])('is refused by name: %s', async (received, marker) => {
    expect(check(await withFrame(marker))).toThrow(
      expect.objectContaining({
        code: 'unsupported_image_layout',
        message: `The JPEG file cannot be decoded here: expected coding baseline, extended or progressive; it has ${received}.`,
        details: { property: 'coding', received, accepted: ['baseline', 'extended', 'progressive'] },
      }),
    )
  })

  it.each([
    ['12 bits', 'depth', { 0: 12 }],
    ['2', 'components', { 5: 2 }],
    ['3×1, 2×1, 1×1', 'sampling factors', { 7: 0x31, 10: 0x21, 13: 0x11 }],
  ])('is refused with %s', async (received, property, changes) => {
    expect(check(await withFrame(0xc0, changes))).toThrow(
      expect.objectContaining({
        code: 'unsupported_image_layout',
        details: expect.objectContaining({ property, received }),
      }),
    )
  })

  it('is refused without a height only where a later segment has it', async () => {
    const file = await withFrame(0xc0, { 1: 0, 2: 0 })
    expect(check(file)).not.toThrow()
    const lines = segment(0xdc, Buffer.from([0, 24]))
    expect(check(Buffer.concat([file.subarray(0, -2), lines, file.subarray(-2)]))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ property: 'height' }) }),
    )
  })

  it('is found behind other segments and stray bytes', async () => {
    const file = withSegments(
      await withFrame(0xc3),
      Buffer.from('stray'),
      segment(0xe5, Buffer.from([0xff, 0xc0, 0, 17])),
    )
    expect(check(file)).toThrow(expect.objectContaining({ code: 'unsupported_image_layout' }))
  })

  it('is left to the decoder where it is missing or breaks off', async () => {
    const file = await withFrame(0xc3)
    const frame = file.indexOf(Buffer.from([0xff, 0xc3]))
    for (let end = 0; end < frame + 10; end++) expect(check(file.subarray(0, end))).not.toThrow()
    expect(check(Buffer.alloc(1_000_000, 0xff))).not.toThrow()
  })
})
