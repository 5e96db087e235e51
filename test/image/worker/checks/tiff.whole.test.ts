// TIFF files as uploads: each known layout is shown right, and none is stored with holes.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { encodePicture } from '../../../../src/image/worker/pipeline.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { corpusFiles } from '../../../support/pictures/corpus.ts'
import { jobFor, pixelAt } from '../../../support/pictures/pictures.ts'
import { relaid, type TiffFileOptions, tiffOf } from '../../../support/pictures/tiff.ts'
import { skipWithout } from '../../../support/skip.ts'

const options = { maxPixels: 1_000_000, background: '#ffffff' }

const encode = async (upload: Buffer) => {
  const job = await jobFor(await temporaryFolder(), upload)
  await encodePicture(job, options)
  return job.targets.original
}

const [width, height] = [100, 70]
const COLOURS = [
  [200, 40, 40],
  [40, 180, 60],
  [40, 60, 200],
  [230, 200, 40],
] as const
type Colour = (typeof COLOURS)[number]

const colourAt = (x: number, y: number): Colour =>
  COLOURS[(x < width / 2 ? 0 : 1) + (y < height / 2 ? 0 : 2)] ?? COLOURS[0]

const quarterAt = (x: number, y: number): number => COLOURS.indexOf(colourAt(x, y))

/** Samples of 1 to 16 bits. */
const samplesOf = (bits: number, at: (x: number, y: number) => readonly number[], isBigEndian = false): Buffer => {
  const rows = Array.from({ length: height }, (_, y) => {
    const values = Array.from({ length: width }, (__, x) => at(x, y)).flat()
    const row = Buffer.alloc(Math.ceil((values.length * bits) / 8))
    for (const [index, value] of values.entries()) {
      const bit = index * bits
      if (bits === 16) isBigEndian ? row.writeUInt16BE(value, bit / 8) : row.writeUInt16LE(value, bit / 8)
      else row.writeUInt8(row.readUInt8(bit >> 3) | (value << (8 - bits - (bit & 7))), bit >> 3)
    }
    return row
  })
  return Buffer.concat(rows)
}

/** Red, green, blue in the middle of each quarter. */
const shown = async (file: string): Promise<number[][]> =>
  Promise.all([20, 80].flatMap((y) => [20, 80].map((x) => pixelAt(file, x, Math.floor((y * height) / 100)))))

const expectColours = async (upload: Buffer, expected: readonly (readonly number[])[], tolerance = 4) => {
  const found = await shown(await encode(upload))
  const differences = found.flatMap((rgb, at) =>
    rgb.map((value, channel) => Math.abs(value - (expected[at]?.[channel] ?? 0))),
  )
  expect({ found, isRight: Math.max(...differences) <= tolerance }).toEqual({ found, isRight: true })
}

const FORMS: [name: string, options: Partial<TiffFileOptions>, isBigEndian?: boolean][] = [
  ['one strip', { rowsPerStrip: height }],
  ['tiles', { tile: 32 }],
  ['LZW tiles', { encoding: 'lzw', tile: 32 }],
  ['Deflate in one strip', { encoding: 'deflate', rowsPerStrip: height }],
  ['PackBits tiles, the directory last', { encoding: 'packBits', tile: 48, file: { isDirectoryLast: true } }],
  ['big-endian', { file: { isBigEndian: true } }, true],
  [
    'big-endian BigTIFF with Deflate tiles',
    { encoding: 'deflate', tile: 16, file: { isBig: true, isBigEndian: true } },
    true,
  ],
]

interface Kind {
  name: string
  bits: number
  samplesPerPixel: number
  photometric: number
  at: (x: number, y: number) => readonly number[]
  expected: readonly (readonly number[])[]
  more?: Partial<TiffFileOptions>
}

const luma = ([r, g, b]: Colour): number => Math.round(0.2126 * r + 0.7152 * g + 0.0722 * b)
const greys = COLOURS.map((colour) => [luma(colour), luma(colour), luma(colour)])
const halfOnWhite = (colours: readonly (readonly number[])[]) =>
  colours.map((colour) => colour.map((value) => Math.round((value * 128 + 255 * 127) / 255)))
/** Grey levels that a depth has. */
const stepped = (bits: number) => {
  const max = 2 ** bits - 1
  const step = (colour: Colour) => Math.round((luma(colour) * max) / 255)
  return { max, step, expected: COLOURS.map((colour) => Array<number>(3).fill(Math.round((step(colour) * 255) / max))) }
}
const paletteOf = (colours: number) =>
  [0, 1, 2].flatMap((channel) =>
    Array.from({ length: colours }, (_, index) => (COLOURS[index % 4]?.[channel] ?? 0) * 257),
  )

const RGB = { photometric: 2, expected: COLOURS } as const
const KINDS: Kind[] = [
  { name: 'RGB of 8 bits', bits: 8, samplesPerPixel: 3, ...RGB, at: colourAt },
  { name: 'RGB of 16 bits', bits: 16, samplesPerPixel: 3, ...RGB, at: (x, y) => colourAt(x, y).map((v) => v * 257) },
  ...[1, 2].map((meaning) => ({
    name: `RGB and ${meaning === 1 ? 'premultiplied alpha' : 'alpha'}`,
    bits: 8,
    samplesPerPixel: 4,
    photometric: 2,
    at: (x: number, y: number) => [
      ...colourAt(x, y).map((v) => (meaning === 1 ? Math.round((v * 128) / 255) : v)),
      128,
    ],
    expected: halfOnWhite(COLOURS),
    more: { tags: { 338: meaning } },
  })),
  ...[1, 2, 4, 8, 16].flatMap((bits) =>
    [0, 1].map((photometric) => {
      const { max, step, expected } = stepped(bits)
      const at = (x: number, y: number) => [photometric === 1 ? step(colourAt(x, y)) : max - step(colourAt(x, y))]
      return {
        name: `grey of ${bits} bits, ${photometric} is black`,
        bits,
        samplesPerPixel: 1,
        photometric,
        at,
        expected,
      }
    }),
  ),
  {
    name: 'grey and alpha',
    bits: 8,
    samplesPerPixel: 2,
    photometric: 1,
    at: (x, y) => [luma(colourAt(x, y)), 128],
    expected: halfOnWhite(greys),
    more: { tags: { 338: 2 } },
  },
  ...[2, 4, 8].map((bits) => ({
    name: `palette of ${bits} bits`,
    bits,
    samplesPerPixel: 1,
    photometric: 3,
    at: (x: number, y: number) => [quarterAt(x, y)],
    expected: COLOURS,
    more: { tags: { 320: paletteOf(2 ** bits) } },
  })),
]

describe('a TIFF file of a known layout is shown right', () => {
  it.each(KINDS.map((kind) => [kind.name, kind] as const))('%s', async (_, kind) => {
    const { bits, samplesPerPixel, photometric, at, expected, more } = kind
    for (const [, form, isBigEndian] of FORMS) {
      const samples = samplesOf(bits, at, isBigEndian)
      await expectColours(
        tiffOf({ width, height, samples, bits, samplesPerPixel, photometric, ...more, ...form }),
        expected,
      )
    }
  })

  it('in planes, with differences, unsorted tags, or YCbCr', async () => {
    const samples = samplesOf(8, colourAt)
    const picture = { width, height, samples }
    await expectColours(tiffOf({ ...picture, isPlanar: true, encoding: 'lzw' }), COLOURS)
    await expectColours(tiffOf({ ...picture, isDifferenced: true, encoding: 'deflate', tile: 32 }), COLOURS)
    await expectColours(tiffOf({ ...picture, file: { isUnsorted: true } }), COLOURS)
    await expectColours(tiffOf({ ...picture, tile: 32, file: { isUnsorted: true } }), COLOURS)
  })

  it.each([false, true])('as JPEG, WebP and CCITT, in tiles: %s', async (tile) => {
    const picture = sharp(samplesOf(8, colourAt), { raw: { width, height, channels: 3 } })
    const levels = samplesOf(8, (x, y) => [luma(colourAt(x, y))])
    const grey = sharp(levels, { raw: { width, height, channels: 1 } }).toColourspace('b-w')
    const form = { tile, tileWidth: 32, tileHeight: 32, quality: 95 } as const
    const jpeg = await picture
      .clone()
      .tiff({ compression: 'jpeg', ...form })
      .toBuffer()
    const greyJpeg = await grey
      .clone()
      .tiff({ compression: 'jpeg', ...form })
      .toBuffer()
    const webp = await picture
      .clone()
      .tiff({ compression: 'webp', ...form })
      .toBuffer()
    const bilevel = sharp(await grey.clone().threshold(100).png().toBuffer()).toColourspace('b-w')
    const fax = await bilevel.tiff({ compression: 'ccittfax4', bitdepth: 1, ...form }).toBuffer()
    for (const file of [{}, { isBig: true }, { isBigEndian: true }]) {
      await expectColours(relaid(jpeg, file), COLOURS, 8)
      await expectColours(relaid(greyJpeg, file), greys, 8)
      await expectColours(relaid(webp, file), COLOURS, 16)
      await expectColours(
        relaid(fax, file),
        greys.map(([level = 0]) => Array(3).fill(level >= 100 ? 255 : 0)),
      )
    }
  })
})

describe('a TIFF file of the reported ones', () => {
  it.for([
    ['tiled-cut-at-60-percent.tif', 'damaged_image'],
    ['tiled-zstd.tif', 'unsupported_image_layout'],
    ['tiled-lerc.tif', 'unsupported_image_layout'],
    ['cmyk-spot-unused.tif', 'unsupported_image_layout'],
    ['rgb-alpha-and-extra.tif', 'unsupported_image_layout'],
    ['12-bit-grey.tif', 'unsupported_image_layout'],
    ['planar-tiled.tif', 'unsupported_image_layout'],
    ['12-bit.jpg', 'unsupported_image_layout'],
  ])('is refused with the true reason: %s', async ([name, code], context) => {
    const path = corpusFiles('reported').find((file) => basename(file) === name)
    if (path === undefined) return skipWithout(context, 'the test images in ../shared/corpus')
    await expect(encode(readFileSync(path))).rejects.toMatchObject({ code })
  })
})
