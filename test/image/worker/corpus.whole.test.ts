// Every line of ../shared/corpus/README.md, through real encoder processes.

import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { createEncoderPool } from '../../../src/image/pool/pool.ts'
import { middleSquare, sizeWithin } from '../../../src/image/worker/levels.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { closeSharedEncoders } from '../../support/encoders/shared.ts'
import { corpusFiles, eachOfCorpus } from '../../support/pictures/corpus.ts'
import { markersOf, meanDifference, targetsIn } from '../../support/pictures/pictures.ts'
import { cpuOf, encodersOf } from '../../support/processes/processes.ts'
import { skipWithout } from '../../support/skip.ts'

const pool = createEncoderPool({ encoders: 1, idleMs: 600_000 })

// The time of the only process is measured: that of earlier files would be another one.
beforeAll(closeSharedEncoders)

/** What cameras and programs write beside a picture; each stands in at least one of the photos. */
const MARKS = ['http://ns.adobe', 'MPF\0', 'Photoshop', 'Canon', 'NIKON', 'KODAK', 'hdrgm']

/** Exponents of the curves that PNG files name in `gAMA`, which sharp does not apply. */
const GAMMAS: Record<string, number> = { 'rgb-16bit.png': 2.2, 'trns-16bit.png': 1 }

/** Converts samples with a power curve to sRGB. */
const withGamma = (pixels: Buffer, gamma: number): Buffer =>
  Buffer.from(
    pixels.map((sample) => {
      const light = (sample / 255) ** gamma
      return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055))
    }),
  )

/** All variants are there, are sRGB, upright, of their sizes, look like the upload, and hold the picture only. */
const expectSound = async (path: string) => {
  const targets = targetsIn(await temporaryFolder())
  const picture = await pool.encode({ source: path, targets })
  // Upright and flattened by sharp's own rules, at full size.
  const whole = await sharp(path, { failOn: 'none' })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const gamma = GAMMAS[basename(path)]
  const pixels = gamma === undefined ? whole.data : withGamma(whole.data, gamma)
  const shown = { width: whole.info.width, height: whole.info.height }
  const expected = {
    original: shown,
    medium: sizeWithin(shown, 1600),
    thumb: sizeWithin(shown, 400),
    game: { width: 50, height: 50 },
  }

  for (const size of SIZES) {
    const file = await readFile(targets[size])
    expect(picture.sizes[size]).toMatchObject({ ...expected[size], bytes: file.length })
    const upright = await sharp(file).autoOrient().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
    expect(upright.info).toMatchObject({ ...expected[size], channels: 3 })

    // Both at the size of a smaller variant, or at their own.
    const compared = sizeWithin(expected[size], 400)
    const area = size === 'game' ? middleSquare(shown) : { left: 0, top: 0, ...shown }
    const reference = await sharp(pixels, { raw: { ...shown, channels: 3 } })
      .extract(area)
      .resize({ ...compared, fit: 'fill' })
      .raw()
      .toBuffer()
    const seen = await sharp(upright.data, { raw: { ...expected[size], channels: 3 } })
      .resize({ ...compared, fit: 'fill' })
      .raw()
      .toBuffer()
    const raw = { ...compared, channels: 3 } as const
    const coded = await sharp(await sharp(reference, { raw }).jpeg().toBuffer())
      .raw()
      .toBuffer()
    // What JPEG takes from a picture differs: half a level from a drawing, 48 from a grid of single pixels.
    expect(meanDifference(seen, reference)).toBeLessThan(meanDifference(coded, reference) + 2)

    const metadata = await sharp(file).metadata()
    expect(metadata).toMatchObject({ format: 'jpeg', depth: 'uchar', space: 'srgb' })
    expect([metadata.xmp, metadata.iptc]).toEqual([undefined, undefined])
    // Orientation and profile are part of an original that was kept, and of nothing else.
    if (size === 'original') expect(metadata.exif?.length ?? 32).toBe(32)
    else expect([metadata.exif, metadata.orientation, metadata.icc]).toEqual([undefined, undefined, undefined])

    for (const mark of MARKS) expect(file.includes(mark)).toBe(false)
    // No second picture inside, and nothing behind the end of the first.
    expect(file.lastIndexOf(Buffer.from([0xff, 0xd8, 0xff]))).toBe(0)
    expect(file.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]))
    expect(markersOf(file).filter((marker) => marker === 0xd9)).toHaveLength(1)
  }
  return { targets, picture }
}

const REFUSALS: Record<string, string> = {
  '17000x17000.avif': 'too_many_pixels',
  '280-megapixels.jpg': 'too_many_pixels',
  '613-bytes-claims-1346-megapixels.jpg': 'too_many_pixels',
  '65536x65536.png': 'too_many_pixels',
  'corrupt-header.jpg': 'damaged_image',
  'empty.jpg': 'empty_file',
  'jpeg2000.jp2': 'unsupported_image_type',
  'svg-named-jpg.jpg': 'unsupported_image_type',
  'text.png': 'not_an_image',
  'truncated.jpg': 'damaged_image',
  'truncated.png': 'damaged_image',
}

/**
 * Means of 32×32 pixels around points of `phone.heic`: decoded by libheif 1.15 (heif-convert), converted from Display P3 by
 * lcms (ImageMagick, relative colorimetric).
 */
const PHONE_PHOTO: [x: number, y: number, red: number, green: number, blue: number][] = [
  [302, 202, 48, 137, 184],
  [2117, 202, 81, 168, 221],
  [907, 806, 131, 178, 233],
  [2722, 806, 137, 222, 254],
  [907, 1411, 136, 185, 243],
  [1512, 2016, 151, 47, 49],
  [2117, 2016, 146, 190, 247],
  [302, 3226, 17, 45, 57],
  [907, 3226, 151, 194, 247],
  [907, 3830, 0, 25, 31],
  [2722, 3830, 123, 155, 187],
]

/** A 12 MP photo of an iPhone: 48 tiles of HEVC, Display P3. Each variant shows the pixels of other decoders. */
const expectPhonePhoto = async (path: string) => {
  const targets = targetsIn(await temporaryFolder())
  const picture = await pool.encode({ source: path, targets })
  expect(picture).toMatchObject({ type: 'image/heic', sizes: { original: { width: 3024, height: 4032 } } })
  expect(picture.takenAt).toBe('2020-05-04T18:39:11-04:00')
  for (const size of ['original', 'medium', 'thumb'] as const) {
    const scale = picture.sizes[size].width / 3024
    for (const [x, y, ...expected] of PHONE_PHOTO) {
      // In `thumb` they are four pixels, whose edges lie elsewhere.
      const area = { left: x - 16, top: y - 16, width: 32, height: 32 }
      const [left = 0, top = 0, width = 0, height = 0] = Object.values(area).map((value) => Math.round(value * scale))
      const data = await sharp(targets[size]).extract({ left, top, width, height }).raw().toBuffer()
      for (const [channel, level] of expected.entries()) {
        const levels = data.filter((_, index) => index % 3 === channel)
        const mean = levels.reduce((sum, value) => sum + value, 0) / levels.length
        expect(Math.abs(mean - level), `${size} at ${x},${y}`).toBeLessThanOrEqual(size === 'thumb' ? 7 : 3)
      }
    }
  }
}

describe('the pictures of the corpus', () => {
  afterAll(() => pool.close())

  eachOfCorpus('photos', 'photos/%s is accepted and clean', async (_, path) => {
    await expectSound(path)
  })

  eachOfCorpus('formats', 'formats/%s is converted', async (_, path) => {
    const { targets } = await expectSound(path)
    expect(await sharp(targets.original).metadata()).toMatchObject({ chromaSubsampling: '4:4:4', space: 'srgb' })
  })

  eachOfCorpus('hostile', 'hostile/%s has the expected outcome', async (file, path) => {
    const code = REFUSALS[file]
    if (file === 'phone.heic') {
      await expectPhonePhoto(path)
      return
    }
    if (code === undefined) {
      await expectSound(path)
      return
    }
    const folder = await temporaryFolder()
    const job = { source: path, targets: targetsIn(folder) }
    await expect(pool.encode(job)).rejects.toMatchObject({ code })
    expect(await filesIn(folder)).toEqual([])
    // Once more, in the process that is there now: what it takes is a few milliseconds of its time, not a second.
    const [encoder = 0] = encodersOf()
    const before = cpuOf(encoder)
    await expect(pool.encode(job)).rejects.toMatchObject({ code })
    expect(cpuOf(encoder) - before).toBeLessThan(1000)
  })

  it('have every searched mark in at least one photo', async (context) => {
    const paths = corpusFiles('photos')
    if (paths.length === 0) skipWithout(context, 'the test images in ../shared/corpus')
    const photos = await Promise.all(paths.map((path) => readFile(path)))
    expect(MARKS.filter((mark) => !photos.some((file) => file.includes(mark)))).toEqual([])
  })
})
