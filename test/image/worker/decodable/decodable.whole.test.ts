import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { toDecodable } from '../../../../src/image/worker/decodable/decodable.ts'
import { encodePicture } from '../../../../src/image/worker/pipeline.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { corpusFiles } from '../../../support/pictures/corpus.ts'
import { gifOf } from '../../../support/pictures/gif.ts'
import { hevcItem } from '../../../support/pictures/heic.ts'
import { gridOf, heifFile, ispe, itemOf } from '../../../support/pictures/heif.ts'
import { jobFor, plain, sha256Of } from '../../../support/pictures/pictures.ts'
import { pngChunk, withChunks } from '../../../support/pictures/png.ts'
import { sequenceOf } from '../../../support/pictures/sequence.ts'
import { skipWithout } from '../../../support/skip.ts'

const options = { maxPixels: 1_000_000, background: '#00ff80' }

const RED = [200, 40, 40]
const BLUE = [40, 60, 200]
const UNDER = [0, 255, 128]

const encode = async (file: Buffer, more: Partial<typeof options> = {}) => {
  const folder = await temporaryFolder()
  const job = await jobFor(folder, file)
  const picture = await encodePicture(job, { ...options, ...more })
  const { data, info } = await sharp(await readFile(job.targets.original))
    .raw()
    .toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)]
  return { picture, at }
}

const expectNear = (seen: readonly number[], expected: readonly number[]) => {
  for (const [channel, level] of expected.entries()) expect(Math.abs((seen[channel] ?? 999) - level)).toBeLessThan(8)
}

describe('a PNG file', () => {
  it('is decoded without its compressed texts, which may inflate to gigabytes', async () => {
    const file = await plain(8, 8).png().toBuffer()
    const text = pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync('words')]))
    const { bytes } = await toDecodable(withChunks(file, text, text), 'image/png', 64)
    expect(bytes.equals(file)).toBe(true)
  })
})

describe('the first frame of a GIF', () => {
  const screen = { width: 96, height: 64 }
  const frame = { left: 32, top: 16, width: 32, height: 32 }

  it.each([
    ['plain', {}],
    ['interlaced', { isInterlaced: true }],
  ])('is laid on the background where it covers a part of the picture (%s)', async (_, more) => {
    const file = gifOf(screen, frame, more)
    const { picture, at } = await encode(file)
    expect(picture).toMatchObject({ type: 'image/gif', sha256: sha256Of(file), sizes: { original: screen } })
    for (const [x, y] of [
      [2, 2],
      [24, 32],
      [72, 32],
      [48, 8],
      [48, 56],
      [93, 61],
    ] as const)
      expectNear(at(x, y), UNDER)
    expectNear(at(48, 24), RED)
    expectNear(at(48, 40), BLUE)
  })

  it('keeps its transparent colour', async () => {
    const { at } = await encode(gifOf(screen, frame, { transparent: 1 }))
    expectNear(at(48, 24), RED)
    expectNear(at(48, 40), UNDER)
    expectNear(at(2, 2), UNDER)
  })

  it('enlarges the picture where it reaches over the screen, which is limited too', async () => {
    const file = gifOf(screen, { ...frame, left: 80 })
    const { picture, at } = await encode(file)
    expect(picture.sizes.original).toMatchObject({ width: 112, height: 64 })
    expectNear(at(2, 2), UNDER)
    expectNear(at(96, 24), RED)
    await expect(encode(file, { maxPixels: 112 * 64 - 1 })).rejects.toMatchObject({ code: 'too_many_pixels' })
    await expect(encode(gifOf({ width: 60_000, height: 60_000 }, frame))).rejects.toMatchObject({
      code: 'too_many_pixels',
    })
  })

  it('is damaged where the file ends in it', async () => {
    const file = gifOf(screen, frame)
    await expect(encode(file.subarray(0, file.length - 60))).rejects.toMatchObject({ code: 'damaged_image' })
  })
})

describe('an AVIF file', () => {
  const size = { width: 64, height: 64 }
  const item = async (red: number, side = 64) =>
    itemOf(await plain(side, side, { r: red, g: 40, b: 40 }).avif({ effort: 0, lossless: true }).toBuffer())

  it.each([1, 2, 3])('shows the primary picture, item %i of three', async (primary) => {
    const items = [await item(60, 32), await item(120, 48), await item(240, 64)]
    const { picture, at } = await encode(heifFile({ items, primary }))
    expect(picture.type).toBe('image/avif')
    expect(picture.sizes.original.width).toBe([32, 48, 64][primary - 1])
    expectNear(at(8, 8), [[60, 120, 240][primary - 1] ?? 0, 40, 40])
  })

  it('shows a primary picture of tiles, which come before it', async () => {
    const grid = {
      type: 'grid',
      properties: [ispe(128, 64)],
      data: gridOf(2, 1, 128, 64),
      references: { dimg: [1, 2] },
    }
    const file = heifFile({ items: [await item(60), await item(240), grid], primary: 3 })
    const { picture, at } = await encode(file)
    expect(picture.sizes.original).toMatchObject({ width: 128, height: 64 })
    expectNear(at(8, 8), [60, 40, 40])
    expectNear(at(120, 8), [240, 40, 40])
    await expect(encode(file, { maxPixels: 128 * 64 - 1 })).rejects.toMatchObject({ code: 'too_many_pixels' })
  })

  it.each([
    ['avis', 'avif', 'msf1'],
    ['miaf', 'MA1B'],
    ['mif1', 'avif'],
    ['msf1', 'avis'],
  ])('is accepted with the brands %s, %s', async (...brands) => {
    const { picture, at } = await encode(heifFile({ brands, items: [await item(240)] }))
    expect(picture.type).toBe('image/avif')
    expectNear(at(8, 8), [240, 40, 40])
  })

  it('shows the first frame of a sequence, with and without items', async () => {
    const frames = [await item(240), await item(60)]
    for (const items of [undefined, [await item(240)]]) {
      const { picture, at } = await encode(sequenceOf({ brands: ['avis', 'msf1'], frames, ...size, items }))
      expect(picture).toMatchObject({ type: 'image/avif', sizes: { original: size } })
      expectNear(at(8, 8), [240, 40, 40])
    }
  })
})

describe('a HEIC sequence', () => {
  it('shows its first frame', async () => {
    const frames = [hevcItem('colour'), hevcItem('mask')]
    const { picture, at } = await encode(sequenceOf({ brands: ['hevc', 'msf1'], frames, width: 64, height: 64 }))
    expect(picture).toMatchObject({ type: 'image/heic', sizes: { original: { width: 64, height: 64 } } })
    expectNear(at(8, 8), RED)
  })
})

/** Colours of `reported/` at the points of its README: (10 %, 10 %), (90, 10), (10, 90), (90, 90), (50, 50). */
const CORNERS = [RED, [40, 180, 60], BLUE, [230, 200, 40]]
const REPORTED: Record<string, { width: number; height: number; colours: readonly (readonly number[])[] }> = {
  'animated.avif': { width: 400, height: 240, colours: [...CORNERS, [128, 128, 128]] },
  'first-frame-partial.gif': { width: 400, height: 240, colours: [UNDER, UNDER, UNDER, UNDER, [230, 200, 40]] },
  'primary-is-not-first.avif': { width: 4096, height: 800, colours: [] },
}

describe('the pictures of the corpus', () => {
  const named = (name: string) => corpusFiles('reported').find((file) => basename(file) === name)

  for (const [name, expected] of Object.entries(REPORTED))
    it(`reported/${name} shows its first frame or primary picture`, async (context) => {
      const path = named(name)
      if (path === undefined) return skipWithout(context, 'the test images in ../shared/corpus')
      const { width, height, colours } = expected
      const { picture, at } = await encode(await readFile(path), { maxPixels: 100_000_000 })
      expect(picture.sizes.original).toMatchObject({ width, height })
      const points = [0.1, 0.9].flatMap((y) => [0.1, 0.9].map((x) => [x, y] as const)).concat([[0.5, 0.5]])
      for (const [index, colour] of colours.entries()) {
        const [x = 0, y = 0] = points[index] ?? []
        expectNear(at(Math.floor(width * x), Math.floor(height * y)), colour)
      }
    })
})
