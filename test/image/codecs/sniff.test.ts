import { describe, expect, it } from 'vitest'
import { acceptedTypeOf, sniff } from '../../../src/image/codecs/sniff.ts'
import { ACCEPTED_TYPES } from '../../../src/image/encoder.ts'
import { photoAs } from '../../support/pictures/pictures.ts'

const bytes = (latin1: string) => Buffer.from(latin1, 'latin1')
const box = (brands: string) =>
  bytes(`\0\0\0${String.fromCharCode(16 + brands.length - 4)}ftyp${brands.slice(0, 4)}\0\0\0\0${brands.slice(4)}`)

describe('the type of an upload', () => {
  it('is detected for every accepted type from a real file', async () => {
    const picture = await photoAs({ width: 16, height: 16 })
    const files = await Promise.all([
      picture.clone().jpeg().toBuffer(),
      picture.clone().png().toBuffer(),
      picture.clone().webp().toBuffer(),
      picture.clone().gif().toBuffer(),
      picture.clone().tiff().toBuffer(),
      picture.clone().avif().toBuffer(),
    ])
    expect(files.map((file) => acceptedTypeOf(file))).toEqual(ACCEPTED_TYPES)
  })

  it.each([
    ['image/heic', box('heicmif1heic')],
    ['image/heic', box('mif1heicmiaf')],
    ['image/heif', box('mif1miaf')],
    ['image/avif', box('mif1avif')],
    ['video/mp4', box('isomiso2')],
    ['image/jp2', bytes('\0\0\0\x0cjP  \r\n\x87\n')],
    ['image/j2c', bytes('\xff\x4f\xff\x51')],
    ['image/jxl', bytes('\xff\x0a\0\0')],
    ['image/bmp', bytes('BM\x36\0\0\0\0\0\0\0\x36\0')],
    ['image/vnd.adobe.photoshop', bytes('8BPS\0\x01')],
    ['image/x-canon-cr2', bytes('II*\0\x10\0\0\0CR\x02\0')],
    ['image/svg+xml', bytes('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['image/svg+xml', bytes('\xef\xbb\xbf<svg/>')],
    ['text/html', bytes('<!DOCTYPE html><title>x</title>')],
    ['application/pdf', bytes('%PDF-1.7')],
    ['application/zip', bytes('PK\x03\x04')],
    ['text/plain', bytes('BMW is no bitmap')],
    [undefined, bytes('\0\x01\x02\x03\x04\x05\x06\x07')],
  ])('is %s', (type, file) => {
    expect(sniff(file)).toBe(type)
  })

  it.each([
    ['image/x-raw', 'II*\0\x08\0\0\0\x01\0\xfe\0\x04\0\x01\0\0\0\x01\0\0\0\0\0\0\0', 'the first picture is a preview'],
    ['image/x-raw', 'MM\0*\0\0\0\x08\0\x01\xc6\x12\0\x01\0\0\0\x04\x01\x04\0\0\0\0\0\0', 'it has a DNG version'],
    ['image/tiff', 'II*\0\x08\0\0\0\x01\0\xfe\0\x04\0\x01\0\0\0\0\0\0\0\0\0\0\0', 'the first picture is no preview'],
    ['image/tiff', 'II*\0\xff\xff\xff\xff', 'it has no directory'],
    ['image/tiff', 'II*\0\x08\0\0\0\xff\xff\x01', 'its directory breaks off'],
  ])('is %s for a TIFF file %j: %s', (type, file) => {
    expect(sniff(bytes(file))).toBe(type)
  })

  it('is read from any start of a file without running over its end', () => {
    const whole = [box('heicmif1heic'), bytes('\x89PNG\r\n\x1a\n'), bytes('RIFF\0\0\0\0WEBP')]
    for (const file of whole)
      for (let end = 1; end < file.length; end++) expect(() => sniff(file.subarray(0, end))).not.toThrow()
  })
})

describe('a file that is not accepted', () => {
  it.each([
    ['empty_file', '', 'the file has 0 bytes'],
    [
      'unsupported_image_type',
      'BM\x36\0\0\0\0\0\0\0\x36\0',
      'It is image/bmp; accepted are JPEG, PNG, WebP, GIF, TIFF, AVIF.',
    ],
    ['not_an_image', 'hello', 'It is text/plain; accepted are JPEG, PNG, WebP, GIF, TIFF, AVIF.'],
    [
      'not_an_image',
      '\0\x01\x02',
      'Expected an image, the content is of an unknown format; accepted are JPEG, PNG, WebP, GIF, TIFF, AVIF.',
    ],
  ])('is refused as %s and named', (code, file, message) => {
    expect(() => acceptedTypeOf(bytes(file))).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
  })
})
