// Which format a client gets that leaves the choice to us.

import { describe, expect, it } from 'vitest'
import { chooseFormat, chooseFormats } from '../../../src/core/transform/formats.ts'

describe('the format chosen by Accept', () => {
  it.each([
    ['image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', 'avif'],
    ['image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5', 'avif'],
    ['image/webp,image/png,image/svg+xml,image/*;q=0.8', 'webp'],
    ['image/webp,*/*', 'webp'],
    ['IMAGE/WEBP', 'webp'],
    ['image/webp;q=1.0 , image/avif ; q=0.5', 'webp'],
    ['image/avif;q=0,image/webp;q=0.1', 'webp'],
    ['image/avif;q=0.2, image/jpeg', 'jpeg'],
    ['image/webp;q=0.3,image/*', 'jpeg'],
    ['image/avif;q=0', 'jpeg'],
    ['image/avif;q=2', 'jpeg'],
    ['image/avif;q=abc', 'jpeg'],
    ['image/avif;q=0.25', 'avif'],
    ['image/avif;q=1', 'avif'],
    ['image/avif;q=1.000', 'avif'],
    ['image/avif;q = 0.5', 'avif'],
    ['image/avif;q =0.5, image/jpeg', 'jpeg'],
    ['image/avif;q=0.5000', 'jpeg'],
    ['image/avif;q=1.0000', 'jpeg'],
    ['image/avif;q=20, image/jpeg', 'jpeg'],
    ['image/avif;seq=0', 'avif'],
    ['image/avif;q=0.5,*/*', 'jpeg'],
    ['image/avif;q=0.5,*/*;q=0.4', 'avif'],
    ['*/*', 'jpeg'],
    ['image/*', 'jpeg'],
    ['image/*;q=0.8,*/*', 'jpeg'],
    ['text/html', 'jpeg'],
    ['image/avif-sequence', 'jpeg'],
    ['', 'jpeg'],
    [undefined, 'jpeg'],
  ])('of "%s" is %s', (accept, format) => {
    expect(chooseFormat(accept)).toBe(format)
  })

  it.each([
    ['image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', 'avif'],
    ['image/webp,image/png,image/svg+xml,image/*;q=0.8', 'webp'],
    ['image/png,image/svg+xml,image/*;q=0.8', 'png'],
    ['image/webp;q=0.3,image/*', 'png'],
    ['image/avif;q=0.2, image/png', 'png'],
    ['image/avif;q=0.2, image/jpeg', 'jpeg'],
    ['image/jpeg', 'jpeg'],
    ['image/jpeg, image/png;q=0', 'jpeg'],
    ['image/jpeg, image/png;q=0.1', 'png'],
    ['text/html', 'png'],
    ['*/*', 'png'],
    ['', 'png'],
    [undefined, 'png'],
  ])('of "%s" is %s for a picture with transparency', (accept, format) => {
    expect(chooseFormat(accept, true)).toBe(format)
    expect(chooseFormats(accept)).toEqual({ opaque: chooseFormat(accept), transparent: format })
  })

  it('is never PNG for an opaque picture', () => {
    for (const accept of ['image/png', 'image/png,image/*;q=0.8', 'image/png,*/*;q=0.1'])
      expect(chooseFormat(accept)).toBe('jpeg')
  })

  it('is found in linear time in a header of any length', () => {
    expect(chooseFormat(`${'image/png;q=0.1,'.repeat(100_000)}image/avif`)).toBe('jpeg')
  })
})
