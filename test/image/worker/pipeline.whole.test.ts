// Variants of large pictures: their exact sizes, and a comparison with ones made from all pixels.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { encodePicture } from '../../../src/image/worker/pipeline.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { jobFor, meanDifference, photo, plainJpeg, storedPixels } from '../../support/pictures/pictures.ts'

const options = { maxPixels: 100_000_000, background: '#ffffff' }

describe('the variants of a picture', () => {
  it.each([
    ['where libjpeg halves it', 3600],
    ['where sharp lets it halve', 5200],
    ['where nothing is halved', 2400],
  ])('are similar to ones made from all pixels: %s, whatever the name of the folder is', async (_, width) => {
    const folder = join(await temporaryFolder(), 'we[ird], [shrink=8]')
    await mkdir(folder)
    const upload = await photo({ width, height: 700, quality: 95 })
    const job = await jobFor(folder, upload)
    const { sizes } = await encodePicture(job, options)
    const pixels = await storedPixels(upload)
    for (const size of ['medium', 'thumb'] as const) {
      const reference = await sharp(pixels, { raw: { width, height: 700, channels: 3 } })
        .resize({ width: sizes[size].width, height: sizes[size].height, fit: 'fill' })
        .jpeg({ quality: 80 })
        .toBuffer()
      const difference = meanDifference(await storedPixels(job.targets[size]), await storedPixels(reference))
      expect(difference).toBeLessThan(3)
    }
  })

  it.each([
    [2400, 1800, [2400, 1800, 1600, 1200, 400, 300]],
    [1800, 2400, [1800, 2400, 1200, 1600, 300, 400]],
    [3001, 2003, [3001, 2003, 1600, 1068, 400, 267]],
    [1601, 1201, [1601, 1201, 1600, 1200, 400, 300]],
    [8000, 100, [8000, 100, 1600, 20, 400, 5]],
    [8000, 250, [8000, 250, 1600, 50, 400, 13]],
    [100, 8000, [100, 8000, 20, 1600, 5, 400]],
  ])('of %i×%i have exact sizes', async (width, height, expected) => {
    const job = await jobFor(await temporaryFolder(), await plainJpeg(width, height))
    const picture = await encodePicture(job, options)
    const recorded = SIZES.flatMap((size) => [picture.sizes[size].width, picture.sizes[size].height])
    expect(recorded).toEqual([...expected, 50, 50])
    const stored = await Promise.all(SIZES.map((size) => sharp(job.targets[size]).metadata()))
    expect(stored.flatMap((file) => [file.width, file.height])).toEqual([...expected, 50, 50])
  })

  it.each([
    [2400, 1800, [2400, 1800, 1600, 1200, 400, 300]],
    [3001, 2003, [3001, 2003, 1600, 1068, 400, 267]],
  ])('of a photo of %i×%i have exact sizes', async (width, height, expected) => {
    const { sizes } = await encodePicture(
      await jobFor(await temporaryFolder(), await photo({ width, height })),
      options,
    )
    const recorded = [sizes.original, sizes.medium, sizes.thumb].flatMap((size) => [size.width, size.height])
    expect(recorded).toEqual(expected)
  })
})
