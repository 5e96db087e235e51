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
