// Crops that keep the focal point of an image in view, and the versions in their URLs.

import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { editedImageSchema, uploadSchema } from '../../../src/http/schemas/images/images.ts'
import { signUrl } from '../../../src/index.ts'
import { startHttpServer } from '../../../src/server/http-server.ts'
import { createTestApp, uploadTo } from '../../support/app.ts'
import { countedFast } from '../../support/load/counted-fast.ts'
import { plain } from '../../support/pictures/pictures.ts'
import { everythingIn, itInFolder, LONG_MEMORY } from '../../support/store/here.ts'
import { formOf } from '../../support/upload.ts'

const KEYS = ['a key for tests only, 123']
const PRESETS = 'card:w=40,h=90;focus:w=40,h=90,position=focal,format=auto;middle:w=40,h=90,position=center;wide:w=64'
const IMMUTABLE = 'public, max-age=31536000, immutable'
const LEFT = { x: 0.1, y: 0.5 }
const RIGHT = { x: 0.9, y: 0.5 }

/** Red, green and blue thirds: 360 x 90. */
const thirds = async () => {
  const input = async (colour: string) => plain(120, 90, colour).png().toBuffer()
  return plain(360, 90, '#ff0000')
    .composite([
      { input: await input('#00ff00'), left: 120, top: 0 },
      { input: await input('#0000ff'), left: 240, top: 0 },
    ])
    .jpeg({ quality: 95 })
    .toBuffer()
}

const setUp = async (options: Parameters<typeof createTestApp>[0] = {}) => {
  const tintype = await createTestApp({ ...LONG_MEMORY, signingKeys: KEYS, presets: PRESETS, ...options })
  const { image_id } = await uploadTo(tintype.app, 'game', await thirds())
  const counts = { fast: 0 }
  const server = await startHttpServer({
    fetch: tintype.app.fetch,
    host: '127.0.0.1',
    port: 0,
    requestTimeoutMs: 30_000,
    answerFast: countedFast(tintype.answerFast, () => {
      counts.fast++
    }),
  })
  onTestFinished(() => server.drain())
  const image = `/projects/game/images/${image_id}`
  const focus = async (focal_point: typeof LEFT | null) => {
    const response = await tintype.app.request(image, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ focal_point }),
    })
    expect(response.status).toBe(200)
    const { presets } = editedImageSchema.parse(await response.json())
    return (name: string) => presets[name] ?? expect.unreachable(`there is no preset ${name}`)
  }
  /** The middle of a picture by its colour, and its headers. */
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers })
    const bytes = Buffer.from(await response.arrayBuffer())
    const header = (name: string) => response.headers.get(name) ?? undefined
    return {
      status: response.status,
      caching: header('cache-control'),
      etag: header('etag') ?? '',
      modified: header('last-modified'),
      type: [header('content-type'), header('vary')],
      shows: response.status === 200 ? await middleOf(bytes) : undefined,
    }
  }
  const signed = (query: string) => signUrl(`${image}/render?${query}`, { keys: KEYS })
  return { ...tintype, image, focus, get, signed, counts }
}

const middleOf = async (bytes: Buffer) => {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * 3
  const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3)
  return ['left', 'centre', 'right'][[red, green, blue].indexOf(Math.max(red, green, blue))]
}

describe('a crop', () => {
  it('keeps the focal point in view: by default, and with position=focal', async () => {
    const { focus, get, signed, image } = await setUp()
    const urls = {
      default: signed('w=40&h=90'),
      focal: signed('w=40&h=90&position=focal'),
      card: `${image}/render?preset=card`,
      focus: `${image}/render?preset=focus`,
      middle: `${image}/render?preset=middle`,
      top: signed('w=40&h=90&position=right'),
      margins: signed('w=90&h=90&fit=contain'),
    }
    const shown = async () =>
      Object.fromEntries(
        await Promise.all(Object.entries(urls).map(async ([name, url]) => [name, (await get(url)).shows])),
      )
    const others = { middle: 'centre', top: 'right', margins: 'centre' }
    const all = (place: string) => ({ default: place, focal: place, card: place, focus: place, ...others })
    expect(await shown()).toEqual(all('centre'))
    await focus(LEFT)
    expect(await shown()).toEqual(all('left'))
    await focus(RIGHT)
    expect(await shown()).toEqual(all('right'))
    await focus(null)
    expect(await shown()).toEqual(all('centre'))
  })

  it('is immutable for the URLs in answers, which change with the point, and for no other', async () => {
    const { focus, get, image } = await setUp()
    const old = await focus({ x: 0.25, y: 0.75 })
    expect(old('middle').url).toBe(`${image}/render?preset=middle`)
    expect(old('wide').url).toBe(`${image}/render?preset=wide`)
    for (const name of ['card', 'focus'])
      for (const url of [old(name).url, old(name).file]) {
        expect(url).toMatch(/\?preset=\w+&v=0\.25,0\.75_[0-9a-f]{6}$/)
        expect(await get(url)).toMatchObject({ status: 200, caching: IMMUTABLE, shows: 'left' })
      }
    const presets = await focus(RIGHT)
    expect(presets('card').url).toContain('v=0.9,0.5_')
    expect(await get(presets('card').url)).toMatchObject({ caching: IMMUTABLE, shows: 'right' })
    expect(await get(old('card').url), 'the old URL').toMatchObject({ caching: 'no-cache', shows: 'right' })
    const none = await focus(null)
    expect(none('card').url).toBe(`${image}/render?preset=card`)
    expect(none('focus').url).toContain('&v=0.5,0.5_')
    expect(await get(none('card').url)).toMatchObject({ caching: 'public, max-age=86400', shows: 'centre' })
    expect(await get(none('focus').url)).toMatchObject({ caching: IMMUTABLE, shows: 'centre' })
  })

  itInFolder('files', 'has an entity tag and a date that change with the point', async () => {
    const { focus, get, signed, image, storageDir } = await setUp()
    const yesterday = new Date(Math.floor(Date.now() / 1000) * 1000 - 86_400_000)
    await utimes(join(storageDir, 'projects/game/original', `${image.split('/').at(-1)}.jpg`), yesterday, yesterday)
    const url = signed('w=40&h=90')
    const centre = await get(url)
    expect(centre.modified).toBe(yesterday.toUTCString())
    await focus(LEFT)
    const left = await get(url)
    expect(left.etag).not.toBe(centre.etag)
    expect((await get(url, { 'if-none-match': left.etag })).status).toBe(304)
    await focus(RIGHT)
    expect(await get(url, { 'if-none-match': left.etag })).toMatchObject({ status: 200, shows: 'right' })
    // A client that sends the date of the upload alone has an older picture.
    expect((await get(url, { 'if-modified-since': yesterday.toUTCString() })).status).toBe(200)
    await focus(null)
    expect((await get(url, { 'if-none-match': centre.etag })).status).toBe(304)
  })

  it('is answered from memory like by the app, in every state of the point', async () => {
    const { focus, get, signed, image, counts } = await setUp()
    for (const point of [null, LEFT, RIGHT, { x: 0.5, y: 0.5 }, null]) {
      const presets = await focus(point)
      const query = point ? `&v=${point.x},${point.y}` : ''
      const urls = [presets('card').url, presets('focus').file, presets('middle').url, signed(`w=41&h=90${query}`)]
      for (const url of urls) {
        const first = await get(url)
        const before = counts.fast
        expect([point, url, await get(url)]).toEqual([point, url, first])
        expect([point, url, counts.fast]).toEqual([point, url, before + 1])
      }
      // A picture to revalidate comes from the app.
      for (const url of [signed('w=41&h=90&v=0.7,0.7'), `${image}/render?preset=focus`]) {
        const first = await get(url)
        expect(first).toMatchObject({ status: 200, caching: 'no-cache' })
        // Its date is that of the change only once the second of the change has ended.
        expect(await get(url)).toEqual({ ...first, modified: expect.stringMatching(/ GMT$/) })
      }
    }
  })

  it('is prefetched around the point of the image', async () => {
    const { app, storageDir } = await createTestApp({ presets: PRESETS, prefetch: 'card' })
    const body = formOf(await thirds())
    body.append('focal_point', '0.9,0.5')
    const uploaded = await app.request('/projects/game/images', { method: 'POST', body })
    const { presets } = uploadSchema.parse(await uploaded.json())
    const renders = async () =>
      (await everythingIn(storageDir)).filter((path) => path.includes('.cache') && path.endsWith('.jpg'))
    await expect.poll(renders, { timeout: 60_000 }).toHaveLength(1)
    const card = await app.request(presets.card?.url ?? '')
    expect(await middleOf(Buffer.from(await card.arrayBuffer()))).toBe('right')
    expect(await renders()).toHaveLength(1)
  })

  it('of an asset keeps the focal point of its image in view', async () => {
    const { app } = await createTestApp({ presets: PRESETS })
    const body = formOf(await thirds())
    body.append('focal_point', '0.1,0.5')
    expect((await app.request('/projects/game/assets/hero', { method: 'PUT', body })).status).toBe(201)
    for (const [preset, place] of [
      ['card', 'left'],
      ['middle', 'centre'],
    ]) {
      const response = await app.request(`/projects/game/assets/hero/render?preset=${preset}`)
      expect(response.headers.get('cache-control')).toBe('no-cache')
      expect(await middleOf(Buffer.from(await response.arrayBuffer()))).toBe(place)
    }
  })
})
