import { describe, expect, it } from 'vitest'
import { readTiffDirectory } from '../../../../src/image/codecs/tiff/directory.ts'
import { assertKnownTiff } from '../../../../src/image/codecs/tiff/known.ts'
import { type TiffFileOptions, tiffOf } from '../../../support/pictures/tiff.ts'

const check = (options: Partial<TiffFileOptions>) => {
  const file = tiffOf({ width: 48, height: 40, samples: Buffer.alloc(48 * 40 * 40), ...options })
  return () => assertKnownTiff(readTiffDirectory(file))
}

const grey = { samplesPerPixel: 1, photometric: 1 } as const
const cmyk = { samplesPerPixel: 4, photometric: 5 } as const

const UNKNOWN: [property: string, received: string, options: Partial<TiffFileOptions>][] = [
  ['compression', 'Zstandard (50000)', { tags: { 259: 50000 } }],
  ['compression', 'LERC (34887)', { tags: { 259: 34887 } }],
  ['compression', 'LZMA (34925)', { tags: { 259: 34925 } }],
  ['compression', 'JPEG XL (50002)', { tags: { 259: 50002 } }],
  ['compression', 'JPEG 2000 (33005)', { tags: { 259: 33005 } }],
  ['compression', 'old-style JPEG (6)', { tags: { 259: 6, 262: 6 } }],
  ['compression', '4711', { tags: { 259: 4711 } }],
  ['photometric interpretation', 'ICC L*a*b* (9)', { photometric: 9 }],
  ['photometric interpretation', 'colour filter array (32803)', { photometric: 32803, samplesPerPixel: 1 }],
  ['photometric interpretation', 'transparency mask (4)', { photometric: 4, samplesPerPixel: 1, bits: 1 }],
  ['ink set', 'inks other than CMYK (2)', { ...cmyk, tags: { 332: 2 } }],
  ['samples', '5 samples a pixel (extra: unspecified)', { ...cmyk, samplesPerPixel: 5, tags: { 338: 0 } }],
  [
    'samples',
    '5 samples a pixel (extra: premultiplied alpha, unspecified)',
    { samplesPerPixel: 5, tags: { 338: [1, 0] } },
  ],
  ['samples', '4 samples a pixel (extra: unspecified)', { samplesPerPixel: 4, tags: { 338: 0 } }],
  ['samples', '4 samples a pixel (extra: unspecified)', { samplesPerPixel: 4 }],
  ['samples', '2 samples a pixel', { samplesPerPixel: 2 }],
  ['samples', '5, 6, 5 bits', { tags: { 258: [5, 6, 5] } }],
  ['samples', 'several formats', { tags: { 339: [1, 1, 3] } }],
  ['sample format', 'signed (2)', { tags: { 339: [2, 2, 2] } }],
  ['sample format', 'float (3)', { ...cmyk, bits: 32, tags: { 339: [3, 3, 3, 3] } }],
  ['depth', '12 bits a sample', { ...grey, bits: 12 }],
  ['depth', '24 bits a sample', { bits: 24, tags: { 339: [3, 3, 3] } }],
  ['depth', '64 bits a sample', { ...grey, bits: 64, tags: { 339: 3 } }],
  ['depth', '4 bits a sample', { bits: 4 }],
  ['depth', '4 bits a sample', { ...grey, samplesPerPixel: 2, bits: 4, tags: { 338: 2 } }],
  ['depth', '8 bits a sample', { photometric: 8 }],
  [
    'alpha',
    'premultiplied alpha beside unsigned (1) samples of 32 bits',
    { samplesPerPixel: 4, bits: 32, tags: { 338: 1 } },
  ],
  [
    'alpha',
    'premultiplied alpha beside float (3) samples of 32 bits',
    { ...grey, samplesPerPixel: 2, bits: 32, tags: { 338: 1, 339: [3, 3] } },
  ],
  [
    'alpha',
    'premultiplied alpha beside float (3) samples of 16 bits',
    { ...grey, samplesPerPixel: 2, bits: 16, tags: { 338: 1, 339: [3, 3] } },
  ],
  ['CCITT Group 4 with', '1 samples of 8 bits', { ...grey, tags: { 259: 4 } }],
  ['JPEG with', '3 samples of 16 bits', { bits: 16, tags: { 259: 7 } }],
  ['JPEG with', '4 samples of 8 bits', { samplesPerPixel: 4, tags: { 259: 7, 338: 2 } }],
  ['WebP with', '1 samples of 8 bits', { ...grey, tags: { 259: 50001 } }],
  ['predictor', '3', { encoding: 'lzw', tags: { 317: 3 } }],
  ['predictor', '2', { ...grey, bits: 4, encoding: 'lzw', tags: { 317: 2 } }],
  ['YCbCr', 'none, 1 × 1 pixels for each sample of chroma', { photometric: 6, tags: { 530: [1, 1] } }],
  ['YCbCr', 'none tiles, 2 × 2 pixels for each sample of chroma', { photometric: 6, tile: 16 }],
  ['tiles', '20 × 20 pixels', { tile: 20 }],
  ['planar configuration', 'separate planes in tiles', { tile: 16, isPlanar: true }],
  ['planar configuration', 'separate planes', { ...grey, samplesPerPixel: 2, isPlanar: true, tags: { 338: 2 } }],
  ['planar configuration', 'separate planes', { ...grey, bits: 4, isPlanar: true }],
  [
    'order of tags',
    'the palette before the depth',
    { ...grey, photometric: 3, tags: { 320: Array(768).fill(9) }, file: { isUnsorted: true } },
  ],
]

const KNOWN: [name: string, options: Partial<TiffFileOptions>][] = [
  ['RGB', {}],
  ['with alpha', { samplesPerPixel: 4, tags: { 338: 2 } }],
  ['with premultiplied alpha', { samplesPerPixel: 4, tags: { 338: 1 } }],
  ['with alpha beside 32 bits', { samplesPerPixel: 4, bits: 32, tags: { 338: 2 } }],
  ['float RGB with premultiplied alpha', { samplesPerPixel: 4, bits: 32, tags: { 338: 1, 339: [3, 3, 3, 3] } }],
  ['grey of 16 bits with premultiplied alpha', { ...grey, samplesPerPixel: 2, bits: 16, tags: { 338: 1 } }],
  ['with undefined samples', { tags: { 339: [4, 4, 4] } }],
  ['float of 32 bits', { bits: 32, encoding: 'lzw', tags: { 339: [3, 3, 3], 317: 3 } }],
  ['predictor that does not apply', { tags: { 317: 3 } }],
  ['CMYK of 16 bits in planes', { ...cmyk, bits: 16, isPlanar: true }],
  ['tiles of 16 and 8192 pixels', { tags: { 322: 8192, 323: 16 } }],
  ['unsorted', { file: { isUnsorted: true } }],
]

describe('a TIFF layout', () => {
  it.each(UNKNOWN)('is refused for its %s: %s', (property, received, options) => {
    expect(check(options)).toThrow(
      expect.objectContaining({
        code: 'unsupported_image_layout',
        message: expect.stringMatching(
          new RegExp(`^The TIFF file cannot be decoded here: expected ${property} .+; it has `),
        ),
        details: { property, received, accepted: expect.any(Array) },
      }),
    )
  })

  it.each(KNOWN)('is known: %s', (_, options) => {
    expect(check(options)).not.toThrow()
  })
})
