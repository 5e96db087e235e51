// Damages files of each format and coding: none is stored with holes.

import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { TintypeError } from '../../../../src/core/errors.ts'
import { readTiffDirectory } from '../../../../src/image/codecs/tiff/directory.ts'
import { encodePicture } from '../../../../src/image/worker/pipeline.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { photoPixels, randomFrom } from '../../../support/pictures/photo.mjs'
import { jobFor } from '../../../support/pictures/pictures.ts'
import { relaid, type TiffFileOptions, tiffOf } from '../../../support/pictures/tiff.ts'
import { thorough } from '../../../support/thorough.ts'

const SIDE = 96
const PLACES = thorough(4, 12)
/** Side of the blocks that are searched for holes, in pixels. */
const BLOCK = 16

const pixels = await photoPixels({ width: SIDE, height: SIDE })
const picture = () => sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
const tiff = async (more: Partial<TiffFileOptions>) => tiffOf({ width: SIDE, height: SIDE, samples: pixels, ...more })
const jpegTiff = async (tile: boolean) =>
  relaid(await picture().tiff({ compression: 'jpeg', tile, tileWidth: 32, tileHeight: 32 }).toBuffer())

interface Coding {
  make: () => Promise<Buffer>
  /** True where each overwritten byte is noticed. */
  hasChecksum?: boolean
}

const CODINGS: Record<string, Coding> = {
  'baseline JPEG': { make: () => picture().jpeg().toBuffer() },
  'progressive JPEG': { make: () => picture().jpeg({ progressive: true }).toBuffer() },
  PNG: { make: () => picture().png().toBuffer(), hasChecksum: true },
  'interlaced PNG': { make: () => picture().png({ progressive: true }).toBuffer(), hasChecksum: true },
  GIF: { make: () => picture().gif({ effort: 1 }).toBuffer() },
  'lossy WebP': { make: () => picture().webp().toBuffer() },
  'lossless WebP': { make: () => picture().webp({ lossless: true, effort: 1 }).toBuffer() },
  AVIF: { make: () => picture().avif({ effort: 0 }).toBuffer() },
  'TIFF strips, Deflate': { make: () => tiff({ encoding: 'deflate' }), hasChecksum: true },
  'TIFF tiles, Deflate': { make: () => tiff({ encoding: 'deflate', tile: 32 }), hasChecksum: true },
  'TIFF strips, LZW': { make: () => tiff({ encoding: 'lzw' }) },
  'TIFF tiles, LZW': { make: () => tiff({ encoding: 'lzw', tile: 32 }) },
  'TIFF strips, PackBits': { make: () => tiff({ encoding: 'packBits' }) },
  'TIFF tiles, PackBits': { make: () => tiff({ encoding: 'packBits', tile: 32 }) },
  'TIFF strips, JPEG': { make: () => jpegTiff(false) },
  'TIFF tiles, JPEG': { make: () => jpegTiff(true) },
}

/** The original of an accepted upload, or the code of its refusal. */
const outcomeOf = async (upload: Buffer): Promise<Buffer | string> => {
  const job = await jobFor(await temporaryFolder(), upload)
  try {
    await encodePicture(job, { maxPixels: 1_000_000, background: '#ff00ff' })
    return await sharp(job.targets.original, { failOn: 'none' }).raw().toBuffer()
  } catch (error) {
    if (error instanceof TintypeError) return error.code
    throw error
  }
}

/** Number of blocks of one colour. */
const holesIn = (rgb: Buffer): number => {
  let holes = 0
  for (let top = 0; top < SIDE; top += BLOCK)
    for (let left = 0; left < SIDE; left += BLOCK) {
      const values = [0, 1, 2].map((channel) =>
        Array.from({ length: BLOCK ** 2 }, (_, index) => {
          const [x, y] = [left + (index % BLOCK), top + Math.floor(index / BLOCK)]
          return rgb[(y * SIDE + x) * 3 + channel] ?? 0
        }),
      )
      if (values.every((channel) => Math.max(...channel) - Math.min(...channel) <= 2)) holes++
    }
  return holes
}

const PLACE_OF_DATA = { from: 0.5, to: 0.97 }

describe.each(Object.entries(CODINGS))('%s', (_, { make, hasChecksum = false }) => {
  it('is accepted while it is sound, and has no block of one colour', async () => {
    const sound = await outcomeOf(await make())
    expect(typeof sound === 'string' ? sound : holesIn(sound)).toBe(0)
  })

  it('is refused as damaged where it is cut, wherever that is', async () => {
    const file = await make()
    const cuts = Array.from({ length: PLACES }, (__, index) => Math.floor((file.length * (index + 0.9)) / PLACES))
    for (const end of cuts) expect([end, await outcomeOf(file.subarray(0, end))]).toEqual([end, 'damaged_image'])
  })

  it('is refused as damaged, or has no holes, where its data is overwritten', async () => {
    const file = await make()
    const random = randomFrom(file.length)
    const results: (number | string)[] = []
    for (let place = 0; place < PLACES; place++) {
      const damaged = Buffer.from(file)
      const { from, to } = PLACE_OF_DATA
      const at = Math.floor(file.length * (from + ((to - from) * place) / PLACES))
      for (let index = 0; index < 24; index++) damaged.writeUInt8(Math.floor(random() * 256), at + index)
      const outcome = await outcomeOf(damaged)
      results.push(typeof outcome === 'string' ? outcome : hasChecksum ? 'accepted' : holesIn(outcome))
    }
    expect(results.filter((result) => result !== 'damaged_image' && result !== 0)).toEqual([])
  })
})

describe('a TIFF file with one strip or tile overwritten', () => {
  const bilevel = async () => sharp(await picture().greyscale().threshold(128).png().toBuffer()).toColourspace('b-w')
  const form = (tile: boolean) => ({ tile, tileWidth: 32, tileHeight: 32 })
  const MADE: Record<string, (tile: boolean) => Promise<Buffer>> = {
    Deflate: (tile) => tiff({ encoding: 'deflate', tile: tile ? 32 : undefined }),
    LZW: (tile) => tiff({ encoding: 'lzw', tile: tile ? 32 : undefined }),
    PackBits: (tile) => tiff({ encoding: 'packBits', tile: tile ? 32 : undefined }),
    JPEG: (tile) => jpegTiff(tile),
    WebP: async (tile) =>
      relaid(
        await picture()
          .tiff({ compression: 'webp', ...form(tile) })
          .toBuffer(),
      ),
    CCITT: async (tile) =>
      relaid(await (await bilevel()).tiff({ compression: 'ccittfax4', bitdepth: 1, ...form(tile) }).toBuffer()),
  }

  it.each(Object.entries(MADE).flatMap(([name, make]) => [true, false].map((tile) => [name, tile, make] as const)))(
    'is refused as damaged: %s, in tiles: %s',
    async (_, tile, make) => {
      const file = await make(tile)
      expect(typeof (await outcomeOf(file))).not.toBe('string')
      const { chunks, chunkAt } = readTiffDirectory(file)
      expect(chunks).toBeGreaterThan(0)
      const random = randomFrom(chunks)
      // The decoder reads chunks in one loop: each third one is enough of a sample.
      for (let index = 0; index < chunks; index += thorough(3, 1))
        for (const byte of [() => 0, () => 0xff, () => Math.floor(random() * 256)]) {
          const { offset, bytes = 0 } = chunkAt(index)
          const damaged = Buffer.from(file)
          for (let at = offset; at < offset + bytes; at++) damaged.writeUInt8(byte(), at)
          expect([index, byte(), await outcomeOf(damaged)]).toEqual([index, expect.any(Number), 'damaged_image'])
        }
    },
  )
})
