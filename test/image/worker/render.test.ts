// Transforms of originals of any size: made from a halved decode where possible, without loss of quality.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { transformRecipe } from '../../../src/core/transform/recipe.ts'
import { parseTransform } from '../../../src/core/transform/transform.ts'
import { halvedJpeg } from '../../../src/image/worker/decode.ts'
import { renderPicture } from '../../../src/image/worker/render.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { meanDifference, noise, photo, pixelAt, plain, storedPixels } from '../../support/pictures/pictures.ts'

const recipeOf = (query: string) => transformRecipe(parseTransform(new Map(new URLSearchParams(query))), 'jpeg')

/** @param folder below a temporary one */
const render = async (original: Buffer, query: string, folder = '') => {
  const home = join(await temporaryFolder(), folder)
  await mkdir(home, { recursive: true })
  const [source, target] = [join(home, 'original.jpg'), join(home, 'made.jpg')]
  await writeFile(source, original)
  const { width, height, bytes } = await renderPicture({ source, target, recipe: recipeOf(query) })
  const file = await readFile(target)
  expect(await sharp(file).metadata()).toMatchObject({ width, height })
  expect(bytes).toBe(file.length)
  return { file, width, height }
}

/** As if each pixel had been decoded. */
const fromAllPixels = async (original: Buffer, size: { width: number; height: number }) => {
  const { width = 0, height = 0 } = await sharp(original).metadata()
  return sharp(await storedPixels(original), { raw: { width, height, channels: 3 } }).resize({ ...size, fit: 'fill' })
}

const asJpeg = async (picture: Sharp) => storedPixels(await picture.jpeg({ quality: 80 }).toBuffer())

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

describe('a transform', () => {
  it.each([
    ['full decode', 1999, 1333],
    ['halved', 2000, 1333],
    ['halved, odd sides', 2401, 1599],
    ['halved, almost a third', 2999, 1999],
    ['halved by sharp', 3000, 2000],
  ])('looks like one made from all pixels: %s, whatever the folder is called', async (_, width, height) => {
    const original = await photo({ width, height, quality: 95 })
    const { file, ...size } = await render(original, 'w=1000', 'we[ird], [shrink=8]')
    expect(size.width).toBe(1000)
    const reference = await asJpeg(await fromAllPixels(original, size))
    expect(meanDifference(await storedPixels(file), reference)).toBeLessThan(3)
  })

  it('crops at the same position where the decode is halved', async () => {
    // 2.5 times: 2500x1500 becomes 1000x600, of which the left 600x600 stay.
    const original = await photo({ width: 2500, height: 1500, quality: 95 })
    const { file } = await render(original, 'w=600&h=600&position=left')
    const cut = (await fromAllPixels(original, { width: 1000, height: 600 })).extract({
      ...{ left: 0, top: 0, width: 600, height: 600 },
    })
    expect(meanDifference(await storedPixels(file), await asJpeg(cut))).toBeLessThan(3)
  })

  it.each(['attention', 'entropy'])('finds the salient part in a halved decode: %s', async (position) => {
    const detail = await noise(600, 1000, 60).tint('#ff2000').png().toBuffer()
    const original = await plain(2500, 1000, '#101010')
      .composite([{ input: detail, left: 1800, top: 0 }])
      .jpeg()
      .toBuffer()
    // 2.5 times as well: 1000x400, and the detail at 720 to 960.
    const { file, width, height } = await render(original, `w=300&h=400&position=${position}`)
    expect([width, height]).toEqual([300, 400])
    const { channels } = await sharp(file).stats()
    expect(channels[0]?.mean).toBeGreaterThan(60)
    expect(channels[0]?.mean).toBeGreaterThan(2 * (channels[2]?.mean ?? 0))
  })

  it('is upright, in the requested dimensions, where the stored pixels are rotated', async () => {
    const stored = await plain(2400, 1600, '#0000ff')
      .composite([
        { input: { create: { width: 2400, height: 800, channels: 3, background: '#ff0000' } }, left: 0, top: 0 },
      ])
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer()
    const { file, width, height } = await render(stored, 'w=700')
    expect([width, height]).toEqual([700, 1050])
    // The stored top is the right side of what is shown.
    const [left, right] = [await pixelAt(file, 100, 500), await pixelAt(file, 600, 500)]
    expect([(left[2] ?? 0) > 200, (right[0] ?? 0) > 200]).toEqual([true, true])
  })

  it('takes the stored pixels themselves with kernel=nearest', async () => {
    // Stripes of one pixel: halved by libjpeg they would be grey.
    const pixels = Buffer.alloc(1200 * 900 * 3, 0)
    for (let x = 0; x < 1200; x += 2)
      for (let y = 0; y < 900; y++) pixels.fill(255, (y * 1200 + x) * 3, (y * 1200 + x) * 3 + 3)
    const original = await sharp(pixels, { raw: { width: 1200, height: 900, channels: 3 } })
      .jpeg({ quality: 100 })
      .toBuffer()
    const { file } = await render(original, 'w=480&kernel=nearest&q=100')
    const seen = await storedPixels(file)
    const grey = seen.filter((level) => level > 60 && level < 195).length
    expect(grey / seen.length).toBeLessThan(0.02)
  })
})
