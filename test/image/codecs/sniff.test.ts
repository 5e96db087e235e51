import { describe, expect, it } from 'vitest'
import { acceptedTypesBy } from '../../../src/image/accepted.ts'
import { acceptedTypeOf, sniff } from '../../../src/image/codecs/sniff.ts'
import { ACCEPTED_TYPES } from '../../../src/image/encoder.ts'
import { heicFile, hevcItem } from '../../support/pictures/heic.ts'
import { heifFile } from '../../support/pictures/heif.ts'
import { photoAs } from '../../support/pictures/pictures.ts'

const bytes = (latin1: string) => Buffer.from(latin1, 'latin1')
const ftyp = (brands: string) =>
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
      heicFile([hevcItem('colour')]),
    ])
    expect(files.map((file) => acceptedTypeOf(file))).toEqual(ACCEPTED_TYPES)
  })

  it.each([
    ['image/heic', ftyp('heicmif1heic')],
    ['image/heic', ftyp('mif1heicmiaf')],
    ['image/heif', ftyp('mif1miaf')],
    ['image/avif', ftyp('mif1avif')],
    ['video/mp4', ftyp('isomiso2')],
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
    const whole = [ftyp('heicmif1heic'), bytes('\x89PNG\r\n\x1a\n'), bytes('RIFF\0\0\0\0WEBP')]
    for (const file of whole)
      for (let end = 1; end < file.length; end++) expect(() => sniff(file.subarray(0, end))).not.toThrow()
  })
})

describe('the type of a file with boxes', () => {
  const picture = (type: string, ...brands: string[]) => heifFile({ brands, items: [{ ...hevcItem('colour'), type }] })

  it.each([
    ['image/avif', picture('av01', 'avis', 'msf1')],
    ['image/avif', picture('av01', 'miaf', 'MA1B')],
    ['image/avif', picture('av01', 'heic', 'mif1')],
    ['image/heic', picture('hvc1', 'mif1', 'miaf')],
    ['image/heic', picture('hvc1', 'avif', 'mif1')],
    ['image/heif', picture('jpeg', 'mif1', 'heic')],
    ['image/heif', picture('unci', 'mif1', 'mif1')],
    ['video/mp4', picture('hvc1', 'isom', 'mp42')],
  ])('is %s as its primary picture is coded', (type, file) => {
    expect(sniff(file)).toBe(type)
  })

  it('is refused where its decoder is not installed, and named', () => {
    const accepted = acceptedTypesBy(() => {
      throw new Error('Cannot find module')
    })
    expect(accepted).toEqual(ACCEPTED_TYPES.filter((type) => type !== 'image/heic'))
    expect(acceptedTypesBy((name) => name)).toEqual(ACCEPTED_TYPES)
    expect(() => acceptedTypeOf(picture('hvc1', 'heic', 'mif1'), accepted)).toThrow(
      expect.objectContaining({
        code: 'unsupported_image_type',
        message: 'It is image/heic; accepted are JPEG, PNG, WebP, GIF, TIFF, AVIF.',
        details: { received: 'image/heic', accepted },
      }),
    )
  })
})

describe('a file that is not accepted', () => {
  it.each([
    ['empty_file', '', 'the file has 0 bytes'],
    [
      'unsupported_image_type',
      'BM\x36\0\0\0\0\0\0\0\x36\0',
      'It is image/bmp; accepted are JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC.',
    ],
    ['not_an_image', 'hello', 'It is text/plain; accepted are JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC.'],
    [
      'not_an_image',
      '\0\x01\x02',
      'Expected an image, the content is of an unknown format; accepted are JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC.',
    ],
  ])('is refused as %s and named', (code, file, message) => {
    expect(() => acceptedTypeOf(bytes(file))).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
  })
})
