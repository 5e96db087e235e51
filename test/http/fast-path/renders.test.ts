// What is made from originals, in front of the app: the app's own answers.

import { describe, expect, it, onTestFinished } from 'vitest'
import { signUrl } from '../../../src/index.ts'
import { startHttpServer } from '../../../src/server/http-server.ts'
import { createTestApp, uploadTo } from '../../support/app.ts'
import { countedFast } from '../../support/load/counted-fast.ts'
import { softSprite, toPng } from '../../support/pictures/sprites.ts'
import { LONG_MEMORY } from '../../support/store/here.ts'

const KEYS = ['a key for tests only, 123']

const setUp = async () => {
  const tintype = await createTestApp({
    ...LONG_MEMORY,
    signingKeys: KEYS,
    presets: 'card:w=80,h=60;best:w=80,format=auto',
  })
  const { image_id } = await uploadTo(tintype.app, 'Game')
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
  const image = `/projects/Game/images/${image_id}`
  const answer = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers })
    const { date: _, 'x-request-id': ____, ...named } = Object.fromEntries(response.headers)
    const { connection: __, 'keep-alive': ___, ...compared } = named
    return {
      status: response.status,
      headers: compared,
      body: Buffer.from(await response.arrayBuffer()).toString('hex'),
    }
  }
  return { ...tintype, image, counts, answer }
}

describe('the fast path', () => {
  it('answers a repeated transform, preset and format like the first time', async () => {
    const { image, counts, answer } = await setUp()
    const urls = [
      signUrl(`${image}/render?w=90&h=70&format=webp`, { keys: KEYS }),
      signUrl(`${image}/render.webp?w=95&h=70`, { keys: KEYS }),
      `${image}/render?preset=card`,
      `${image}/render.avif?preset=card`,
      `${image}/render.jpg?preset=best`,
      `${image}/thumb.webp`,
      `${image}/game.avif`,
    ]
    for (const url of urls) {
      const first = await answer(url)
      expect([url, first.status, counts.fast]).toEqual([url, 200, 0])
      expect(await answer(url)).toEqual(first)
      expect(counts.fast).toBe(1)
      const condition = { 'if-none-match': first.headers.etag ?? '' }
      const known = await answer(url, condition)
      expect([known.status, known.headers.etag, counts.fast]).toEqual([304, first.headers.etag, 2])
      counts.fast = 0
    }
  })

  it('negotiates the format for each client, with Vary', async () => {
    const { image, counts, answer } = await setUp()
    const url = `${image}/render?preset=best`
    for (const accept of ['image/avif', 'image/webp', '*/*', 'image/webp', 'image/avif', '*/*']) {
      const { headers } = await answer(url, { accept })
      expect(headers['content-type']).toBe(accept === '*/*' ? 'image/jpeg' : accept)
      expect(headers.vary).toBe('Accept')
    }
    expect(counts.fast).toBe(3)
  })

  it('leaves to the app an extension that is unknown, or of another format than the query', async () => {
    const { image, counts, answer } = await setUp()
    const signed = signUrl(`${image}/render?w=90&format=webp`, { keys: KEYS })
    for (const [url, status] of [
      [signed.replace('/render?', '/render.webp?'), 200],
      [signed.replace('/render?', '/render.avif?'), 400],
      [signed.replace('/render?', '/render.gif?'), 404],
      [signed.replace('/render?', '/render.jpeg?'), 404],
      [signed.replace('/render?', '/render.?'), 404],
    ] as const) {
      const first = await answer(url)
      expect([url, first.status, counts.fast]).toEqual([url, status, 0])
      expect((await answer(url)).status).toBe(status)
      expect(counts.fast).toBe(status === 200 ? 1 : 0)
      counts.fast = 0
    }
  })

  it('answers a transparent picture in the format of each client, and its source, like the first time', async () => {
    const { app, counts, answer } = await setUp()
    const { image_id } = await uploadTo(app, 'sprites', await toPng(softSprite(64)))
    const image = `/projects/sprites/images/${image_id}`
    const seen = async (url: string, accept = '*/*') => {
      const first = await answer(url, { accept })
      const before = counts.fast
      expect(await answer(url, { accept })).toEqual(first)
      expect(counts.fast, url).toBe(before + 1)
      return first.headers['content-type']
    }
    for (const accept of ['image/avif', 'image/webp', '*/*', 'image/jpeg'])
      expect(await seen(`${image}/render?preset=best`, accept)).toBe(accept === '*/*' ? 'image/png' : accept)
    for (const name of ['original.png', 'game.png', 'render.png?preset=card'])
      expect(await seen(`${image}/${name}`)).toBe('image/png')
  })

  it('answers no deleted image, and no expired signature', async () => {
    const { app, image, answer } = await setUp()
    const url = signUrl(`${image}/render?w=90`, { keys: KEYS, expiresAt: new Date(Date.now() + 2500) })
    for (const _ of ['made', 'from memory']) expect((await answer(url)).status).toBe(200)
    await expect.poll(async () => (await answer(url)).status, { timeout: 60_000 }).toBe(403)
    for (const _ of ['made', 'from memory']) expect((await answer(`${image}/thumb.webp`)).status).toBe(200)
    await app.request(image, { method: 'DELETE' })
    expect((await answer(`${image}/thumb.webp`)).status).toBe(404)
  })
})
