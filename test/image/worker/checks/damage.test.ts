import { describe, expect, it } from 'vitest'
import { damageIn } from '../../../../src/image/worker/checks/damage.ts'

describe('a warning of a decoder', () => {
  it.each([
    ['read gave 1 warnings', 'VipsJpeg: Corrupt JPEG data: bad Huffman code\n'],
    ['read gave 1 warnings', 'VipsJpeg: Corrupt JPEG data: premature end of data segment\n'],
    ['read gave 1 warnings', 'VipsJpeg: Corrupt JPEG data: found marker 0xd3 instead of RST4\n'],
    ['read gave 1 warnings', 'VipsJpeg: Corrupt JPEG data: 17 extraneous bytes before marker 0xda\n'],
    ['read gave 2 warnings', 'VipsJpeg: Corrupt JPEG data: 1 extraneous bytes before marker 0xc4\n'],
    ['Premature EOL at line 3 of tile 1 (got 12, expected 64)'],
    ['Line length mismatch at line 3 of strip 1 (got 80, expected 64)'],
    ['Discarding 12 bytes to avoid buffer overrun'],
    ['Improper JPEG strip/tile size, expected 64x64, got 64x32'],
  ])('tells of damage: %s', (...warnings) => {
    expect(damageIn(warnings)).toBe(warnings.at(-1))
  })

  it.each([
    [],
    ['read gave 1 warnings', 'VipsJpeg: Corrupt JPEG data: 16 extraneous bytes before marker 0xd9\n'],
    ['read gave 3 warnings', 'VipsJpeg: Warning: unknown JFIF revision number 2.01\n'],
    ['Invalid TIFF directory; tags are not sorted in ascending order'],
    ['Unknown field with tag 42112 (0xa480) encountered'],
    ['profile incompatible with image'],
  ])('tells nothing of the pixels: %s', (...warnings) => {
    expect(damageIn(warnings)).toBeUndefined()
  })
})
