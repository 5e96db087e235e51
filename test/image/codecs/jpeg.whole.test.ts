import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readJpeg, rewriteJpeg } from '../../../src/image/codecs/jpeg.ts'
import {
  markersOf,
  phonePhoto,
  photo,
  photoAs,
  SECRETS,
  segment,
  storedPixels,
  withSegments,
} from '../../support/pictures/pictures.ts'
import { makeProfile, profileChunks } from '../../support/pictures/profiles.ts'

const small = { width: 240, height: 160 }
const rewritten = (file: Buffer, orientation = 1) => Buffer.concat(rewriteJpeg(readJpeg(file), orientation))
const damaged = expect.objectContaining({ code: 'damaged_image' })

const haveSamePixels = async (one: Buffer, other: Buffer) => (await storedPixels(one)).equals(await storedPixels(other))

/** The file with another byte after each place where `marker` begins its segment. */
const patched = (file: Buffer, marker: number, offset: number, value: number): Buffer => {
  const copy = Buffer.from(file)
  copy[copy.indexOf(Buffer.from([0xff, marker])) + 2 + offset] = value
  return copy
}

describe('a rewritten JPEG', () => {
  it.each([
    ['baseline 4:2:0', {}],
    ['4:4:4', { chromaSubsampling: '4:4:4' }],
    ['progressive', { progressive: true }],
    ['of the best quality', { quality: 100 }],
    ['with standard Huffman tables', { optimiseCoding: false }],
  ])('decodes to the very same pixels: %s', async (_, options) => {
    const file = await (await photoAs(small)).jpeg(options).toBuffer()
    expect(await haveSamePixels(rewritten(file), file)).toBe(true)
  })

  it('decodes to the very same pixels: grey', async () => {
    const file = await (await photoAs(small)).toColourspace('b-w').jpeg().toBuffer()
    expect(readJpeg(file).plain).toBe(true)
    expect(await haveSamePixels(rewritten(file), file)).toBe(true)
  })

  it('decodes to the very same pixels: restart markers, fill bytes and stray bytes between segments', async () => {
    const file = await photo(small)
    const scan = file.indexOf(Buffer.from([0xff, 0xda]))
    const strange = Buffer.concat([
      file.subarray(0, scan),
      Buffer.from([0, 0, 0, 0xff, 0xff]),
      file.subarray(scan, file.length - 2),
      Buffer.from([0xff, 0xff, 0xd9]),
    ])
    expect(await haveSamePixels(rewritten(strange), file)).toBe(true)
  })

  it.each([2, 3, 4, 5, 6, 7, 8])('is shown with orientation %i like the upload', async (orientation) => {
    const file = await phonePhoto({ ...small, orientation })
    const result = rewritten(file, orientation)
    const { orientation: written, exif } = await sharp(result).metadata()
    expect(written).toBe(orientation)
    expect(exif?.length).toBe(32)
    const shown = (picture: Buffer) => sharp(picture).autoOrient().toBuffer()
    expect(await haveSamePixels(await shown(result), await shown(file))).toBe(true)
  })

  it('contains only the segments needed to show it', async () => {
    const file = await phonePhoto({ ...small, orientation: 6 })
    for (const secret of SECRETS) expect(file.toString('latin1')).toContain(secret)
    const result = rewritten(file, 6)
    for (const mark of [...SECRETS, 'GPSLatitude', 'xmpmeta', 'MPF', 'http'])
      expect(result.toString('latin1')).not.toContain(mark)
    // APP0, APP1, quantisation, frame, Huffman, scan, end.
    expect(new Set(markersOf(result))).toEqual(new Set([0xe0, 0xe1, 0xdb, 0xc0, 0xc4, 0xda, 0xd9]))
    expect(new Set(markersOf(rewritten(file, 1)))).not.toContain(0xe1)
  })

  it('ends with the picture', async () => {
    const file = await photo(small)
    const tail = Buffer.from('PK\x03\x04<html><script>alert(1)</script>')
    expect(rewritten(Buffer.concat([file, tail])).equals(rewritten(file))).toBe(true)
  })

  it('drops tables that no scan uses', async () => {
    const file = await photo(small)
    const hidden = segment(0xdb, Buffer.from('<html>hidden</html>'))
    const strange = Buffer.concat([file.subarray(0, -2), hidden, file.subarray(-2)])
    expect(rewritten(strange).equals(rewritten(file))).toBe(true)
  })

  it('is equal when it is rewritten again', async () => {
    const once = rewritten(await phonePhoto({ ...small, orientation: 5 }), 5)
    expect(rewritten(once, 5).equals(once)).toBe(true)
  })
})

describe('the colour profile of a JPEG', () => {
  const profile = makeProfile({ isSwapped: true, gamma: 1.9 })

  it('is kept, in any number of segments', async () => {
    const chunks = profileChunks(profile, 80).map((chunk) => segment(0xe2, chunk))
    const result = rewritten(withSegments(await photo(small), ...chunks))
    expect((await sharp(result).metadata()).icc).toEqual(profile.fill(0, 48, 56))
    expect(markersOf(result).filter((marker) => marker === 0xe2)).toHaveLength(1)
  })

  it('may be larger than one segment', async () => {
    const large = makeProfile({ isSwapped: true, extra: { desc: 'x'.repeat(200_000) } })
    const file = withSegments(await photo(small), ...profileChunks(large).map((chunk) => segment(0xe2, chunk)))
    expect((await sharp(rewritten(file)).metadata()).icc).toHaveLength(large.length)
  })

  it('is dropped where a part is missing', async () => {
    const [first, ...others] = profileChunks(profile, 80).map((chunk) => segment(0xe2, chunk))
    expect(first).toBeDefined()
    expect((await sharp(rewritten(withSegments(await photo(small), ...others))).metadata()).icc).toBeUndefined()
  })
})

describe('a JPEG that not every browser shows', () => {
  it('is not plain: CMYK', async () => {
    expect(readJpeg(await (await photoAs(small)).toColourspace('cmyk').jpeg().toBuffer()).plain).toBe(false)
  })

  it('is not plain: 12 bit', async () => {
    expect(readJpeg(patched(await photo(small), 0xc0, 2, 12)).plain).toBe(false)
  })

  it('is not plain: RGB by its component ids', async () => {
    const [red = 0, green = 0, blue = 0] = Buffer.from('RGB')
    const file = patched(patched(patched(await photo(small), 0xc0, 8, red), 0xc0, 11, green), 0xc0, 14, blue)
    expect(readJpeg(file).plain).toBe(false)
  })

  it.each([
    ['lossless', 0xc3],
    ['differential', 0xc5],
    ['arithmetic coding', 0xc9],
  ])('is not plain: %s', async (_, frame) => {
    const file = await photo(small)
    expect(readJpeg(patched(file, 0xc0, -1, frame)).plain).toBe(false)
  })

  it.each([
    ['RGB by Adobe', 0, false],
    ['YCbCr by Adobe', 1, true],
    ['YCCK by Adobe', 2, false],
  ])('is plain or not: %s', async (_, transform, plain) => {
    const adobe = segment(0xee, Buffer.from([...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, transform]))
    expect(readJpeg(withSegments(await photo(small), adobe)).plain).toBe(plain)
  })
})

describe('a damaged JPEG', () => {
  it('is refused wherever it is cut off', async () => {
    const file = await photo({ width: 64, height: 64 })
    for (let end = 0; end < file.length; end++) expect(() => readJpeg(file.subarray(0, end))).toThrow(damaged)
    expect(readJpeg(file).plain).toBe(true)
  })

  it.each([
    ['no picture', Buffer.from([0xff, 0xd8, 0xff, 0xd9])],
    ['two beginnings', Buffer.from([0xff, 0xd8, 0xff, 0xd8, 0xff, 0xd9])],
    [
      'segments without end',
      Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(4 * 1_000_000, '\xff\xfe\0\x02', 'latin1')]),
    ],
    ['fill bytes without end', Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(4_000_000, 0xff)])],
  ])('is refused: %s', (_, file) => {
    expect(() => readJpeg(file)).toThrow(damaged)
  })

  it.each([
    ['no height', 3, 0, 0],
    ['no width', 5, 0, 0],
    ['no components', 7, 0, 0],
  ])('is refused: %s', async (_, offset, high, low) => {
    const file = patched(patched(await photo({ width: 64, height: 64 }), 0xc0, offset, high), 0xc0, offset + 1, low)
    expect(() => readJpeg(file)).toThrow(damaged)
  })

  it('is refused with a second frame header', async () => {
    const file = await photo(small)
    const frame = file.indexOf(Buffer.from([0xff, 0xc0]))
    const header = file.subarray(frame, frame + 2 + file.readUInt16BE(frame + 2))
    expect(() => readJpeg(Buffer.concat([file.subarray(0, frame), header, file.subarray(frame)]))).toThrow(damaged)
  })
})
