import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { encodePicture } from '../../../../src/image/worker/pipeline.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { jobFor } from '../../../support/pictures/pictures.ts'
import { tiffOf } from '../../../support/pictures/tiff.ts'

/** CIELAB of the primaries of sRGB, relative to D65, the white of TIFF 6.0, section 23. */
const COLOURS = [
  { lab: [53.24, 80.09, 67.2], srgb: [255, 0, 0] },
  { lab: [87.73, -86.18, 83.18], srgb: [0, 255, 0] },
  { lab: [32.3, 79.19, -107.86], srgb: [0, 0, 255] },
  { lab: [53.59, 0, 0], srgb: [128, 128, 128] },
] as const

describe('a TIFF file of CIE L*a*b* samples', () => {
  it.each(COLOURS)('is converted from D65, as ImageMagick does: $srgb', async ({ lab: [light, a, b], srgb }) => {
    const pixel = Buffer.alloc(6)
    pixel.writeUInt16LE(Math.round((light * 65_535) / 100), 0)
    pixel.writeInt16LE(Math.round(a * 256), 2)
    pixel.writeInt16LE(Math.round(b * 256), 4)
    const samples = Buffer.concat(Array(32 * 32).fill(pixel))
    const job = await jobFor(
      await temporaryFolder(),
      tiffOf({ width: 32, height: 32, photometric: 8, bits: 16, samples }),
    )
    await encodePicture(job, { maxPixels: 1024, background: '#ffffff' })
    const shown = await sharp(await readFile(job.targets.original))
      .raw()
      .toBuffer()
    for (const [channel, level] of srgb.entries())
      expect(Math.abs((shown[channel] ?? 999) - level)).toBeLessThanOrEqual(3)
  })
})
