// Transforms of originals: upright, from the stored pixels, from a halved decode where possible.

import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { sizeRecipe } from '../../../src/core/transform/recipe.ts'
import { halvedJpeg } from '../../../src/image/worker/decode.ts'
import { renderPicture } from '../../../src/image/worker/render.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { noise, pixelAt, plain, plainJpeg, storedPixels } from '../../support/pictures/pictures.ts'
import { transformed } from '../../support/pictures/transformed.ts'

describe('the file that a JPEG is decoded from', () => {
  const scaledFrom = (width: number, height: number, to = { width: 1000, height: 500 }) =>
    halvedJpeg('/store/a.jpg', { width, height }, to)

  it('is halved from a half on, and not from a third on, where sharp does it', () => {
    expect(scaledFrom(2000, 1000)).toBe('/store/a.jpg[shrink=2]')
    expect(scaledFrom(2999, 1499)).toBe('/store/a.jpg[shrink=2]')
    expect(scaledFrom(1999, 1000)).toBeUndefined()
    expect(scaledFrom(3000, 1500)).toBeUndefined()
  })

  it('depends on the direction with fewer pixels to spare', () => {
    expect(scaledFrom(2000, 999)).toBeUndefined()
    expect(scaledFrom(8000, 1000)).toBe('/store/a.jpg[shrink=2]')
  })
})

describe('a render', () => {
  const render = async (original: Buffer, target: string | undefined) => {
    const source = join(await temporaryFolder(), 'original.jpg')
    await writeFile(source, original)
    return renderPicture({ source, target, recipe: sizeRecipe('original', 'webp') })
  }

  it('of at most 128 KiB is returned, and its target is not written', async () => {
    const target = join(await temporaryFolder(), 'small.webp')
    const { content = '', ...small } = await render(await plainJpeg(64, 48), target)
    expect(small).toEqual({ width: 64, height: 48, bytes: Buffer.from(content, 'base64').length })
    expect(existsSync(target)).toBe(false)
  })

  it('of more is returned where it has no target, or one that cannot be written, and written otherwise', async () => {
    const folder = await temporaryFolder()
    const target = join(folder, 'large.webp')
    const original = await noise(640, 420, 90).jpeg().toBuffer()
    const made = (path: string | undefined) => render(original, path)
    const written = await made(target)
    const content = await readFile(target)
    expect(content.length).toBeGreaterThan(128 * 1024)
    expect(written).toEqual({ width: 640, height: 420, bytes: content.length })
    for (const impossible of [undefined, join(folder, 'missing', 'thumb.webp'), target])
      expect(await made(impossible)).toEqual({ ...written, content: content.toString('base64') })
    expect(await readFile(target)).toEqual(content)
  })
})

describe('a transform', () => {
  it('is upright, in the requested dimensions, where the stored pixels are rotated', async () => {
    const stored = await plain(1200, 800, '#0000ff')
      .composite([
        { input: { create: { width: 1200, height: 400, channels: 3, background: '#ff0000' } }, left: 0, top: 0 },
      ])
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer()
    const { file, width, height } = await transformed(stored, 'w=350')
    expect([width, height]).toEqual([350, 525])
    // The stored top is the right side of what is shown.
    const [left, right] = [await pixelAt(file, 50, 250), await pixelAt(file, 300, 250)]
    expect([(left[2] ?? 0) > 200, (right[0] ?? 0) > 200]).toEqual([true, true])
  })

  it('takes the stored pixels themselves with kernel=nearest', async () => {
    // Stripes of one pixel: halved by libjpeg they would be grey.
    const pixels = Buffer.alloc(1200 * 900 * 3, Buffer.from([255, 255, 255, 0, 0, 0]))
    const original = await sharp(pixels, { raw: { width: 1200, height: 900, channels: 3 } })
      .jpeg({ quality: 100 })
      .toBuffer()
    const { file } = await transformed(original, 'w=480&kernel=nearest&q=100')
    const seen = await storedPixels(file)
    const grey = seen.filter((level) => level > 60 && level < 195).length
    expect(grey / seen.length).toBeLessThan(0.02)
  })
})
