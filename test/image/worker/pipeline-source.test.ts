// The source of an upload: a PNG without loss, of pictures that JPEG would change.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import sharp, { type Sharp } from 'sharp'
import { thumbHashToAverageRGBA } from 'thumbhash'
import { describe, expect, it } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { type EncodeOptions, encodePicture } from '../../../src/image/worker/pipeline.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import {
  jobFor,
  photoAs,
  pixelAt,
  plain,
  plainJpeg,
  sha256Of,
  sprite,
  spritePixels,
} from '../../support/pictures/pictures.ts'

const encode = async (upload: Buffer, more: Partial<EncodeOptions> = {}) => {
  const job = await jobFor(await temporaryFolder(), upload)
  const picture = await encodePicture(job, { maxPixels: 1e8, background: '#ffffff', ...more })
  return { job, picture }
}

const rawOf = (file: string | Buffer) => sharp(file).raw().toBuffer({ resolveWithObject: true })

/** Names of the chunks of a PNG file. */
const chunksOf = (png: Buffer): string[] => {
  const names: string[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) names.push(png.toString('latin1', at + 4, at + 8))
  return names
}

/** An opaque picture with one pixel of another alpha. */
const withOnePixel = (alpha: number): Sharp => {
  const pixels = Buffer.alloc(40 * 30 * 4, 255)
  pixels[4 * 777 + 3] = alpha
  return sharp(pixels, { raw: { width: 40, height: 30, channels: 4 } })
}

describe('the source of a transparent picture', () => {
  it('has its pixels, hidden ones too, and nothing else', async () => {
    const { job, picture } = await encode(await sprite().withXmp('<x/>').withExif({}).png().toBuffer())
    const file = await readFile(job.targets.source)
    const { data, info } = await rawOf(file)
    expect(info).toMatchObject({ width: 96, height: 64, channels: 4 })
    expect(data.equals(spritePixels(96, 64))).toBe(true)
    expect(new Set(chunksOf(file))).toEqual(new Set(['IHDR', 'pHYs', 'IDAT', 'IEND']))
    expect(picture.transparent).toBe(true)
    expect(picture.sizes.source).toEqual({ width: 96, height: 64, bytes: file.length, sha256: sha256Of(file) })
  })

  it.each([
    ['WebP', sprite().webp({ lossless: true, exact: true })],
    ['TIFF', sprite().tiff({ compression: 'deflate' })],
    ['a PNG of 16 bits', sprite().toColourspace('rgb16').png()],
  ])('has the pixels of %s', async (_, upload) => {
    const { job } = await encode(await upload.toBuffer())
    const { data } = await rawOf(job.targets.source)
    expect(data.equals(spritePixels(96, 64))).toBe(true)
  })

  it.each([
    ['GIF', sprite().gif()],
    ['AVIF', sprite().avif({ lossless: true, effort: 0 })],
    ['a PNG of a palette', sprite().png({ palette: true })],
    ['grey', sprite().toColourspace('b-w').png()],
  ])('has what a decoder finds in %s', async (_, upload) => {
    const file = await upload.toBuffer()
    const { job, picture } = await encode(file)
    expect(picture.transparent).toBe(true)
    const wanted = await sharp(file).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
    const { data, info } = await rawOf(job.targets.source)
    expect(info.channels).toBe(4)
    expect(wanted.info.channels).toBe(4)
    expect(data.equals(wanted.data)).toBe(true)
  })

  it('is upright', async () => {
    const upload = await sprite(96, 64).withMetadata({ orientation: 6 }).png().toBuffer()
    const { job, picture } = await encode(upload)
    expect(picture.sizes.source).toMatchObject({ width: 64, height: 96 })
    expect((await sharp(job.targets.source).metadata()).orientation).toBeUndefined()
    const turned = await sprite(96, 64).rotate(90).raw().toBuffer()
    expect((await rawOf(job.targets.source)).data.equals(turned)).toBe(true)
  })

  it.each([254, 0])('is kept for one pixel of alpha %i', async (alpha) => {
    const { job, picture } = await encode(await withOnePixel(alpha).png().toBuffer())
    expect(picture.transparent).toBe(true)
    expect((await rawOf(job.targets.source)).data[4 * 777 + 3]).toBe(alpha)
  })

  it('leaves the JPEG files as they are without one, on the background', async () => {
    const upload = await sprite(500, 300).png().toBuffer()
    const kept = await encode(upload, { background: '#2040c0' })
    const without = await encode(upload, { background: '#2040c0', keepSource: 'never' })
    for (const size of SIZES) {
      expect(kept.picture.sizes[size]).toEqual(without.picture.sizes[size])
      expect((await readFile(kept.job.targets[size])).equals(await readFile(without.job.targets[size]))).toBe(true)
    }
    const corner = await pixelAt(kept.job.targets.original, 2, 2)
    for (const [at, level] of [0x20, 0x40, 0xc0].entries()) expect(Math.abs((corner[at] ?? 0) - level)).toBeLessThan(4)
  })

  it('is not written without a place for it', async () => {
    const job = await jobFor(await temporaryFolder(), await sprite().png().toBuffer())
    const { source, ...targets } = job.targets
    const picture = await encodePicture({ ...job, targets }, { maxPixels: 1e8, background: '#ffffff' })
    expect(picture).not.toHaveProperty('transparent')
    expect(picture.sizes).not.toHaveProperty('source')
    expect(existsSync(source)).toBe(false)
  })
})

describe('a picture without a transparent pixel', () => {
  it.each([
    ['of a PNG with an alpha channel', withOnePixel(255).png()],
    ['of a PNG', plain(40, 30).png()],
    ['of a JPEG', plain(40, 30).jpeg()],
  ])('%s has no source', async (_, upload) => {
    const { job, picture } = await encode(await upload.toBuffer())
    expect(picture).not.toHaveProperty('transparent')
    expect(picture.sizes).not.toHaveProperty('source')
    expect(existsSync(job.targets.source)).toBe(false)
  })

  it.each([
    ['PNG', (picture: Sharp) => picture.png()],
    ['PNG with an alpha channel', (picture: Sharp) => picture.ensureAlpha().png()],
    ['PNG of 16 bits', (picture: Sharp) => picture.toColourspace('rgb16').png()],
    ['WebP', (picture: Sharp) => picture.webp({ lossless: true })],
  ])('has one where all sources are kept: %s', async (_, write) => {
    const photo = await photoAs({ width: 120, height: 80 })
    const { job, picture } = await encode(await write(photo.clone()).toBuffer(), { keepSource: 'always' })
    expect(picture).not.toHaveProperty('transparent')
    const file = await readFile(job.targets.source)
    expect(picture.sizes.source).toEqual({ width: 120, height: 80, bytes: file.length, sha256: sha256Of(file) })
    const { data, info } = await rawOf(file)
    expect(info.channels).toBe(3)
    expect(data.equals(await photo.raw().toBuffer())).toBe(true)
  })

  it('keeps the pixels of a plain JPEG in its original alone, and has a source of any other', async () => {
    const { picture } = await encode(await plainJpeg(40, 30), { keepSource: 'always' })
    expect(picture.sizes).not.toHaveProperty('source')
    const cmyk = await encode(await plain(40, 30).toColourspace('cmyk').jpeg().toBuffer(), { keepSource: 'always' })
    expect(cmyk.picture.sizes.source).toMatchObject({ width: 40, height: 30 })
  })
})

describe('a policy of no sources', () => {
  it('keeps none, and a placeholder of what the JPEG files show', async () => {
    const { job, picture } = await encode(await sprite().png().toBuffer(), { keepSource: 'never' })
    expect(picture).not.toHaveProperty('transparent')
    expect(picture.sizes).not.toHaveProperty('source')
    expect(existsSync(job.targets.source)).toBe(false)
    expect(thumbHashToAverageRGBA(Buffer.from(picture.placeholder, 'base64')).a).toBe(1)
  })
})

describe('the placeholder of a transparent picture', () => {
  it('is transparent too, and its colour is that of visible pixels', async () => {
    const red = await plain(100, 200, { r: 200, g: 16, b: 16, alpha: 1 }).png().toBuffer()
    const blue = { r: 0, g: 0, b: 255, alpha: 0 }
    const upload = await plain(400, 200, blue)
      .composite([{ input: red, left: 0, top: 0 }])
      .png()
      .toBuffer()
    const { picture } = await encode(upload)
    const { r, a } = thumbHashToAverageRGBA(Buffer.from(picture.placeholder, 'base64'))
    expect(Math.abs(a - 0.25)).toBeLessThan(0.1)
    expect(r).toBeGreaterThan(0.6)
    expect(picture.color).toBe('#c81010')
  })

  it('of a picture without a visible pixel has the colour of the background', async () => {
    const upload = await plain(80, 60, { r: 255, g: 0, b: 0, alpha: 0 }).png().toBuffer()
    const { picture } = await encode(upload, { background: '#2040c0' })
    expect(picture.color).toBe('#2040c0')
    expect(thumbHashToAverageRGBA(Buffer.from(picture.placeholder, 'base64')).a).toBe(0)
  })

  it.each([
    [1, 1],
    [2000, 1],
    [1, 2000],
    [400, 300],
    [300, 299],
  ])('of %i×%i pixels has at most 40 characters of base64', async (width, height) => {
    const { picture } = await encode(await sprite(width, height).png().toBuffer())
    expect(picture.placeholder).toMatch(/^[A-Za-z0-9+/]{8,38}={0,2}$/)
  })
})
