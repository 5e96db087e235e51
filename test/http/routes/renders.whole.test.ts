// WebP, AVIF, transforms and presets over HTTP: made from the original, kept, and gone with their image.

import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { signUrl } from '../../../src/index.ts'
import { createTestApp, problemOf, uploadTo } from '../../support/app.ts'
import { filesIn } from '../../support/disk/folder.ts'
import { plain } from '../../support/pictures/pictures.ts'
import { everythingIn, itInFolder } from '../../support/store/here.ts'

const KEYS = ['a key for tests only, 123']
const PRESETS = 'card:w=80,h=60,fit=cover;best:w=80,format=auto'
const BROWSER = 'image/avif,image/webp,image/*,*/*;q=0.8'

/** Red left half, blue right half: 640 x 480. */
const halves = async () => {
  const right = await plain(320, 480, '#0000ff').png().toBuffer()
  return plain(640, 480, '#ff0000')
    .composite([{ input: right, left: 320, top: 0 }])
    .jpeg({ quality: 95 })
    .toBuffer()
}

const setUp = async (options: Parameters<typeof createTestApp>[0] = {}) => {
  const { app, storageDir } = await createTestApp({ signingKeys: KEYS, presets: PRESETS, ...options })
  const { image_id } = await uploadTo(app, 'game', await halves())
  const image = `/projects/game/images/${image_id}`
  const signed = (query: string) => signUrl(`${image}/render?${query}`, { keys: KEYS })
  const picture = async (url: string, headers?: Record<string, string>) => {
    const response = await app.request(url, { headers })
    const bytes = Buffer.from(await response.arrayBuffer())
    if (response.status !== 200) throw new Error(`${url} was answered ${response.status}: ${bytes}`)
    const { format, width, height } = await sharp(bytes).metadata()
    return { response, bytes, format, width, height }
  }
  /** But for the marks of what is being made, and the index of projects. */
  const cached = async () =>
    (await everythingIn(storageDir)).filter(
      (path) => path.startsWith('.cache/') && !path.endsWith('.making') && !path.startsWith('.cache/.catalogue/'),
    )
  /** Colour of one pixel, as red, green and blue. */
  const colourAt = async (bytes: Buffer, left: number, top: number) => [
    ...(await sharp(bytes).removeAlpha().extract({ left, top, width: 1, height: 1 }).raw().toBuffer()),
  ]
  return { app, storageDir, image, image_id, signed, picture, cached, colourAt }
}
const isRed = (colour: number[]) => (colour[0] ?? 0) > 200 && (colour[2] ?? 255) < 60
const isBlue = (colour: number[]) => (colour[2] ?? 0) > 200 && (colour[0] ?? 255) < 60

describe('a prefetched render', () => {
  it('exists before its first request, and is requested like any other', async () => {
    const { app, image, cached, picture } = await setUp({ prefetch: 'thumb.webp,best' })
    // AVIF and WebP for the preset that leaves it to the client.
    await expect.poll(cached, { timeout: 60_000 }).toHaveLength(3)
    expect((await picture(`${image}/thumb.webp`)).format).toBe('webp')
    expect((await picture(`${image}/render?preset=best`, { accept: BROWSER })).format).toBe('heif')
    expect(await cached()).toHaveLength(3)
    expect((await app.request(image, { method: 'DELETE' })).status).toBe(200)
    await expect.poll(cached).toEqual([])
  })

  it('is cancelled when the server closes, without remaining files', async () => {
    const { storageDir, close, app } = await createTestApp({ prefetch: 'original.avif,medium.avif,thumb.avif' })
    for (let number = 0; number < 3; number++) await uploadTo(app, 'game', await halves())
    await close()
    expect(await filesIn(join(storageDir, '.tmp'))).toEqual([])
  })
})

describe('a named size with another extension', () => {
  it('has the pixels of the stored variant and the type of its extension', async () => {
    const { image, picture, image_id } = await setUp()
    const sizes = { original: [640, 480], medium: [640, 480], thumb: [400, 300], game: [50, 50] }
    for (const [size, pixels] of Object.entries(sizes))
      for (const [extension, type, coded] of [
        ['webp', 'image/webp', 'webp'],
        ['avif', 'image/avif', 'heif'],
      ] as const) {
        const { response, format, width, height } = await picture(`${image}/${size}.${extension}`)
        expect([format, width, height]).toEqual([coded, ...pixels])
        expect(response.headers.get('content-type')).toBe(type)
        expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
        expect(response.headers.get('etag')).toContain(image_id)
        expect(response.headers.get('vary')).toBeNull()
      }
  })

  it('exists for the cover too, which follows the primary image', async () => {
    const { app, picture, image_id } = await setUp()
    const second = await uploadTo(app, 'game')
    const before = await picture('/projects/game/cover.webp?size=game')
    expect([before.format, before.width]).toEqual(['webp', 50])
    expect(before.response.headers.get('cache-control')).toBe('no-cache')
    expect(before.response.headers.get('etag')).toContain(image_id)
    await app.request(`/projects/game/primary/${second.image_id}`, { method: 'PUT' })
    const after = await picture('/projects/game/cover.webp?size=game')
    expect(after.response.headers.get('etag')).toContain(second.image_id)
    expect((await picture('/projects/game/cover.avif')).width).toBe(400)
  })
})

describe('?format=auto', () => {
  it('is negotiated by Accept, with Vary on every answer', async () => {
    const { app, image, picture } = await setUp()
    const formats = [
      [BROWSER, 'heif'],
      ['image/webp,*/*', 'webp'],
      ['*/*', 'jpeg'],
    ] as const
    for (const [accept, format] of formats)
      for (const url of [
        `${image}?size=thumb&format=auto`,
        `${image}/render?preset=best`,
        '/projects/game/thumbnail?format=auto',
      ]) {
        const { response, format: received } = await picture(url, { accept })
        expect([url, received, response.headers.get('vary')]).toEqual([url, format, 'Accept'])
        const etag = response.headers.get('etag') ?? ''
        const again = await app.request(url, { headers: { accept, 'if-none-match': etag } })
        expect([again.status, again.headers.get('vary')]).toEqual([304, 'Accept'])
      }
    const wrong = [
      `${image}?size=huge&format=auto`,
      `${image}/render?format=auto&w=10`,
      `${image}/render?format=auto&w=x`,
    ]
    const unknown = [
      `/projects/none/images/${'0'.repeat(20)}?format=auto`,
      '/projects/none/thumbnail?format=auto',
      '/projects/.none/thumbnail?format=auto',
      '/projects/game/images/none/render?format=auto&w=10',
      '/projects/game/images/none/render?preset=best',
    ]
    for (const url of [...wrong, ...unknown])
      expect((await problemOf(app.request(url))).response.headers.get('vary')).toBe('Accept')
  })

  it('does not change the plain URL, which is the stored JPEG for any Accept', async () => {
    const { image, picture } = await setUp()
    const plain = await picture(`${image}?size=thumb`, { accept: BROWSER })
    const chosen = await picture(`${image}?size=thumb&format=auto`, { accept: '*/*' })
    expect(plain.format).toBe('jpeg')
    expect(plain.response.headers.get('vary')).toBeNull()
    expect(chosen.bytes.equals(plain.bytes)).toBe(true)
  })
})

describe('a transform', () => {
  it('has exactly the requested pixels', async () => {
    const { signed, picture, colourAt } = await setUp()
    const cut = await picture(signed('w=100&h=300&position=left&format=webp'))
    expect([cut.format, cut.width, cut.height]).toEqual(['webp', 100, 300])
    expect(isRed(await colourAt(cut.bytes, 50, 150))).toBe(true)
    const focus = await picture(signed('w=100&h=300&position=0.9,0.5'))
    expect(isBlue(await colourAt(focus.bytes, 50, 150))).toBe(true)
    const contained = await picture(signed('w=200&h=200&fit=contain&background=00ff00&position=top'))
    expect([contained.width, contained.height]).toEqual([200, 200])
    expect((await colourAt(contained.bytes, 100, 190))[1]).toBeGreaterThan(240)
    expect(isRed(await colourAt(contained.bytes, 20, 20))).toBe(true)
    const within = await picture(signed('w=200&h=200&fit=inside'))
    expect([within.width, within.height]).toEqual([200, 150])
    for (const position of ['attention', 'entropy']) {
      const found = await picture(signed(`w=64&h=200&position=${position}`))
      expect([found.width, found.height]).toEqual([64, 200])
    }
  })

  it('keeps the hard edges of pixel art, enlarged up to 16 times', async () => {
    const { app, picture, colourAt } = await setUp()
    const dots = Buffer.from([255, 0, 0, 0, 0, 255])
    const sprite = await sharp(dots, { raw: { width: 2, height: 1, channels: 3 } })
      .png()
      .toBuffer()
    const { image_id } = await uploadTo(app, 'art', sprite)
    const url = signUrl(`/projects/art/images/${image_id}/render?w=100&kernel=nearest&q=100`, { keys: KEYS })
    const { bytes, width, height } = await picture(url)
    expect([width, height]).toEqual([32, 16])
    expect(isRed(await colourAt(bytes, 15, 8))).toBe(true)
    expect(isBlue(await colourAt(bytes, 16, 8))).toBe(true)
  })

  it('is made from the upright picture', async () => {
    const { app, picture, colourAt } = await setUp()
    const lying = await sharp(await halves())
      .withMetadata({ orientation: 6 })
      .toBuffer()
    const { image_id } = await uploadTo(app, 'turned', lying)
    const url = signUrl(`/projects/turned/images/${image_id}/render?w=48&h=64&position=top`, { keys: KEYS })
    const { bytes, width, height } = await picture(url)
    expect([width, height]).toEqual([48, 64])
    expect(isRed(await colourAt(bytes, 24, 10))).toBe(true)
    expect(isBlue(await colourAt(bytes, 24, 54))).toBe(true)
  })

  it('needs a valid signature that has not expired, or a preset', async () => {
    const { app, image, picture, signed } = await setUp()
    const code = async (url: string) => (await problemOf(app.request(url))).code
    expect(await code(`${image}/render?w=80`)).toBe('signature_required')
    expect(await code(signed('w=80').replace('w=80', 'w=81'))).toBe('signature_invalid')
    expect(await code(signUrl(`${image}/render?w=80`, { keys: KEYS, expiresAt: new Date(1000) }))).toBe(
      'signature_expired',
    )
    expect(await code(`${image}/render?preset=unknown`)).toBe('invalid_parameter')
    expect(await code(`${image}/render?preset=card&w=10`)).toBe('invalid_parameter')
    expect(await code(`${signed('w=80')}&w=80`)).toBe('invalid_parameter')
    const card = await picture(`${image}/render?preset=card`)
    expect([card.width, card.height, card.response.headers.get('cache-control')]).toEqual([
      80,
      60,
      'public, max-age=86400',
    ])
  })

  it('has its format as an extension too, with the bytes and validators of the query', async () => {
    const { app, image, signed, picture } = await setUp()
    for (const [format, extension] of [
      ['jpeg', 'jpg'],
      ['webp', 'webp'],
      ['avif', 'avif'],
    ]) {
      const first = await picture(signed(`w=80&format=${format}`))
      for (const url of [
        signUrl(`${image}/render.${extension}?w=80`, { keys: KEYS }),
        signed(`w=80&format=${format}`).replace('/render?', `/render.${extension}?`),
      ]) {
        const { bytes, response } = await picture(url)
        expect(bytes.equals(first.bytes), url).toBe(true)
        for (const name of ['etag', 'last-modified', 'content-type', 'cache-control'])
          expect(response.headers.get(name)).toBe(first.response.headers.get(name))
      }
    }
    expect((await picture(`${image}/render.webp?preset=card`)).format).toBe('webp')
    const { response, format } = await picture(`${image}/render.jpg?preset=best`, { accept: BROWSER })
    expect([format, response.headers.get('vary')], 'nothing is negotiated').toEqual(['jpeg', null])
    const code = async (url: string) => (await problemOf(app.request(url))).code
    expect(await code(signed('w=80').replace('/render?', '/render.gif?'))).toBe('route_not_found')
    expect(await code(`${image}/render.webp?w=80`)).toBe('signature_required')
    expect(await code(`${signed('w=80').replace('/render?', '/render.webp?')}&format=jpeg`)).toBe('invalid_parameter')
    expect((await app.request(`${image}/render.webp?preset=card`, { method: 'POST' })).status).toBe(405)
  })

  it('can be cached no longer than its URL is valid', async () => {
    const { image, picture } = await setUp()
    const url = signUrl(`${image}/render?w=80`, { keys: KEYS, expiresAt: new Date(Date.now() + 60_000) })
    for (const _ of ['made', 'from memory']) {
      const age = /^public, max-age=(\d+)$/.exec((await picture(url)).response.headers.get('cache-control') ?? '')?.[1]
      expect(Number(age)).toBeLessThanOrEqual(60)
      expect(Number(age)).toBeGreaterThan(30)
    }
  })

  it('is one file for all spellings, with the same bytes and validators each time', async () => {
    const { signed, picture, cached } = await setUp()
    const urls = [signed('w=80&h=60'), signed('h=60&w=80&fit=cover'), signed('w=40&h=30&dpr=2&q=80&format=jpg')]
    const [first, ...others] = await Promise.all(urls.map((url) => picture(url)))
    for (const other of others) {
      expect(other.bytes.equals(first?.bytes ?? Buffer.alloc(0))).toBe(true)
      expect(other.response.headers.get('etag')).toBe(first?.response.headers.get('etag'))
      expect(other.response.headers.get('last-modified')).toBe(first?.response.headers.get('last-modified'))
    }
    await expect.poll(cached).toHaveLength(1)
  })

  it('answers HEAD, Range and conditions as any picture', async () => {
    const { app, signed, picture } = await setUp()
    const url = signed('w=300&format=webp')
    const head = await app.request(url, { method: 'HEAD' })
    const { bytes } = await picture(url)
    expect(head.headers.get('content-length')).toBe(String(bytes.length))
    const part = await app.request(url, { headers: { range: 'bytes=10-19' } })
    expect([part.status, Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))]).toEqual([206, true])
  })

  it('is not made for a client with a matching ETag', async () => {
    const { app, signed, picture, cached } = await setUp()
    const url = signed('w=300')
    const etag = (await picture(url)).response.headers.get('etag') ?? ''
    await expect.poll(cached).toHaveLength(1)
    const another = signed('w=301')
    const other = await app.request(another, { headers: { 'if-none-match': '*' } })
    expect(other.status).toBe(304)
    expect((await app.request(url, { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect(await cached()).toHaveLength(1)
  })
})

describe('a cached render', () => {
  it('is removed with its image, and not served any more', async () => {
    const { app, image, picture, cached, signed } = await setUp()
    const urls = [`${image}/thumb.webp`, signed('w=80'), `${image}/render?preset=card`]
    for (const url of urls) await picture(url)
    await expect.poll(cached).toHaveLength(3)
    await app.request(image, { method: 'DELETE' })
    for (const url of urls) expect((await problemOf(app.request(url))).code).toBe('image_not_found')
    expect(await cached()).toEqual([])
  })

  it('is removed with its project', async () => {
    const { app, picture, image, cached } = await setUp()
    await picture(`${image}/thumb.webp`)
    await expect.poll(cached).toHaveLength(1)
    await app.request('/projects/game', { method: 'DELETE' })
    expect(await cached()).toEqual([])
  })

  it('is made again where the whole cache is deleted repeatedly under load', async () => {
    const { storageDir, picture, image } = await setUp({ cacheBytes: 0 })
    const first = (await picture(`${image}/game.webp`)).bytes
    let isOver = false
    const deleting = (async () => {
      while (!isOver) await rm(join(storageDir, '.cache'), { recursive: true, force: true, maxRetries: 5 })
    })()
    try {
      for (let round = 0; round < 15; round++) {
        const all = await Promise.all(Array.from({ length: 8 }, () => picture(`${image}/game.webp`)))
        for (const { bytes } of all) expect(bytes.equals(first)).toBe(true)
      }
    } finally {
      isOver = true
      await deleting
    }
  })

  it('is served without a cache of 0 bytes', async () => {
    const { picture, image, cached } = await setUp({ diskCacheBytes: 0, cacheBytes: 0 })
    for (const _ of [1, 2]) expect((await picture(`${image}/game.webp`)).width).toBe(50)
    expect(await cached()).toEqual([])
  })

  itInFolder('files', 'never changes stored files', async () => {
    const { storageDir, picture, image, image_id } = await setUp()
    const path = join(storageDir, 'projects', 'game', 'original', `${image_id}.jpg`)
    const before = await stat(path)
    await picture(`${image}/original.webp`)
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs)
    expect((await stat(path)).ino).toBe(before.ino)
  })
})
