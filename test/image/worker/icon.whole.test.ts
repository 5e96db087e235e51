// The icon of very wide and very tall pictures: as sharp as their own pixels allow.

import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { encodePicture } from '../../../src/image/worker/pipeline.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { jobFor, meanDifference, photoAs, plain } from '../../support/pictures/pictures.ts'

const iconOf = async (upload: Buffer): Promise<Buffer> => {
  const job = await jobFor(await temporaryFolder(), upload)
  await encodePicture(job, { maxPixels: 100_000_000, background: '#ffffff' })
  return sharp(job.targets.game).raw().toBuffer()
}

/** The middle square of a picture scaled to the icon, straight from all its pixels. */
const reference = async (upload: Buffer): Promise<Buffer> => {
  const { width, height } = await sharp(upload).metadata()
  const side = Math.min(width, height)
  const square = await sharp(upload)
    .extract({ left: (width - side) >> 1, top: (height - side) >> 1, width: side, height: side })
    .png()
    .toBuffer()
  return sharp(square).resize(50, 50).raw().toBuffer()
}

/** What it would be from `medium`, as for pictures of ordinary shape. */
const fromMedium = async (upload: Buffer): Promise<Buffer> => {
  const medium = await sharp(upload).resize(1600, 1600, { fit: 'inside' }).png().toBuffer()
  return reference(medium)
}

describe('the icon', () => {
  it.each([
    [8000, 100],
    [100, 8000],
    [8000, 400],
    [300, 6000],
    [6000, 60],
    [2400, 1800],
    [90, 2000],
  ])('of %i×%i is as accurate as one made from all pixels', async (width, height) => {
    const upload = await (await photoAs({ width, height, seed: 7 })).jpeg({ quality: 95 }).toBuffer()
    // A 50×50 JPEG of quality 90 is itself 2 to 3 levels away from its pixels.
    expect(meanDifference(await iconOf(upload), await reference(upload))).toBeLessThan(5)
  })

  it('shows stripes that the small variants of such a picture cannot hold', async () => {
    const stripe = { create: { width: 8000, height: 4, channels: 3, background: 'black' } } as const
    const upload = await plain(8000, 100, 'white')
      .composite(Array.from({ length: 12 }, (_, index) => ({ input: stripe, left: 0, top: index * 8 })))
      .jpeg({ quality: 95 })
      .toBuffer()
    const icon = await iconOf(upload)
    expect(meanDifference(icon, await reference(upload))).toBeLessThan(8)
    expect(meanDifference(await fromMedium(upload), await reference(upload))).toBeGreaterThan(60)
  })
})
