// Transforms of large originals compared with ones made from all pixels.

import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { meanDifference, noise, photo, plain, storedPixels } from '../../support/pictures/pictures.ts'
import { transformed } from '../../support/pictures/transformed.ts'

/** As if each pixel had been decoded. */
const fromAllPixels = async (original: Buffer, size: { width: number; height: number }) => {
  const { width = 0, height = 0 } = await sharp(original).metadata()
  return sharp(await storedPixels(original), { raw: { width, height, channels: 3 } }).resize({ ...size, fit: 'fill' })
}

const asJpeg = async (picture: Sharp) => storedPixels(await picture.jpeg({ quality: 80 }).toBuffer())

describe('a transform', () => {
  it.each([
    ['full decode', 1999, 1333],
    ['halved', 2000, 1333],
    ['halved, odd sides', 2401, 1599],
    ['halved, almost a third', 2999, 1999],
    ['halved by sharp', 3000, 2000],
  ])('is similar to one made from all pixels: %s, whatever the name of the folder is', async (_, width, height) => {
    const original = await photo({ width, height, quality: 95 })
    const { file, ...size } = await transformed(original, 'w=1000', 'we[ird], [shrink=8]')
    expect(size.width).toBe(1000)
    const reference = await asJpeg(await fromAllPixels(original, size))
    expect(meanDifference(await storedPixels(file), reference)).toBeLessThan(3)
  })

  it('crops at the same position where the decode is halved', async () => {
    // 2.5 times: 2500x1500 becomes 1000x600, of which the left 600x600 stay.
    const original = await photo({ width: 2500, height: 1500, quality: 95 })
    const { file } = await transformed(original, 'w=600&h=600&position=left')
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
    const { file, width, height } = await transformed(original, `w=300&h=400&position=${position}`)
    expect([width, height]).toEqual([300, 400])
    const { channels } = await sharp(file).stats()
    expect(channels[0]?.mean).toBeGreaterThan(60)
    expect(channels[0]?.mean).toBeGreaterThan(2 * (channels[2]?.mean ?? 0))
  })
})
