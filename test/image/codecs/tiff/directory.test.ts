import { describe, expect, it } from 'vitest'
import { chunkCount, readTiffDirectory } from '../../../../src/image/codecs/tiff/directory.ts'
import { type FileOptions, tiffFile, tiffOf } from '../../../support/pictures/tiff.ts'

const picture = { width: 100, height: 70, samples: Buffer.alloc(100 * 70 * 3) }

const KINDS: [string, FileOptions][] = [
  ['classic', {}],
  ['big-endian', { isBigEndian: true }],
  ['BigTIFF', { isBig: true }],
  ['big-endian BigTIFF', { isBig: true, isBigEndian: true }],
  ['directory behind the pixels', { isDirectoryLast: true }],
  ['unsorted', { isUnsorted: true }],
]

describe('the first directory of a TIFF file', () => {
  it.each(KINDS)('is read: %s', (_, file) => {
    const bytes = tiffOf({ ...picture, encoding: 'packBits', tags: { 338: [], 317: 2, 266: 2 }, file })
    const directory = readTiffDirectory(bytes)
    expect(directory).toMatchObject({
      width: 100,
      height: 70,
      bits: [8],
      sampleFormats: [1],
      compression: 32773,
      photometric: 2,
      samplesPerPixel: 3,
      extraSamples: [],
      isPlanar: false,
      predictor: 2,
      isLowBitFirst: true,
      tile: undefined,
      rowsPerStrip: 16,
      chunks: 5,
    })
    const places = Array.from({ length: 5 }, (__, index) => directory.chunkAt(index))
    // Runs of 128 zeros are two bytes each.
    expect(places.map((place) => place.bytes)).toEqual([76, 76, 76, 76, 30])
    expect(bytes.subarray(places[4]?.offset, (places[4]?.offset ?? 0) + 2)).toEqual(Buffer.from([129, 0]))
  })

  it('counts tiles and planes', () => {
    const directory = readTiffDirectory(tiffOf({ ...picture, tile: 32, isPlanar: true }))
    expect(directory).toMatchObject({ tile: { width: 32, height: 32 }, isPlanar: true, chunks: 4 * 3 * 3 })
    expect(chunkCount(directory)).toBe(36)
  })

  it('has the values of TIFF 6.0 where a tag is absent', () => {
    const bytes = tiffFile({ 256: 8, 257: 9, 262: 1 }, [Buffer.alloc(9)])
    expect(readTiffDirectory(bytes)).toMatchObject({
      bits: [1],
      compression: 1,
      samplesPerPixel: 1,
      rowsPerStrip: 9,
      predictor: 1,
      inkSet: 1,
      chroma: [2, 2],
      jpegTables: undefined,
    })
  })

  it('takes the first of repeated tags, as libtiff does', () => {
    const bytes = tiffFile({ 256: 8, 257: 9, 262: 1, 263: 5 }, [Buffer.alloc(9)])
    // The last tag becomes another width.
    const entry = bytes.indexOf(Buffer.from([7, 1, 3, 0]))
    bytes.writeUInt16LE(256, entry)
    expect(readTiffDirectory(bytes).width).toBe(8)
  })

  it('is damaged where it breaks off, wherever that is', () => {
    for (const [, file] of KINDS.slice(0, 4)) {
      const bytes = tiffOf({ ...picture, file })
      const end = readTiffDirectory(bytes).chunkAt(0).offset
      for (let at = 4; at < end; at += 3) {
        const cut = bytes.subarray(0, at)
        expect(() => readTiffDirectory(cut)).toThrow(expect.objectContaining({ code: 'damaged_image' }))
      }
    }
  })

  it.each([
    ['width', { 256: undefined }],
    ['photometric', { 262: undefined }],
    ['no width', { 256: 0 }],
    ['number of samples', { 277: 0 }],
  ])('is damaged without what every picture has: %s', (name, tags) => {
    const bytes = tiffOf({ ...picture, tags })
    expect(() => readTiffDirectory(bytes)).toThrow(
      expect.objectContaining({ code: 'damaged_image', message: expect.stringContaining(name) }),
    )
  })

  it('is read in linear time and bounded memory, whatever its counts say', () => {
    const bytes = tiffOf({ ...picture, tags: { 256: 0xffff_ffff, 257: 0xffff_ffff, 322: 1, 323: 1 } })
    expect(readTiffDirectory(bytes).chunks).toBe(5)
    const places = tiffFile({ 256: 9, 257: 9, 262: 1, 273: Array(60_000).fill(8) }, [])
    expect(readTiffDirectory(places).chunks).toBe(1)
  })
})
