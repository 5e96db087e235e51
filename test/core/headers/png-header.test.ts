// The header of PNG files, as sharp writes them.

import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { PNG_HEADER_BYTES, readPngHeader } from '../../../src/core/headers/png-header.ts'
import { plain } from '../../support/pictures/pictures.ts'

describe('the header of a PNG file', () => {
  it('says the size, the depth, and whether there is an alpha channel', async () => {
    const opaque = { width: 300, height: 7, bitDepth: 8, hasAlpha: false }
    expect(readPngHeader(await plain(300, 7).png().toBuffer())).toEqual(opaque)
    const clear = await plain(2, 70_000, { r: 9, g: 8, b: 7, alpha: 1 }).png().toBuffer()
    expect(readPngHeader(clear)).toEqual({ width: 2, height: 70_000, bitDepth: 8, hasAlpha: true })
    const grey = sharp({ create: { width: 3, height: 4, channels: 3, background: '#808080' } }).greyscale()
    const [alone, withAlpha] = [await grey.clone().png().toBuffer(), await grey.ensureAlpha(0.5).png().toBuffer()]
    expect(readPngHeader(alone)).toMatchObject({ width: 3, height: 4, hasAlpha: false })
    expect(readPngHeader(withAlpha)).toMatchObject({ width: 3, height: 4, hasAlpha: true })
    const deep = await plain(1, 1).toColourspace('rgb16').png().toBuffer()
    expect(readPngHeader(deep)).toMatchObject({ bitDepth: 16 })
  })

  it('is read from the first bytes, and not from fewer or other ones', async () => {
    const file = await plain(5, 6).png().toBuffer()
    expect(readPngHeader(file.subarray(0, PNG_HEADER_BYTES))).toMatchObject({ width: 5, height: 6 })
    expect(readPngHeader(file.subarray(0, PNG_HEADER_BYTES - 1))).toBeUndefined()
    expect(readPngHeader(await plain(5, 6).webp().toBuffer())).toBeUndefined()
  })
})
