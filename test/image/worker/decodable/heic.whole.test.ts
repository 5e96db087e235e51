import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { box, type NewItem, u8 } from '../../../../src/image/codecs/isobmff/writer.ts'
import { encodePicture } from '../../../../src/image/worker/pipeline.ts'
import { filesIn, temporaryFolder } from '../../../support/disk/folder.ts'
import { heicFile, hevcItem } from '../../../support/pictures/heic.ts'
import { ALPHA, auxC, gridOf, heifFile, irot, ispe, nclx, prof } from '../../../support/pictures/heif.ts'
import { jobFor, sha256Of } from '../../../support/pictures/pictures.ts'
import { makeProfile } from '../../../support/pictures/profiles.ts'
import { thorough } from '../../../support/thorough.ts'

const options = { maxPixels: 100_000_000, background: '#00ff80' }

const RED = [200, 40, 40]
const GREEN = [40, 180, 60]
const BLUE = [40, 60, 200]
const YELLOW = [230, 200, 40]
const GREY = [128, 128, 128]

const encode = async (file: Buffer, more: Partial<typeof options> = {}) => {
  const folder = await temporaryFolder()
  const job = await jobFor(folder, file)
  const picture = await encodePicture(job, { ...options, ...more })
  return { picture, original: await readFile(job.targets.original) }
}

/** Colours at the points (10 %, 10 %), (90, 10), (10, 90), (90, 90), (50, 50). */
const coloursOf = async (jpeg: Buffer): Promise<number[][]> => {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
  const points = [0.1, 0.9].flatMap((y) => [0.1, 0.9].map((x) => [x, y] as const))
  return [...points, [0.5, 0.5] as const].map(([x, y]) => {
    const at = (Math.floor(info.height * y) * info.width + Math.floor(info.width * x)) * 3
    return [...data.subarray(at, at + 3)]
  })
}

/** Within 4 levels: HEVC and JPEG take one or two each. */
const expectColours = async (jpeg: Buffer, expected: readonly (readonly number[])[]) => {
  const seen = await coloursOf(jpeg)
  const off = seen.flatMap((colour, point) => colour.map((level, i) => Math.abs(level - (expected[point]?.[i] ?? 999))))
  expect(Math.max(...off), JSON.stringify(seen)).toBeLessThanOrEqual(4)
}

describe('a HEIC picture', () => {
  it('is stored as JPEG, with its type and the hash of the upload', async () => {
    const file = heicFile([hevcItem('colour')])
    const { picture, original } = await encode(file)
    expect(picture).toMatchObject({ type: 'image/heic', sha256: sha256Of(file) })
    expect(picture.sizes.original).toMatchObject({ width: 64, height: 64 })
    await expectColours(original, [RED, GREEN, BLUE, YELLOW, GREY])
  })

  it.each(['colour10', 'colour12', 'colour444'] as const)('is stored in 8 bits where it is %s', async (name) => {
    const { original } = await encode(heicFile([hevcItem(name)]))
    await expectColours(original, [RED, GREEN, BLUE, YELLOW, GREY])
  })

  it.each([
    ['mif1', 'heic'],
    ['msf1', 'hevc'],
    ['miaf', 'MiHB'],
    ['heix', 'mif1'],
  ])('is known by how it is coded, where its brands are %s and %s', async (...brands) => {
    const { picture, original } = await encode(heifFile({ brands, items: [hevcItem('colour')] }))
    expect(picture.type).toBe('image/heic')
    await expectColours(original, [RED, GREEN, BLUE, YELLOW, GREY])
  })

  // Rotations are anticlockwise; a mirror of axis 0 is vertical: left and right are exchanged in ISO/IEC 23008-12:2022.
  it.each([
    ['by a quarter', [irot(1)], [GREEN, YELLOW, RED, BLUE, GREY]],
    ['by half', [irot(2)], [YELLOW, BLUE, GREEN, RED, GREY]],
    ['by three quarters', [irot(3)], [BLUE, RED, YELLOW, GREEN, GREY]],
    ['and mirrored', [irot(1), box('imir', u8(1))], [YELLOW, GREEN, BLUE, RED, GREY]],
  ])('is rotated %s once', async (_, turns, colours) => {
    const { original } = await encode(heicFile([hevcItem('colour', ...turns)]))
    await expectColours(original, colours)
  })

  it('is not rotated by its EXIF, which phones write beside irot', async () => {
    const exif = Buffer.concat([
      u8(0, 0, 0, 6),
      Buffer.from('Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0', 'latin1'),
    ])
    const items = [hevcItem('colour', irot(1)), { type: 'Exif', data: exif, references: { cdsc: [1] } }]
    const { original } = await encode(heicFile(items))
    await expectColours(original, [GREEN, YELLOW, RED, BLUE, GREY])
    expect((await sharp(original).metadata()).exif).toBeUndefined()
  })

  it('is cut to its clean aperture', async () => {
    const aperture = [20, 1, 20, 1, -22, 1, -22, 1]
    const clap = Buffer.alloc(32)
    for (const [index, value] of aperture.entries()) clap.writeInt32BE(value, 4 * index)
    const { picture, original } = await encode(heicFile([hevcItem('colour', box('clap', clap))]))
    expect(picture.sizes.original).toMatchObject({ width: 20, height: 20 })
    await expectColours(original, [RED, RED, RED, RED, RED])
  })

  it('is put together from its tiles, which may reach over its edges', async () => {
    const grid: NewItem = {
      type: 'grid',
      properties: [ispe(120, 120), irot(0)],
      data: gridOf(2, 2, 120, 120),
      references: { dimg: [2, 3, 4, 5] },
    }
    const tile = hevcItem('colour')
    const { picture, original } = await encode(heicFile([grid, tile, tile, tile, tile]))
    expect(picture.sizes.original).toMatchObject({ width: 120, height: 120 })
    // The middle of the picture lies in the first tile, the other points in one each.
    await expectColours(original, [RED, GREEN, BLUE, YELLOW, YELLOW])
  })

  it('is the primary one of several, without depth and gain maps', async () => {
    const gain = { ...hevcItem('mask', auxC('urn:com:apple:photo:2020:aux:hdrgainmap')), references: { auxl: [2] } }
    const { picture, original } = await encode(heicFile([hevcItem('mask'), hevcItem('colour'), gain], 2))
    expect(picture).not.toHaveProperty('transparent')
    await expectColours(original, [RED, GREEN, BLUE, YELLOW, GREY])
  })

  it('is laid on the background where it is transparent', async () => {
    const mask = { ...hevcItem('mask', auxC(ALPHA)), references: { auxl: [1] } }
    const { original } = await encode(heicFile([hevcItem('colour'), mask]))
    const under = [0, 255, 128]
    await expectColours(original, [under, GREEN, under, YELLOW, GREY])
  })

  it('has its colours converted by its profile', async () => {
    // Red and green are exchanged.
    const { original } = await encode(heicFile([hevcItem('colour', prof(makeProfile({ isSwapped: true })))]))
    const [red = [], green = []] = await coloursOf(original)
    expect(red[1]).toBeGreaterThan(150)
    expect(green[0]).toBeGreaterThan(150)
  })

  it('has its colours converted by its nclx, where it has no profile', async () => {
    const { original } = await encode(heicFile([hevcItem('colour', nclx(12, 13, 6))]))
    const [red = []] = await coloursOf(original)
    // Display P3 (200,40,40), as lcms converts it.
    for (const [channel, level] of [218, 0, 26].entries())
      expect(Math.abs((red[channel] ?? 999) - level), String(red)).toBeLessThan(8)
  })

  it('is divided by its opacity where it is premultiplied', async () => {
    // The luma of the picture, 88 of red, is its opacity.
    const alpha = { ...hevcItem('colour', auxC(ALPHA)), references: { auxl: [1] } }
    const colours = async (references: NewItem['references']) =>
      (await coloursOf((await encode(heicFile([{ ...hevcItem('colour'), references }, alpha]))).original))[0] ?? []
    const plain = await colours({})
    const premultiplied = await colours({ prem: [2] })
    for (const [channel, level] of [69, 181, 98].entries())
      expect(Math.abs((plain[channel] ?? 999) - level), String(plain)).toBeLessThan(8)
    for (const [channel, level] of [88, 207, 124].entries())
      expect(Math.abs((premultiplied[channel] ?? 999) - level), String(premultiplied)).toBeLessThan(8)
  })

  it('is decoded by its nclx, which says how colours are coded', async () => {
    // x265 wrote BT.601 of full range; read as BT.709, red is another.
    const { original } = await encode(heicFile([hevcItem('colour', nclx(1, 13, 1))]))
    const [red = []] = await coloursOf(original)
    expect(Math.abs((red[1] ?? 0) - 40)).toBeGreaterThan(4)
    const { original: same } = await encode(heicFile([hevcItem('colour', nclx(1, 13, 6))]))
    await expectColours(same, [RED, GREEN, BLUE, YELLOW, GREY])
  })
})

const refusalOf = async (file: Buffer, more: Partial<typeof options> = {}) => {
  const folder = await temporaryFolder()
  const error = await encodePicture(await jobFor(folder, file), { ...options, ...more }).catch(
    (cause: unknown) => cause,
  )
  expect(await filesIn(folder)).toEqual(['upload'])
  return error
}

describe('a hostile HEIC file', () => {
  const sound = () => heicFile([hevcItem('colour')])

  it('is damaged wherever it is cut', async () => {
    const file = sound()
    for (const cut of [0.2, 0.5, 0.9].map((part) => Math.floor(file.length * part)).concat(file.length - 1))
      expect(await refusalOf(file.subarray(0, cut))).toMatchObject({ code: 'damaged_image' })
  })

  it('never fails in another way, whatever byte of it is changed', async () => {
    const file = sound()
    for (let at = 40; at < file.length; at += thorough(65, 13)) {
      const changed = Buffer.from(file)
      changed[at] = at % 2 === 0 ? 0xff : 0
      const folder = await temporaryFolder()
      const error = await encodePicture(await jobFor(folder, changed), options).then(
        () => undefined,
        (cause: unknown) => cause,
      )
      if (error === undefined) continue
      expect(error).toMatchObject({
        code: expect.stringMatching(/^(damaged_image|too_many_pixels|unsupported_image_(type|layout))$/),
      })
      expect(await filesIn(folder)).toEqual(['upload'])
    }
  })

  it('is refused for its pixels before they are decoded', async () => {
    expect(await refusalOf(sound(), { maxPixels: 4095 })).toMatchObject({ code: 'too_many_pixels' })
    expect((await encode(sound(), { maxPixels: 4096 })).picture.type).toBe('image/heic')
    const { properties = [], ...item } = hevcItem('colour')
    const large = { ...item, properties: [ispe(60_000, 60_000), ...properties.slice(1)] }
    expect(await refusalOf(heicFile([large]))).toMatchObject({ code: 'too_many_pixels' })
    const grid = {
      type: 'grid',
      properties: [ispe(6400, 6400)],
      data: gridOf(100, 100, 6400, 6400),
      references: { dimg: Array.from({ length: 10_000 }, () => 2) },
    }
    expect(await refusalOf(heicFile([grid, hevcItem('colour')]), { maxPixels: 40_000_000 })).toMatchObject({
      code: 'too_many_pixels',
    })
  })

  it('is damaged where it says other dimensions than its pictures have', async () => {
    const { properties = [], ...item } = hevcItem('colour')
    for (const size of [ispe(9000, 9000), ispe(32, 64)])
      expect(await refusalOf(heicFile([{ ...item, properties: [size, ...properties.slice(1)] }]))).toMatchObject({
        code: 'damaged_image',
      })
  })

  it('is refused by name where it needs what the decoder does not know', async () => {
    const file = heicFile([hevcItem('colour', box('zzzz', u8(0)))])
    const associations = file.indexOf('ipma')
    // The highest bit of an association: a decoder has to know the property.
    file[associations + 17] = (file[associations + 17] ?? 0) | 0x80
    expect(await refusalOf(file)).toMatchObject({ code: 'unsupported_image_layout' })
  })

  it.each([
    ['jpeg', [ispe(64, 64)]],
    ['unci', [ispe(64, 64), box('cmpd', u8(0, 0, 0, 0))]],
    ['vvc1', [ispe(64, 64)]],
  ])('is refused by name where its pictures are %s', async (type, properties) => {
    const file = heifFile({ brands: ['mif1', 'heic'], items: [{ type, properties, data: u8(1, 2, 3) }] })
    expect(await refusalOf(file)).toMatchObject({
      code: 'unsupported_image_type',
      message: expect.stringContaining(`It is image/heif with pictures of type ${type}`),
    })
  })
})
