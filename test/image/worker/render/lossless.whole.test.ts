// Renders from a lossless source: transparent, with clean edges, exact for pixel art, flat where a background is given.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Size } from '../../../../src/core/names.ts'
import type { Format } from '../../../../src/core/transform/formats.ts'
import { parseTransform } from '../../../../src/core/transform/parse-transform.ts'
import {
  type Origin,
  type Recipe,
  recipeFrom,
  sizeRecipe,
  transformRecipe,
} from '../../../../src/core/transform/recipe.ts'
import { renderPicture } from '../../../../src/image/worker/render.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { plain } from '../../../support/pictures/pictures.ts'
import {
  differenceOf,
  PAGES,
  type Pixels,
  pixelArt,
  pixelsOf,
  reduced,
  repeated,
  softSprite,
  toPng,
} from '../../../support/pictures/sprites.ts'

const rendered = async (file: Buffer, recipe: Recipe, origin: Origin = 'transparent_source'): Promise<Buffer> => {
  const source = join(await temporaryFolder(), 'source.png')
  await writeFile(source, file)
  const { content = '', ...size } = await renderPicture({ source, recipe: recipeFrom(recipe, origin, '#102030') })
  const made = Buffer.from(content, 'base64')
  const { width, height } = await sharp(made).metadata()
  expect({ width, height, bytes: made.length }).toEqual(size)
  return made
}
const recipeOf = (query: string) => transformRecipe(parseTransform(new Map(new URLSearchParams(query))), 'jpeg')
const transformed = async (picture: Pixels, query: string) => rendered(await toPng(picture), recipeOf(query))
const ofSize = async (picture: Pixels, size: Size, format: Format) =>
  rendered(await toPng(picture), sizeRecipe(size, format))
const isOpaque = ({ data }: Pixels): boolean => data.every((level, at) => at % 4 !== 3 || level === 255)

describe('a sprite with soft edges, laid on pages of several colours', () => {
  const sprite = softSprite()

  it.each([
    // Largest and mean difference in levels of 255; the invisible green would be off by 100 and more.
    ['png', 0, 0],
    ['webp', 6, 0.6],
    ['avif', 16, 1],
  ] as const)('looks in its own size as %s like its source, within %s levels', async (format, max, mean) => {
    const difference = differenceOf(await pixelsOf(await ofSize(sprite, 'original', format)), sprite)
    expect(difference.max).toBeLessThanOrEqual(max)
    expect(difference.mean).toBeLessThanOrEqual(mean)
  })

  it.each([
    ['png', 8, 1],
    ['webp', 12, 1.2],
    ['avif', 16, 1.4],
  ] as const)('looks at a quarter of its size as %s like an exact reduction', async (format, max, mean) => {
    const difference = differenceOf(
      await pixelsOf(await transformed(softSprite(256), `w=64&format=${format}`)),
      reduced(softSprite(256), 4),
    )
    expect(difference.max).toBeLessThanOrEqual(max)
    expect(difference.mean).toBeLessThanOrEqual(mean)
  })

  it('has the invisible colour nowhere, however it is scaled or cropped', async () => {
    for (const query of ['w=200', 'w=61&h=40', 'w=90&h=40&position=0.2,0.1', 'w=70&h=70&position=attention', 'w=33']) {
      const { data } = await pixelsOf(await transformed(sprite, `${query}&format=png`))
      for (let at = 0; at < data.length; at += 4)
        // Yellow and red have more red than green.
        if ((data[at + 3] ?? 0) > 3) expect(data[at] ?? 0, query).toBeGreaterThan((data[at + 1] ?? 0) - 12)
    }
  })

  it('is 50 x 50 as icon, in every format with alpha', async () => {
    for (const format of ['png', 'webp', 'avif'] as const) {
      const icon = await pixelsOf(await ofSize(sprite, 'game', format))
      expect([icon.width, icon.height, icon.data[3]]).toEqual([50, 50, 0])
      expect(icon.data[(25 * 50 + 25) * 4 + 3]).toBeGreaterThan(250)
    }
  })
})

describe('a background', () => {
  const sprite = softSprite()
  const onto = (colour: readonly number[]): Pixels => {
    const data = Buffer.from(sprite.data)
    for (let at = 0; at < data.length; at += 4) {
      const opacity = (data[at + 3] ?? 0) / 255
      for (let channel = 0; channel < 3; channel++)
        data[at + channel] = Math.round((data[at + channel] ?? 0) * opacity + (colour[channel] ?? 0) * (1 - opacity))
      data[at + 3] = 255
    }
    return { ...sprite, data }
  }

  it('lies under the whole picture, in every format', async () => {
    for (const [format, max] of [
      ['png', 1],
      ['webp', 20],
      ['avif', 36],
      ['jpeg', 24],
    ] as const)
      for (const page of PAGES) {
        const hex = Buffer.from(page).toString('hex')
        const seen = await pixelsOf(await transformed(sprite, `format=${format}&background=${hex}`))
        expect(isOpaque(seen)).toBe(true)
        expect(differenceOf(seen, onto(page)).max, `${format} ${hex}`).toBeLessThanOrEqual(max)
      }
  })

  it('of JPEG files is that of the server without one of its own', async () => {
    const seen = await pixelsOf(await transformed(sprite, 'w=128&format=jpeg&q=95'))
    expect([...seen.data.subarray(0, 3)]).toEqual([0x10, 0x20, 0x30])
  })

  it('is also that of the margins; without one, they are transparent, and white around an opaque source', async () => {
    const margin = async (query: string) => {
      const { data } = await pixelsOf(await transformed(sprite, `w=80&h=40&fit=contain&${query}`))
      return [...data.subarray(0, 4)]
    }
    expect(await margin('format=png&background=123456')).toEqual([0x12, 0x34, 0x56, 255])
    expect(await margin('format=png&background=fff')).toEqual([255, 255, 255, 255])
    for (const format of ['png', 'webp', 'avif']) expect((await margin(`format=${format}`))[3]).toBe(0)
    expect(await margin('q=95')).toEqual([0x10, 0x20, 0x30, 255])
    const flat = await rendered(
      await plain(80, 80).png().toBuffer(),
      recipeOf('w=80&h=40&fit=contain&format=png'),
      'opaque_source',
    )
    expect([...(await pixelsOf(flat)).data.subarray(0, 4)]).toEqual([255, 255, 255, 255])
  })
})

describe('pixel art with kernel=nearest', () => {
  const art = pixelArt()

  it.each(['png', 'webp'])(
    'is enlarged to exact pixels as %s, colours under half transparent ones too',
    async (format) => {
      for (const times of [1, 2, 3]) {
        const made = await pixelsOf(await transformed(art, `w=${art.width * times}&kernel=nearest&format=${format}`))
        const exact = repeated(art, times)
        // WebP may change what is invisible.
        expect(differenceOf(made, exact).max).toBe(0)
        expect(made.data.filter((_, at) => at % 4 === 3)).toEqual(exact.data.filter((_, at) => at % 4 === 3))
      }
    },
  )

  it('has pixels of the source alone at any other size, cropped too', async () => {
    const colours = ({ data }: Pixels) => {
      const seen = new Set<string>()
      for (let at = 0; at < data.length; at += 4) seen.add(data.subarray(at, at + 4).toString('hex'))
      return seen
    }
    const known = colours(art)
    for (const query of ['w=37', 'w=20&h=31', 'w=9&h=9&position=bottom-right', 'w=50&h=9&fit=contain']) {
      const made = colours(await pixelsOf(await transformed(art, `${query}&kernel=nearest&format=png`)))
      for (const colour of made) expect([...known, '00000000'], query).toContain(colour)
    }
  })

  it('crops by content too', async () => {
    const made = await transformed(art, 'w=24&h=10&position=entropy&kernel=nearest&format=png')
    expect(await sharp(made).metadata()).toMatchObject({ width: 24, height: 10, hasAlpha: true })
  })

  it('keeps its edges in AVIF', async () => {
    const large = repeated(art, 4)
    const made = await pixelsOf(await transformed(art, `w=${large.width}&kernel=nearest&format=avif`))
    expect(differenceOf(made, large).mean).toBeLessThan(6)
    // Between opaque and transparent there is no ramp.
    const wrong = made.data.filter((level, at) => at % 4 === 3 && Math.abs(level - (large.data[at] ?? 0)) > 40)
    expect(wrong.length / (made.data.length / 4)).toBeLessThan(0.01)
  })
})

describe('an opaque source', () => {
  it('is not JPEG: its renders are exact where the format is', async () => {
    const art = pixelArt()
    for (let at = 3; at < art.data.length; at += 4) art.data[at] = 255
    const file = await sharp(await toPng(art))
      .removeAlpha()
      .png()
      .toBuffer()
    const made = await rendered(file, recipeOf('w=32&kernel=nearest&format=webp'), 'opaque_source')
    expect(differenceOf(await pixelsOf(made), repeated(art, 2)).max).toBe(0)
    expect((await sharp(made).metadata()).hasAlpha).toBe(false)
  })
})

describe('a damaged source', () => {
  it('is reported as damage of the project', async () => {
    const file = await toPng(softSprite())
    for (const broken of [file.subarray(0, 20), file.subarray(0, file.length >> 1), Buffer.from('no picture')])
      await expect(rendered(broken, recipeOf('w=9&format=png'))).rejects.toMatchObject({ code: 'project_damaged' })
  })
})
