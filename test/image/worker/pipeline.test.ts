import { createHash } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { encodePicture } from '../../../src/image/worker/pipeline.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import {
  jobFor,
  phonePhoto,
  photo,
  photoAs,
  pixelAt,
  plain,
  plainJpeg,
  SECRETS,
  segment,
  storedPixels,
  withSegments,
} from '../../support/pictures/pictures.ts'
import { makeProfile, profileChunks } from '../../support/pictures/profiles.ts'

const options = { maxPixels: 100_000_000, background: '#ffffff' }

const encode = async (upload: Buffer, more: Partial<typeof options> = {}) => {
  const folder = await temporaryFolder()
  const job = await jobFor(folder, upload)
  return { folder, job, picture: await encodePicture(job, { ...options, ...more }) }
}

/** Pictures of 480×320 that EXIF orientations turn, by what is shown: red, blue, green and white in its quarters. */
const quarters = (() => {
  const quarter = (background: string, left: number, top: number) => ({
    input: { create: { width: 240, height: 160, channels: 3, background } as const },
    left,
    top,
  })
  const whole = plain(480, 320, 'white').composite([
    quarter('red', 0, 0),
    quarter('blue', 240, 0),
    quarter('lime', 0, 160),
  ])
  let made: Promise<Buffer> | undefined
  return () => {
    made ??= whole.png({ compressionLevel: 1 }).toBuffer()
    return made
  }
})()

/** Red, green and blue at each place as shown, the place in parts of the width and height. */
const coloursOf = async (file: string) => {
  const shown = sharp(file).autoOrient().removeAlpha().toColourspace('srgb').raw()
  const { data, info } = await shown.toBuffer({ resolveWithObject: true })
  return (x: number, y: number): number[] => {
    const at = (Math.floor(info.height * y) * info.width + Math.floor(info.width * x)) * info.channels
    return [...data.subarray(at, at + info.channels)]
  }
}

/** Sum of the differences of two colours. */
const distance = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0)

describe('an upload that cannot be read', () => {
  it('is an error of the store, not of the picture', async () => {
    const job = await jobFor(await temporaryFolder(), await photo({ width: 60, height: 40 }))
    await rm(job.source)
    await expect(encodePicture(job, options)).rejects.toMatchObject({ code: 'store_unavailable' })
    await mkdir(job.source)
    await expect(encodePicture(job, options)).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})

describe('the variants of a picture', () => {
  it.each([
    [1000, 500, [1000, 500, 1000, 500, 400, 200]],
    [300, 200, [300, 200, 300, 200, 300, 200]],
    [1, 1, [1, 1, 1, 1, 1, 1]],
  ])('of %i×%i have exact sizes', async (width, height, expected) => {
    const { job, picture } = await encode(await plainJpeg(width, height))
    const recorded = SIZES.flatMap((size) => [picture.sizes[size].width, picture.sizes[size].height])
    expect(recorded).toEqual([...expected, 50, 50])
    const stored = await Promise.all(SIZES.map((size) => sharp(job.targets[size]).metadata()))
    expect(stored.flatMap((file) => [file.width, file.height])).toEqual([...expected, 50, 50])
  })

  it('have records with the size and hash of their files, and the hash of the upload', async () => {
    const upload = await phonePhoto({ width: 600, height: 400 })
    const { job, picture } = await encode(upload)
    const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
    expect(picture.sha256).toBe(sha256(upload))
    expect(picture.type).toBe('image/jpeg')
    for (const size of SIZES) {
      const file = await readFile(job.targets[size])
      expect(picture.sizes[size]).toMatchObject({ bytes: file.length, sha256: sha256(file) })
    }
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('are upright for EXIF orientation %i', async (orientation) => {
    const shown = await quarters()
    const quarter = await sharp(shown).rotate(90).png({ compressionLevel: 1 }).toBuffer()
    // What a camera stores that is to be shown like this.
    const stored = [
      sharp(shown),
      sharp(shown).flop(),
      sharp(shown).rotate(180),
      sharp(shown).flip(),
      sharp(quarter).flop(),
      sharp(shown).rotate(270),
      sharp(quarter).flip(),
      sharp(quarter),
    ][orientation - 1]
    const upload = await stored?.jpeg().withMetadata({ orientation }).toBuffer()
    if (!upload) throw new Error('no such orientation')
    const { job, picture } = await encode(upload)
    expect(picture.sizes.original).toMatchObject({ width: 480, height: 320 })
    expect(picture.sizes.thumb).toMatchObject({ width: 400, height: 267 })
    for (const size of SIZES) {
      const at = await coloursOf(job.targets[size])
      expect(distance(at(0.1, 0.1), [255, 0, 0])).toBeLessThan(30)
      expect(distance(at(0.9, 0.1), [0, 0, 255])).toBeLessThan(30)
      expect(distance(at(0.1, 0.9), [0, 255, 0])).toBeLessThan(30)
      expect(distance(at(0.9, 0.9), [255, 255, 255])).toBeLessThan(30)
    }
  })

  it.each(['png', 'webp', 'tiff'] as const)('are upright where %s has an orientation', async (format) => {
    const upload = (await photoAs({ width: 300, height: 200 })).toFormat(format).withMetadata({ orientation: 6 })
    const { job, picture } = await encode(await upload.toBuffer())
    for (const size of ['original', 'medium', 'thumb'] as const)
      expect(picture.sizes[size]).toMatchObject({ width: 200, height: 300 })
    expect((await sharp(job.targets.original).metadata()).orientation).toBeUndefined()
  })

  it('contain no metadata of a phone', async () => {
    const { job } = await encode(await phonePhoto({ width: 1100, height: 200, orientation: 6 }))
    for (const size of SIZES) {
      const file = await readFile(job.targets[size])
      for (const mark of [...SECRETS, 'GPSLatitude', 'xmpmeta', 'MPF']) expect(file.includes(mark)).toBe(false)
      const { exif, xmp, iptc, icc } = await sharp(file).metadata()
      expect([exif?.length, xmp, iptc, icc]).toEqual([size === 'original' ? 32 : undefined, ...Array(3)])
    }
  })
})

describe('the original', () => {
  it('keeps the pixels of a plain JPEG', async () => {
    const upload = await phonePhoto({ width: 700, height: 500, orientation: 3 })
    const { job } = await encode(upload)
    expect((await storedPixels(job.targets.original)).equals(await storedPixels(upload))).toBe(true)
  })

  it.each(['png', 'webp', 'gif', 'tiff', 'avif'] as const)('becomes a JPEG where it was %s', async (format) => {
    const { job, picture } = await encode(
      await (await photoAs({ width: 250, height: 160 })).toFormat(format, { effort: 1 }).toBuffer(),
    )
    expect(picture.type).toBe(`image/${format}`)
    expect(await sharp(job.targets.original).metadata()).toMatchObject({
      format: 'jpeg',
      width: 250,
      height: 160,
      depth: 'uchar',
      space: 'srgb',
      chromaSubsampling: '4:4:4',
    })
  })

  it('becomes sRGB where it was CMYK or had 16 bit', async () => {
    const colours = plain(64, 64, '#d02030')
    const cmyk = await colours.clone().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
    const deep = await colours.clone().toColourspace('rgb16').png().toBuffer()
    const tagged = await colours.clone().toColourspace('rgb16').withIccProfile('p3').png().toBuffer()
    for (const upload of [cmyk, deep, tagged]) {
      const { job } = await encode(upload)
      // CMYK can't say this red exactly.
      expect(distance(await pixelAt(job.targets.original, 32, 32), [0xd0, 0x20, 0x30])).toBeLessThan(40)
      expect((await sharp(job.targets.original).metadata()).space).toBe('srgb')
    }
  })

  it('shows the background where it was transparent, as all variants do', async () => {
    const upload = await plain(200, 200, { r: 0, g: 0, b: 0, alpha: 0 }).png().toBuffer()
    const { job } = await encode(upload, { background: '#2040c0' })
    for (const size of SIZES)
      expect(distance(await pixelAt(job.targets[size], 25, 25), [0x20, 0x40, 0xc0])).toBeLessThan(9)
  })

  it('is the first frame of an animation', async () => {
    const frames = ['red', 'green', 'blue'].map((color) => plain(60, 60, color))
    const stack = await Promise.all(frames.map((frame) => frame.png().toBuffer()))
    const upload = await sharp(stack, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer()
    expect((await sharp(upload).metadata()).pages).toBe(3)
    const { job, picture } = await encode(upload)
    expect(picture.sizes.original).toMatchObject({ width: 60, height: 60 })
    expect(distance(await pixelAt(job.targets.medium, 30, 30), [255, 0, 0])).toBeLessThan(15)
  })
})

describe('the colours of a picture with a profile', () => {
  const swapped = profileChunks(makeProfile({ isSwapped: true })).map((chunk) => segment(0xe2, chunk))
  const green = { r: 20, g: 220, b: 20 }

  it.each([
    ['its own size', 300],
    ['half of it', 3300],
  ])('are right in every variant, decoded at %s', async (_, width) => {
    const { job } = await encode(withSegments(await plain(width, 300, green).jpeg().toBuffer(), ...swapped))
    expect((await sharp(job.targets.original).metadata()).hasProfile).toBe(true)
    for (const size of SIZES) {
      const [red = 0, seen = 0] = await pixelAt(job.targets[size], 25, 25)
      expect(red).toBeGreaterThan(210)
      expect(seen).toBeLessThan(40)
    }
  })

  it('are right for grey', async () => {
    const chunk = profileChunks(makeProfile({ space: 'GRAY', gamma: 1 }))[0]
    const file = await plain(300, 300, '#404040').toColourspace('b-w').jpeg().toBuffer()
    const { job } = await encode(withSegments(file, segment(0xe2, chunk ?? Buffer.alloc(0))))
    // A quarter of the light is level 137 in sRGB.
    for (const size of ['medium', 'thumb', 'game'] as const)
      expect((await pixelAt(job.targets[size], 25, 25)).every((value) => Math.abs(value - 137) < 4)).toBe(true)
  })
})
