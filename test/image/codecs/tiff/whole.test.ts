import { describe, expect, it, vi } from 'vitest'
import { readTiffDirectory } from '../../../../src/image/codecs/tiff/directory.ts'
import { assertWholeTiff, type JpegChunk } from '../../../../src/image/codecs/tiff/whole.ts'
import { chunksOf, ENCODERS, type TiffFileOptions, tiffFile, tiffOf } from '../../../support/pictures/tiff.ts'

const samples = Buffer.from(Array.from({ length: 100 * 70 * 3 }, (_, at) => (at * 7) >> 3))
const picture = { width: 100, height: 70, samples }

const check = (file: Buffer, assertWholeJpeg = async (_chunk: JpegChunk) => {}) =>
  assertWholeTiff(file, readTiffDirectory(file), assertWholeJpeg)

const ENCODINGS = ['none', 'lzw', 'deflate', 'adobeDeflate', 'packBits'] as const
const FORMS: Partial<TiffFileOptions>[] = [{}, { tile: 32 }, { isPlanar: true }, { rowsPerStrip: 70 }]

const reversed = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.map((byte) => Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2)))

describe('the strips or tiles of a TIFF file', () => {
  it.each(ENCODINGS.flatMap((encoding) => FORMS.map((form) => [encoding, form] as const)))(
    'are whole: %s, %j',
    async (encoding, form) => {
      await check(tiffOf({ ...picture, encoding, ...form }))
    },
  )

  it.each(['lzw', 'deflate', 'packBits'] as const)('are whole with the lowest bit first: %s', async (encoding) => {
    const { compression, encode } = ENCODERS[encoding]
    const tags = { 256: 100, 257: 70, 258: [8, 8, 8], 259: compression, 262: 2, 266: 2, 277: 3, 278: 16 }
    const chunks = chunksOf(picture).map(encode)
    await check(tiffFile(tags, chunks.map(reversed)))
    await expect(check(tiffFile(tags, chunks))).rejects.toMatchObject({ code: 'damaged_image' })
  })

  it.each(ENCODINGS)('are whole where the last strip is as high as the others: %s', async (encoding) => {
    const { compression, encode } = ENCODERS[encoding]
    const tags = { 256: 100, 257: 70, 258: [8, 8, 8], 259: compression, 262: 2, 277: 3, 278: 16 }
    const chunks = chunksOf(picture)
    const last = Buffer.concat([chunks.pop() ?? Buffer.alloc(0), Buffer.alloc(300 * 10)])
    await check(tiffFile(tags, [...chunks, last].map(encode)))
  })

  it('have a length by subsampling where they are YCbCr', async () => {
    const tags = { 256: 5, 257: 3, 258: [8, 8, 8], 262: 6, 277: 3, 530: [2, 2] }
    // 3 × 2 blocks of four samples of luma and two of chroma.
    await check(tiffFile(tags, [Buffer.alloc(36)]))
    await expect(check(tiffFile(tags, [Buffer.alloc(35)]))).rejects.toMatchObject({ code: 'damaged_image' })
  })

  it('are damaged where CCITT Group 4 data has more rows than the picture', async () => {
    const tags = { 256: 64, 257: 64, 258: 1, 259: 4, 262: 0, 278: 64 }
    await check(tiffFile(tags, [Buffer.alloc(9, 0xff)]))
    await expect(check(tiffFile(tags, [Buffer.alloc(10, 0xff)]))).rejects.toMatchObject({ code: 'damaged_image' })
    await check(tiffFile(tags, [Buffer.concat([Buffer.alloc(9, 0xff), Buffer.from([1])])]))
  })

  it('need no sizes, which old writers leave out of a file of one strip', async () => {
    await check(tiffOf({ ...picture, rowsPerStrip: 70, tags: { 279: undefined } }))
    const file = tiffOf({ ...picture, rowsPerStrip: 70, tags: { 279: undefined } })
    await expect(check(file.subarray(0, -2))).rejects.toMatchObject({ code: 'damaged_image' })
  })

  it.each([
    ['strip 2 of 5 is empty', { 279: [4800, 0, 4800, 4800, 1800] }],
    ['strip 5 of 5 is not in the file', { 279: [4800, 4800, 4800, 4800, 9999] }],
    ['strip 1 of 5 is not in the file', { 273: [999_999, 8, 8, 8, 8] }],
    ['strip 2 of 5 cannot be decoded', { 279: [4800, 4799, 4800, 4800, 1800] }],
    ['it has 4 of 5 strips', { 273: [8, 8, 8, 8] }],
    ['it has 0 of 5 strips', { 273: undefined }],
  ])('are damaged where %s', async (reason, tags) => {
    await expect(check(tiffOf({ ...picture, tags }))).rejects.toMatchObject({
      code: 'damaged_image',
      message: `The TIFF file is damaged: ${reason}.`,
    })
  })

  it('are JPEG files with the tables that they share', async () => {
    const jpeg = Buffer.from('\xff\xd8data\xff\xd9', 'latin1')
    const tags = {
      256: 40,
      257: 30,
      258: 8,
      259: 7,
      262: 1,
      278: 16,
      347: Buffer.from('\xff\xd8tables\xff\xd9', 'latin1'),
    }
    const assertWholeJpeg = vi.fn(async (_chunk: JpegChunk) => {})
    await check(tiffFile(tags, [jpeg, jpeg]), assertWholeJpeg)
    const whole = Buffer.from('\xff\xd8tablesdata\xff\xd9', 'latin1')
    expect(assertWholeJpeg.mock.calls).toEqual([
      [{ jpeg: whole, width: 40, heights: [16, 16] }],
      [{ jpeg: whole, width: 40, heights: [14, 16] }],
    ])
  })
})
