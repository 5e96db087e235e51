// What a page needs to show an image besides its bytes: placeholder, colour, srcset and presets.

import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { FORMATS_BY_EXTENSION, MEDIA_TYPES, PICTURE_EXTENSIONS } from '../../../src/core/transform/formats.ts'
import { imageListSchema } from '../../../src/http/schemas/images/images.ts'
import { createTestApp, type TestApp, uploadTo } from '../../support/app.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { openStoreOf } from '../../support/store/here.ts'

const listOf = async ({ app }: Pick<TestApp, 'app'>, project = 'game') =>
  imageListSchema.parse(await (await app.request(`/projects/${project}/images`)).json()).images

/** The entries of a srcset, as a browser reads them. */
const entriesOf = (srcset: string): [url: string, width: number][] =>
  srcset.split(', ').map((entry) => {
    const [, url = '', width] = /^(\S+) (\d+)w$/.exec(entry) ?? []
    return [url, Number(width)]
  })

describe('the placeholder and the colour of an image', () => {
  it('are in the answer of its upload and in lists, also of another worker', async () => {
    const tintype = await createTestApp()
    const red = await uploadTo(tintype.app, 'game', await plainJpeg(640, 480, '#ff0000'))
    const blue = await uploadTo(tintype.app, 'game', await plainJpeg(640, 480, '#0000ff'))
    expect(red.color).toMatch(/^#f[de]0000$/)
    expect(blue.color).toMatch(/^#0000f[de]$/)
    expect(red.placeholder).not.toBe(blue.placeholder)
    const store = await openStoreOf(tintype.storageDir)
    const project = await store.project('game')
    const records = (project && (await store.images(project))) ?? []
    for (const images of [await listOf(tintype), records])
      expect(images.map(({ placeholder, color }) => ({ placeholder, color }))).toEqual(
        [red, blue].map(({ placeholder, color }) => ({ placeholder, color })),
      )
  })

  it('are null for an image of an older version', async () => {
    const tintype = await createTestApp()
    const { image_id } = await uploadTo(tintype.app, 'game')
    const store = await openStoreOf(tintype.storageDir)
    const project = await store.project('game')
    const [record] = (project && (await store.images(project))) ?? []
    if (!record) return expect.unreachable('the image is there')
    const { placeholder: _, color: __, ...older } = record
    await store.commit('game', { type: 'replace_image', image: older })
    const [image] = await listOf(tintype)
    expect(image).toMatchObject({ id: image_id, placeholder: null, color: null })
    expect(image?.srcset).toContain('400w')
  })
})

describe('the srcset of an image', () => {
  const PRESETS = [
    'small:w=320',
    'wide:w=480,h=270',
    'square:w=200,h=200,fit=contain',
    'box:w=300,h=300,fit=inside',
    'tall:h=900,format=auto',
    'same:w=400',
    'twice:w=100,dpr=2',
    'eye:w=160,h=160,position=attention',
  ].join(';')

  it('has thumb, medium and the presets of its shape with their exact widths, narrowest first', async () => {
    const tintype = await createTestApp({ presets: PRESETS })
    const { image_id, srcset, presets } = await uploadTo(tintype.app, 'game', await plainJpeg(2400, 1800))
    const image = `/projects/game/images/${image_id}`
    expect(srcset).toBe(
      [
        `${image}/render?preset=twice 200w`,
        `${image}/render?preset=box 300w`,
        `${image}/render?preset=small 320w`,
        `${image}?size=thumb 400w`,
        `${image}/render?preset=tall 1200w`,
        `${image}?size=medium 1600w`,
      ].join(', '),
    )
    const [listed] = await listOf(tintype)
    expect(listed).toMatchObject({ srcset, presets })
    expect(presets.wide).toEqual({
      url: `${image}/render?preset=wide`,
      file: `${image}/render.jpg?preset=wide`,
      width: 480,
      height: 270,
    })
    const { srcset: wide } = await uploadTo(tintype.app, 'game', await plainJpeg(1600, 900))
    expect(wide, 'a preset that cuts nothing off this one').toContain('preset=wide 480w')
  })

  it.each([
    ['landscape', 2001, 1333],
    ['portrait', 777, 1999],
    ['wider than anything', 3000, 7],
    ['taller than anything', 5, 1000],
    ['small', 90, 61],
    ['one pixel', 1, 1],
  ])('links to files of the stated widths: %s', async (_, width, height) => {
    const tintype = await createTestApp({ presets: PRESETS, basePath: '/media' })
    const { srcset, presets } = await uploadTo(tintype.app, 'game', await plainJpeg(width, height))
    const sizeOf = async (url: string) => {
      expect(url).toMatch(/^\/media\/projects\//)
      const response = await tintype.app.request(url.slice('/media'.length))
      expect([response.status, url]).toEqual([200, url])
      const { width, height } = await sharp(Buffer.from(await response.arrayBuffer())).metadata()
      return { width, height }
    }
    const entries = entriesOf(srcset)
    expect(new Set(entries.map(([, width]) => width)).size, 'no width twice').toBe(entries.length)
    for (const [url, said] of entries) expect(await sizeOf(url), url).toMatchObject({ width: said })
    expect(Object.keys(presets)).toHaveLength(8)
    for (const { url, file, ...said } of Object.values(presets)) {
      expect(await sizeOf(url), url).toEqual(said)
      expect(await sizeOf(file), file).toEqual(said)
    }
  })

  it('omits widths larger than the picture, and medium where it is no wider than thumb', async () => {
    const tintype = await createTestApp({ presets: 'same:w=300;more:w=301;less:w=299' })
    const { image_id, srcset, presets } = await uploadTo(tintype.app, 'game', await plainJpeg(300, 200))
    const image = `/projects/game/images/${image_id}`
    expect(srcset).toBe(`${image}/render?preset=less 299w, ${image}?size=thumb 300w`)
    const urlsOf = (name: string) => ({
      url: `${image}/render?preset=${name}`,
      file: `${image}/render.jpg?preset=${name}`,
    })
    expect(presets).toEqual({
      same: { ...urlsOf('same'), width: 300, height: 200 },
      more: { ...urlsOf('more'), width: 301, height: 201 },
      less: { ...urlsOf('less'), width: 299, height: 199 },
    })
    const between = await uploadTo(tintype.app, 'game', await plainJpeg(401, 200))
    expect(entriesOf(between.srcset).map(([, width]) => width)).toEqual([299, 300, 301, 400, 401])
  })
})

describe('the URLs with an extension', () => {
  it('name every size in every format, in the answer of an upload and in lists', async () => {
    const tintype = await createTestApp({ basePath: '/media' })
    const { image_id, files } = await uploadTo(tintype.app, 'game', await plainJpeg(90, 60))
    const [listed] = await listOf(tintype)
    expect(listed?.files).toEqual(files)
    expect(Object.keys(files)).toEqual(SIZES)
    for (const [size, urls] of Object.entries(files)) {
      expect(Object.keys(urls)).toEqual(PICTURE_EXTENSIONS)
      for (const [extension, url] of Object.entries(urls)) {
        expect(url).toBe(`/media/projects/game/images/${image_id}/${size}.${extension}`)
        const response = await tintype.app.request(url.slice('/media'.length))
        const format = FORMATS_BY_EXTENSION.get(extension)
        expect([response.status, response.headers.get('content-type')], url).toEqual([
          200,
          format && MEDIA_TYPES[format],
        ])
      }
    }
  })

  it('of presets have the format of the preset, and WebP for a negotiated one', async () => {
    const tintype = await createTestApp({ presets: 'card:w=40;best:w=40,format=auto;small:w=40,format=avif' })
    const { image_id, presets } = await uploadTo(tintype.app, 'game', await plainJpeg(90, 60))
    const image = `/projects/game/images/${image_id}`
    const files = Object.values(presets).map(({ file }) => file)
    expect(files).toEqual([
      `${image}/render.jpg?preset=card`,
      `${image}/render.webp?preset=best`,
      `${image}/render.avif?preset=small`,
    ])
    const types = await Promise.all(
      files.map(async (file) => (await tintype.app.request(file)).headers.get('content-type')),
    )
    expect(types).toEqual(['image/jpeg', 'image/webp', 'image/avif'])
  })
})

it('the tag of a list depends on its revision, and on the presets of the server', async () => {
  const first = await createTestApp()
  await uploadTo(first.app, 'game', await plainJpeg(640, 480))
  const tagOf = async ({ app }: Pick<TestApp, 'app'>) =>
    (await app.request('/projects/game/images')).headers.get('etag') ?? ''
  const tags = new Set([await tagOf(first)])
  for (const presets of ['card:w=320', 'card:w=330', 'cards:w=320', 'card:w=320;hero:w=600']) {
    const other = await createTestApp({ storageDir: first.storageDir, presets })
    const tag = await tagOf(other)
    expect(tag).toMatch(/^"1-[\w-]{8}"$/)
    expect(await tagOf(other)).toBe(tag)
    const again = await other.app.request('/projects/game/images', { headers: { 'if-none-match': tag } })
    expect(again.status).toBe(304)
    tags.add(tag)
  }
  expect(tags.size).toBe(5)
})
