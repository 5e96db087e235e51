// The header of a JPEG file: dimensions as shown, and whether anything changes how the pixels are shown.

import type { Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { MAX_SEGMENTS, readJpegHeader } from '../../../src/core/headers/jpeg-header.ts'
import { plain } from '../../support/pictures/pictures.ts'

const PICTURE: Sharp = plain(30, 20, '#336699')

const headerOf = (file: Buffer) => readJpegHeader((position, bytes) => file.subarray(position, position + bytes))

/** The file with more segments behind SOI. */
const withSegments = (file: Buffer, ...segments: Buffer[]) =>
  Buffer.concat([file.subarray(0, 2), ...segments, file.subarray(2)])

const segment = (marker: number, content: Buffer) => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

/** EXIF of little-endian byte order, whose directory has another entry before the orientation. */
const littleEndianExif = (orientation: number) => {
  const tiff = Buffer.alloc(8 + 2 + 24)
  tiff.write('II*\0', 0, 'latin1')
  tiff.writeUInt32LE(8, 4)
  tiff.writeUInt16LE(2, 8)
  tiff.writeUInt16LE(0x0100, 10)
  tiff.writeUInt16LE(0x0112, 22)
  tiff.writeUInt16LE(orientation, 30)
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]))
}

describe('the header of a JPEG file', () => {
  it.each([
    ['baseline', PICTURE.clone().jpeg()],
    ['progressive', PICTURE.clone().jpeg({ progressive: true })],
    ['grey', PICTURE.clone().toColourspace('b-w').jpeg()],
  ])('is plain without metadata: %s', async (_, picture) => {
    expect(headerOf(await picture.toBuffer())).toEqual({ width: 30, height: 20, isPlain: true })
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('has the displayed dimensions with orientation %i', async (orientation) => {
    const shown = orientation >= 5 ? { width: 20, height: 30 } : { width: 30, height: 20 }
    const bigEndian = await PICTURE.clone().jpeg().withMetadata({ orientation }).toBuffer()
    expect(headerOf(bigEndian)).toEqual({ ...shown, isPlain: false })
    const littleEndian = withSegments(await PICTURE.clone().jpeg().toBuffer(), littleEndianExif(orientation))
    expect(headerOf(littleEndian)).toEqual({ ...shown, isPlain: false })
  })

  it('is not plain with a colour profile, a comment or the segment of another program', async () => {
    const file = await PICTURE.clone().jpeg().toBuffer()
    const others = [
      await PICTURE.clone().jpeg().withIccProfile('p3').toBuffer(),
      withSegments(file, segment(0xfe, Buffer.from('made by'))),
      withSegments(file, segment(0xee, Buffer.from('Adobe\0\x64\0\0\0\0\x01', 'latin1'))),
    ]
    for (const other of others) expect(headerOf(other)).toEqual({ width: 30, height: 20, isPlain: false })
  })

  it('is found after as many segments as the limit allows, and not after more', async () => {
    const file = await PICTURE.clone().jpeg().toBuffer()
    // The file itself has segments before its frame: their number is found by adding one until it is too many.
    const padded = (count: number) =>
      withSegments(file, Buffer.concat(Array(count).fill(segment(0xfe, Buffer.alloc(1)))))
    const own = [...Array(20).keys()].findLast((count) => headerOf(padded(MAX_SEGMENTS - 20 + count)))
    expect(own).toBeGreaterThan(0)
    expect(own).toBeLessThan(19)
  })

  it.each([
    ['it is empty', []],
    ['it is another file', [...Buffer.from('not a picture at all, not a picture at all')]],
    ['it breaks off in a segment', [0xff, 0xd8, 0xff, 0xdb, 0, 67]],
    ['a segment has no length', [0xff, 0xd8, ...Array(40).fill([0xff, 0xdb, 0, 0]).flat()]],
    ['a scan comes first', [0xff, 0xd8, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]],
    ['it has no width', [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 20, 0, 0, 1, 1, 0x11, 0]],
    ['it has no height', [0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 0, 0, 30, 1, 1, 0x11, 0]],
  ])('is undefined where %s', (_, bytes) => {
    expect(headerOf(Buffer.from(bytes))).toBeUndefined()
  })

  it('is undefined for a file that ends before the end of its frame header', async () => {
    const file = await PICTURE.clone().jpeg().toBuffer()
    const frame = file.indexOf(Buffer.from([0xff, 0xc0]))
    for (let length = 0; length < frame + 9; length++) expect(headerOf(file.subarray(0, length))).toBeUndefined()
    expect(headerOf(file.subarray(0, frame + 9))).toBeDefined()
  })
})

describe('the segments of a JPEG file', () => {
  /** A frame header of 30 x 20 pixels. */
  const frame = (marker = 0xc0) => Buffer.from([0xff, marker, 0, 11, 8, 0, 20, 0, 30, 1, 1, 0x11, 0])
  const SOI = Buffer.from([0xff, 0xd8])
  const fileOf = (...parts: Buffer[]) => Buffer.concat([SOI, ...parts])
  const upright = (isPlain: boolean) => ({ width: 30, height: 20, isPlain })
  const NOT_PLAIN = upright(false)
  const TURNED = { width: 20, height: 30, isPlain: false }

  it('begin with SOI, and each with a marker', () => {
    expect(headerOf(fileOf(frame()))).toEqual(upright(true))
    for (const start of [
      [0, 0],
      [0xff, 0xd9],
      [0, 0xd8],
    ])
      expect(headerOf(Buffer.concat([Buffer.from(start), frame()]))).toBeUndefined()
    expect(headerOf(fileOf(Buffer.from([0, 0xfe, 0, 3, 1]), frame()))).toBeUndefined()
  })

  it('are skipped by their length, also empty ones', () => {
    expect(headerOf(fileOf(segment(0xfe, Buffer.alloc(0)), frame()))).toEqual(NOT_PLAIN)
    expect(headerOf(fileOf(segment(0xfe, Buffer.alloc(65_533)), frame()))).toEqual(NOT_PLAIN)
  })

  it('of a scan come behind the frame header', () => {
    expect(headerOf(fileOf(segment(0xda, Buffer.alloc(6)), frame()))).toBeUndefined()
  })

  it('are at most 4095 before the frame header', () => {
    const comment = segment(0xfe, Buffer.alloc(1))
    expect(headerOf(fileOf(...Array(MAX_SEGMENTS - 1).fill(comment), frame()))).toEqual(NOT_PLAIN)
    expect(headerOf(fileOf(...Array(MAX_SEGMENTS).fill(comment), frame()))).toBeUndefined()
  })

  it.each([
    ['JFIF', 0xe0, true],
    ['quantisation tables', 0xdb, true],
    ['Huffman tables', 0xc4, true],
    ['a restart interval', 0xdd, true],
    ['arithmetic conditioning', 0xcc, false],
    ['a JPEG extension', 0xc8, false],
    ['a reserved marker', 0xbf, false],
    ['another program', 0xe2, false],
  ])('of %s are no frame headers', (_, marker, isPlain) => {
    expect(headerOf(fileOf(segment(marker, Buffer.alloc(9, 1)), frame()))).toEqual(upright(isPlain))
  })

  it('of any frame have the dimensions, and are plain with Huffman codes', () => {
    for (const marker of [0xc0, 0xc1, 0xc2]) expect(headerOf(fileOf(frame(marker)))).toEqual(upright(true))
    for (const marker of [0xc3, 0xc5, 0xc9, 0xcb, 0xcd, 0xcf])
      expect(headerOf(fileOf(frame(marker)))).toEqual(NOT_PLAIN)
  })

  describe('of EXIF', () => {
    const EXIF = Buffer.from('Exif\0\0', 'latin1')

    /** Directory at byte 8, of big-endian byte order. @param count of entries, as the directory says */
    const tiffOf = (entries: (readonly [tag: number, value: number])[], count = entries.length) => {
      const tiff = Buffer.alloc(10 + 12 * entries.length)
      tiff.write('MM\0*', 0, 'latin1')
      tiff.writeUInt32BE(8, 4)
      tiff.writeUInt16BE(count, 8)
      for (const [at, [tag, value]] of entries.entries()) {
        tiff.writeUInt16BE(tag, 10 + 12 * at)
        tiff.writeUInt16BE(value, 18 + 12 * at)
      }
      return tiff
    }
    const WIDTH = [0x0100, 30] as const
    const orientation = (value: number) => [0x0112, value] as const
    const shown = (tiff: Buffer, { marker = 0xe1, head = EXIF } = {}) =>
      headerOf(fileOf(segment(marker, Buffer.concat([head, tiff])), frame()))

    it('turn the picture by orientations of 5 to 8', () => {
      for (const value of [0, 1, 4, 9, 65_535]) expect(shown(tiffOf([orientation(value)]))).toEqual(NOT_PLAIN)
      for (const value of [5, 6, 7, 8]) expect(shown(tiffOf([orientation(value)]))).toEqual(TURNED)
      expect(shown(tiffOf([WIDTH, orientation(6)]))).toEqual(TURNED)
    })

    it('turn nothing without an orientation in the directory', () => {
      expect(shown(tiffOf([]))).toEqual(NOT_PLAIN)
      expect(shown(tiffOf([WIDTH]))).toEqual(NOT_PLAIN)
      expect(shown(tiffOf([WIDTH, orientation(6)], 1)), 'behind its last entry').toEqual(NOT_PLAIN)
    })

    it('turn nothing where they are another segment or have another head', () => {
      const tiff = tiffOf([orientation(6)])
      expect(shown(tiff, { marker: 0xe2 })).toEqual(NOT_PLAIN)
      expect(shown(tiff, { head: Buffer.from('http:/') })).toEqual(NOT_PLAIN)
    })

    it('turn nothing where they break off', () => {
      const tiff = tiffOf([orientation(6)])
      for (let length = 0; length < tiff.length; length++)
        expect([length, shown(tiff.subarray(0, length))]).toEqual([length, NOT_PLAIN])
    })

    it('end with their segment, whatever the offset of the directory is', () => {
      const tiff = tiffOf([orientation(6)])
      const beyond = Buffer.from(tiff.subarray(0, 8))
      // In the content of the segment behind it, whose head is 4 bytes long.
      beyond.writeUInt32BE(12, 4)
      const comment = segment(0xfe, tiff.subarray(8))
      const exif = segment(0xe1, Buffer.concat([EXIF, beyond]))
      expect(headerOf(fileOf(exif, comment, frame()))).toEqual(NOT_PLAIN)
      beyond.writeUInt32BE(0xffff_fff0, 4)
      expect(shown(beyond)).toEqual(NOT_PLAIN)
    })
  })
})
