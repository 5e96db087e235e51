// Transparent pictures over HTTP: every format with alpha keeps what the upload had, JPEG lies on a background.

import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { signUrl } from '../../src/index.ts'
import { createTestApp, uploadTo } from '../support/app.ts'
import { filesIn } from '../support/disk/folder.ts'
import { differenceOf, pixelArt, pixelsOf, repeated, softSprite, toPng } from '../support/pictures/sprites.ts'
import { everythingIn, itInFolder } from '../support/store/here.ts'

const KEYS = ['a key for tests only, 123']
const PRESETS =
  'card:w=64;auto:w=64,format=auto;framed:w=80,h=40,fit=contain,format=png;dark:w=64,background=102030,format=webp'
const sprite = softSprite()

const setUp = async (picture = sprite, options: Parameters<typeof createTestApp>[0] = {}) => {
  const { app, storageDir } = await createTestApp({ signingKeys: KEYS, presets: PRESETS, ...options })
  const { image_id } = await uploadTo(app, 'game', await toPng(picture))
  const image = `/projects/game/images/${image_id}`
  const source = join(storageDir, 'projects/game/source', `${image_id}.png`)
  const signed = (query: string, file = 'render') => signUrl(`${image}/${file}?${query}`, { keys: KEYS })
  const get = async (url: string, headers?: Record<string, string>) => {
    const response = await app.request(url, { headers })
    const bytes = Buffer.from(await response.arrayBuffer())
    if (response.status !== 200) throw new Error(`${url} was answered ${response.status}: ${bytes}`)
    const { format = '', width, height, hasAlpha } = await sharp(bytes).metadata()
    return { headers: response.headers, bytes, format, width, height, hasAlpha }
  }
  return {
    app,
    storageDir,
    image,
    image_id,
    signed,
    get,
    source,
  }
}

describe('a transparent picture', () => {
  it('stays transparent in every file but JPEG, of each size and as the cover', async () => {
    const { image, get } = await setUp()
    for (const [size, side] of [
      ['original', 128],
      ['medium', 128],
      ['thumb', 128],
      ['game', 50],
    ] as const)
      for (const extension of ['png', 'webp', 'avif']) {
        const made = await get(`${image}/${size}.${extension}`)
        expect(made).toMatchObject({ width: side, height: side, hasAlpha: true })
        expect(made.headers.get('content-type')).toBe(`image/${extension}`)
        if (size === 'game') continue
        const { mean } = differenceOf(await pixelsOf(made.bytes), sprite)
        expect(mean, `${size}.${extension}`).toBeLessThan(extension === 'png' ? 0.001 : 1.2)
      }
    expect(await get('/projects/game/cover.png?size=game')).toMatchObject({ format: 'png', width: 50, hasAlpha: true })
    expect(await get(`${image}?size=thumb&format=png`)).toMatchObject({ format: 'png', width: 128, hasAlpha: true })
    expect(await get('/projects/game/thumbnail?format=webp')).toMatchObject({ format: 'webp', hasAlpha: true })
    expect(await get(`${image}/thumb.jpg`)).toMatchObject({ format: 'jpeg', hasAlpha: false })
  })

  it('is its source as original.png, which is not stored again', async () => {
    const { image, get, storageDir } = await setUp()
    const { headers, bytes } = await get(`${image}/original.png`)
    expect(differenceOf(await pixelsOf(bytes), sprite).max).toBe(0)
    expect(headers.get('cache-control')).toContain('immutable')
    const files = await everythingIn(storageDir)
    expect(files.filter((path) => path.startsWith('.cache/') && path.endsWith('.png'))).toEqual([])
    const again = await get(`${image}/original.png`, { range: 'bytes=0-7' }).catch((error: Error) => error.message)
    expect(again).toContain('206')
  })

  it('stays transparent in transforms and presets, unless they have a background', async () => {
    const { signed, get, image } = await setUp()
    const corner = async (url: string) => {
      const { bytes, width, height } = await get(url)
      return { width, height, corner: [...(await pixelsOf(bytes)).data.subarray(0, 4)] }
    }
    for (const format of ['png', 'webp', 'avif'])
      expect((await corner(signed(`w=60&format=${format}`))).corner[3]).toBe(0)
    expect((await corner(signed('w=60', 'render.png'))).corner[3]).toBe(0)
    expect(await corner(signed('w=60&format=png&background=123456'))).toEqual({
      width: 60,
      height: 60,
      corner: [0x12, 0x34, 0x56, 255],
    })
    expect((await corner(signed('w=60&format=png&background=fff'))).corner).toEqual([255, 255, 255, 255])
    expect((await corner(`${image}/render?preset=framed`)).corner[3]).toBe(0)
    expect((await corner(`${image}/render?preset=dark`)).corner[3]).toBe(255)
    for (const level of (await corner(`${image}/render?preset=card`)).corner) expect(level).toBeGreaterThan(250)
  })

  it('lies on BACKGROUND as JPEG, stored and transformed', async () => {
    const { signed, get, image } = await setUp(sprite, { background: '#1040a0', encoders: 1 })
    for (const url of [`${image}/original.jpg`, signed('w=100&q=95')]) {
      const [red = 0, green = 0, blue = 0] = (await pixelsOf((await get(url)).bytes)).data
      for (const [level, expected] of [
        [red, 0x10],
        [green, 0x40],
        [blue, 0xa0],
      ] as const)
        expect(Math.abs(level - expected), url).toBeLessThan(4)
    }
  })

  it('is PNG for clients that accept neither AVIF nor WebP, and JPEG is for opaque ones', async () => {
    const { app, signed, get, image } = await setUp()
    const formats = async (url: string) => {
      const seen = []
      for (const accept of ['image/avif,image/webp,*/*', 'image/webp,*/*', '*/*', 'image/jpeg']) {
        const { format, headers } = await get(url, { accept })
        expect(headers.get('vary')).toBe('Accept')
        seen.push(format)
      }
      return seen
    }
    const kept = ['heif', 'webp', 'png', 'jpeg']
    for (const url of [
      `${image}?size=thumb&format=auto`,
      '/projects/game/thumbnail?format=auto',
      signed('w=60&format=auto'),
    ])
      expect(await formats(url), url).toEqual(kept)
    // From memory, too.
    expect(await formats(`${image}/render?preset=auto`)).toEqual(kept)
    expect(await formats(`${image}/render?preset=auto`)).toEqual(kept)
    expect(await formats(signed('w=60&format=auto&background=000'))).toEqual(['heif', 'webp', 'jpeg', 'jpeg'])
    const { image_id: photo } = await uploadTo(app, 'photos')
    expect(await formats(`/projects/photos/images/${photo}?size=thumb&format=auto`)).toEqual([
      'heif',
      'webp',
      'jpeg',
      'jpeg',
    ])
  })

  itInFolder('files', 'is not answered from renders that were made of its JPEG files', async () => {
    const { app, image, source, get, storageDir, image_id } = await setUp()
    const names = async () =>
      (await filesIn(join(storageDir, '.cache', 'game', image_id)).catch(() => [])).filter(
        (name) => !name.includes('.making'),
      )
    const { headers } = await get(`${image}/thumb.webp`)
    await expect.poll(names).toHaveLength(1)
    // As an earlier version, which knows no source, would make it on the same folder.
    const kept = await readFile(source)
    await rm(source)
    const earlier = await createTestApp({ storageDir })
    const opaque = await earlier.app.request(`${image}/thumb.webp`)
    expect(opaque.headers.get('etag')).not.toBe(headers.get('etag'))
    expect((await sharp(Buffer.from(await opaque.arrayBuffer())).metadata()).hasAlpha).toBe(false)
    await expect.poll(names).toHaveLength(2)
    await writeFile(source, kept)
    const later = await createTestApp({ storageDir })
    const response = await later.app.request(`${image}/thumb.webp`)
    expect((await sharp(Buffer.from(await response.arrayBuffer())).metadata()).hasAlpha).toBe(true)
    await app.request(image, { method: 'DELETE' })
    expect((await later.app.request(`${image}/original.png`)).status).toBe(404)
  })
})

describe('pixel art', () => {
  it('is exact at twice its size', async () => {
    const { signed, get } = await setUp(pixelArt())
    for (const format of ['png', 'webp']) {
      const { bytes } = await get(signed(`w=32&kernel=nearest&format=${format}`))
      expect(differenceOf(await pixelsOf(bytes), repeated(pixelArt(), 2)).max).toBe(0)
    }
  })
})

describe('an opaque picture without a source', () => {
  it('is made from its JPEG original in every format, also PNG, and has no use for a background', async () => {
    const { app } = await createTestApp({ signingKeys: KEYS })
    const { image_id } = await uploadTo(app, 'game')
    const image = `/projects/game/images/${image_id}`
    const get = async (url: string) => {
      const response = await app.request(url)
      const bytes = Buffer.from(await response.arrayBuffer())
      return { etag: response.headers.get('etag'), ...(await sharp(bytes).metadata()) }
    }
    expect(await get(`${image}/thumb.png`)).toMatchObject({ format: 'png', width: 400, height: 300, hasAlpha: false })
    expect(await get(`${image}/original.png`)).toMatchObject({ format: 'png', width: 640, height: 480 })
    expect(await get(`${image}/game.png`)).toMatchObject({ format: 'png', width: 50, height: 50 })
    const tagOf = async (query: string) => (await get(signUrl(`${image}/render?${query}`, { keys: KEYS }))).etag
    expect(await tagOf('w=60&background=123456')).toBe(await tagOf('w=60'))
    expect(await tagOf('w=60&h=60&fit=contain&background=fff')).toBe(await tagOf('w=60&h=60&fit=contain'))
    expect(await tagOf('w=60&format=png&q=10')).toBe(await tagOf('w=60&format=png'))
  })
})
