// The placeholder and the colour of a picture: pictures whose result is obvious.

import sharp, { type Sharp } from 'sharp'
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA, thumbHashToRGBA } from 'thumbhash'
import { describe, expect, it } from 'vitest'
import type { KeepSource } from '../../../src/core/keep-source.ts'
import { encodePicture } from '../../../src/image/worker/pipeline.ts'
import { dominantColour, placeholderOf } from '../../../src/image/worker/placeholder.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { jobFor, meanDifference, noise, photo, plain } from '../../support/pictures/pictures.ts'

/** A picture with another one in its top left corner. */
const withCorner = async (picture: Sharp, corner: Sharp): Promise<Sharp> =>
  sharp(
    await picture
      .composite([{ input: await corner.png().toBuffer(), left: 0, top: 0 }])
      .png()
      .toBuffer(),
  )

const encode = async (upload: Buffer, background = '#ffffff', keepSource: KeepSource = 'transparent') =>
  encodePicture(await jobFor(await temporaryFolder(), upload), { maxPixels: 1e8, background, keepSource })

const bytesOf = (placeholder: string): Buffer => Buffer.from(placeholder, 'base64')

const levels = (color: string): number[] => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))

const distance = (color: string, wanted: string): number =>
  Math.max(...levels(color).map((level, channel) => Math.abs(level - (levels(wanted)[channel] ?? 0))))

const rgba = (...colours: [count: number, r: number, g: number, b: number][]): Uint8Array =>
  Uint8Array.from(colours.flatMap(([count, r, g, b]) => Array.from({ length: count }, () => [r, g, b, 255]).flat()))

describe('the dominant colour', () => {
  it.each([
    ['one colour', rgba([1, 18, 52, 86]), '#123456'],
    ['black', rgba([4, 0, 0, 0]), '#000000'],
    ['white', rgba([4, 255, 255, 255]), '#ffffff'],
    ['what there is most of', rgba([3, 200, 10, 10], [2, 10, 10, 200]), '#c80a0a'],
    ['the darker of two that are equal', rgba([2, 250, 250, 250], [2, 5, 5, 5]), '#050505'],
    ['the mean of what is nearly the same', rgba([1, 100, 100, 100], [1, 110, 100, 90], [1, 9, 9, 9]), '#69645f'],
    // 15 and 16 lie in different sixteenths, as 31 and 32 do.
    ['one on a border', rgba([2, 15, 31, 47], [2, 16, 32, 48], [3, 200, 200, 200]), '#102030'],
    ['not what is only the mean of all', rgba([5, 255, 0, 0], [4, 0, 0, 255]), '#ff0000'],
  ])('is %s', (_, pixels, wanted) => {
    expect(dominantColour(pixels)).toEqual(levels(wanted))
  })

  it('of a mostly red picture with a small blue part is red, however noisy the red is', async () => {
    const grain = await noise(600, 400, 6, 0).png().toBuffer()
    // Around 208, 48 and 48, where cells of sixteen levels meet.
    const red = sharp(
      await plain(600, 400, '#d03030')
        .composite([{ input: grain, blend: 'add' }])
        .png()
        .toBuffer(),
    )
    const picture = await withCorner(red, plain(250, 200, '#0000ff'))
    const { color } = await encode(await picture.jpeg({ quality: 95 }).toBuffer())
    expect(distance(color, '#d03030')).toBeLessThan(12)
  })

  it('of grey is that grey, whether it is stored as grey or as colour', async () => {
    const grey = plain(300, 200, '#808080')
    for (const upload of [
      await grey.clone().jpeg().toBuffer(),
      await grey.clone().toColourspace('b-w').jpeg().toBuffer(),
    ])
      expect(distance((await encode(upload)).color, '#808080')).toBeLessThan(2)
  })

  it('of a mostly transparent picture is the background, where its transparency is not kept', async () => {
    const clear = plain(200, 200, { r: 0, g: 0, b: 0, alpha: 0 })
    const upload = await (await withCorner(clear, plain(60, 60, '#ff0000'))).png().toBuffer()
    expect(distance((await encode(upload, '#20c040', 'never')).color, '#20c040')).toBeLessThan(3)
    expect(distance((await encode(upload, '#ffffff', 'never')).color, '#ffffff')).toBeLessThan(3)
    expect(distance((await encode(upload, '#20c040')).color, '#ff0000')).toBeLessThan(3)
  })
})

describe('the placeholder', () => {
  it('is a ThumbHash that looks like the picture and has its shape', async () => {
    const { placeholder } = await encode(
      await (await withCorner(plain(900, 600, '#e0e0f0'), plain(450, 600, '#102040'))).jpeg().toBuffer(),
    )
    const { w, h, rgba: shown } = thumbHashToRGBA(bytesOf(placeholder))
    expect(w / h).toBeCloseTo(1.5, 0)
    const at = (x: number) => [...shown.subarray((Math.floor(h / 2) * w + x) * 4).subarray(0, 4)]
    const [left, right] = [at(Math.floor(w / 8)), at(Math.floor((w * 7) / 8))]
    expect(Math.max(...left.slice(0, 3))).toBeLessThan(110)
    expect(Math.min(...right.slice(0, 3))).toBeGreaterThan(180)
    expect([left[3], right[3]]).toEqual([255, 255])
  })

  it('is upright, and shows the background where the transparency of a picture is not kept', async () => {
    const turned = await photo({ width: 600, height: 400 })
    const upload = await sharp(turned).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    expect(thumbHashToApproximateAspectRatio(bytesOf((await encode(upload)).placeholder))).toBeLessThan(1)
    const clear = { r: 0, g: 0, b: 0, alpha: 0 }
    const png = await plain(90, 90, clear).png().toBuffer()
    const { r, g, b, a } = thumbHashToAverageRGBA(bytesOf((await encode(png, '#ff0000', 'never')).placeholder))
    expect([r, g, b, a].map((part) => Math.round(part))).toEqual([1, 0, 0, 1])
  })

  it.each([
    [1, 1],
    [2000, 1],
    [1, 2000],
    [64, 64],
    [65, 40],
    [400, 300],
  ])('exists for %i×%i pixels, in at most 40 characters of base64', async (width, height) => {
    const { placeholder, color } = await encode(await plain(width, height, '#406080').png().toBuffer())
    expect(placeholder).toMatch(/^[A-Za-z0-9+/]{8,38}={0,2}$/)
    expect(bytesOf(placeholder).toString('base64')).toBe(placeholder)
    expect(distance(color, '#406080')).toBeLessThan(3)
    const { r, g, b } = thumbHashToAverageRGBA(bytesOf(placeholder))
    for (const [part, wanted] of [
      [r, 0x40],
      [g, 0x60],
      [b, 0x80],
    ] as const)
      expect(Math.abs(part * 255 - wanted)).toBeLessThan(12)
  })

  it('is deterministic', async () => {
    const { data, info } = await sharp(await photo({ width: 400, height: 300 }))
      .raw()
      .toBuffer({ resolveWithObject: true })
    const level = { pixels: data, width: info.width, height: info.height, channels: 3 } as const
    expect(placeholderOf(level)).toEqual(placeholderOf(level))
  })

  it('is that of the scaled pixels', async () => {
    const picture = sharp(await photo({ width: 400, height: 300 }))
    const scaled = async (width: number, height: number) => ({
      pixels: await picture.clone().resize(width, height).raw().toBuffer(),
      ...{ width, height, channels: 3 as const },
    })
    const [whole, small] = [placeholderOf(await scaled(400, 300)), placeholderOf(await scaled(64, 48))]
    const [shown, wanted] = [whole, small].map(({ placeholder }) => thumbHashToRGBA(bytesOf(placeholder)).rgba)
    expect(shown?.length).toBe(wanted?.length)
    expect(meanDifference(Buffer.from(shown ?? []), Buffer.from(wanted ?? []))).toBeLessThan(4)
    expect(distance(whole.color, small.color)).toBeLessThan(12)
  })
})
