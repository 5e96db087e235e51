// Pictures as answers: the stored bytes, their headers, conditional requests, and files that are closed.

import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import type { Env } from '../../../src/http/context.ts'
import { deliver } from '../../../src/http/response/send-picture.ts'
import { openPlainFile } from '../../../src/stores/file/fs/no-follow.ts'
import { createTestApp, listen, problemOf, uploadTo } from '../../support/app.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { noise } from '../../support/pictures/pictures.ts'
import { storedVariant } from '../../support/store/here.ts'

/** A picture whose original takes several reads: noise does not compress. */
const largePhoto = () => noise(1200, 900, 60).jpeg({ quality: 95 }).toBuffer()

describe('GET /projects/{project_id}/images/{image_id}', () => {
  it('sends exactly the stored bytes of each size', async () => {
    const { app, storageDir } = await createTestApp()
    const { image_id, sizes } = await uploadTo(app, 'game', await largePhoto())
    for (const size of SIZES) {
      const response = await app.request(`/projects/game/images/${image_id}?size=${size}`)
      const bytes = Buffer.from(await response.arrayBuffer())
      const stored = await storedVariant(storageDir, 'game', image_id, size)
      expect(bytes.equals(stored), size).toBe(true)
      expect(bytes.length).toBe(sizes[size].bytes)
      expect(response.headers.get('content-length')).toBe(String(stored.length))
    }
  })

  it('sends the original where no size is named', async () => {
    const { app } = await createTestApp()
    const { image_id, sizes } = await uploadTo(app, 'game')
    const response = await app.request(`/projects/game/images/${image_id}`)
    expect((await response.arrayBuffer()).byteLength).toBe(sizes.original.bytes)
  })

  it('is immutable for caches, and executes nothing', async () => {
    const { app } = await createTestApp()
    const { image_id, sizes } = await uploadTo(app, 'game')
    const { headers } = await app.request(`/projects/game/images/${image_id}?size=thumb`)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'public, max-age=31536000, immutable',
      etag: `"${image_id}-thumb-${sizes.thumb.bytes}"`,
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
    })
    expect(Date.parse(headers.get('last-modified') ?? '')).toBeLessThanOrEqual(Date.now())
  })

  it('answers 304 to a matching ETag', async () => {
    const { app } = await createTestApp()
    const { image_id, sizes } = await uploadTo(app, 'game')
    const etag = `"${image_id}-game-${sizes.game.bytes}"`
    for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, `"other",${etag}`, '*']) {
      const headers = { 'If-None-Match': condition }
      const response = await app.request(`/projects/game/images/${image_id}?size=game`, { headers })
      expect([response.status, await response.text()], condition).toEqual([304, ''])
      expect(response.headers.get('etag')).toBe(etag)
      expect(response.headers.get('cache-control')).toContain('immutable')
      expect(response.headers.get('content-length')).toBeNull()
    }
  })

  it('sends the picture for another ETag', async () => {
    const { app } = await createTestApp()
    const { image_id, sizes } = await uploadTo(app, 'game')
    for (const other of [`"${image_id}-thumb-${sizes.thumb.bytes}"`, `"${image_id}-game-${sizes.game.bytes + 1}"`]) {
      const headers = { 'If-None-Match': other }
      expect((await app.request(`/projects/game/images/${image_id}?size=game`, { headers })).status).toBe(200)
    }
  })

  it('answers HEAD with the length and no body, over a socket too', async () => {
    const { app } = await createTestApp()
    const { image_id, sizes } = await uploadTo(app, 'game')
    const { url } = await listen(app)
    const response = await fetch(`${url}/projects/game/images/${image_id}`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-length')).toBe(String(sizes.original.bytes))
    expect(await response.text()).toBe('')
  })

  it('refuses an unknown size, and names the known ones', async () => {
    const { app } = await createTestApp()
    const { image_id } = await uploadTo(app, 'game')
    for (const size of ['huge', '', 'Original', '__proto__']) {
      const problem = await problemOf(app.request(`/projects/game/images/${image_id}?size=${size}`))
      expect(problem).toMatchObject({
        status: 400,
        code: 'invalid_parameter',
        field: 'size',
        expected: SIZES,
        received: size,
      })
    }
  })

  it.each(['size=thumb&size=game', 'size=thumb&size=thumb', 'format=jpeg&format=auto'])(
    'refuses %s rather than choose from it',
    async (query) => {
      const { app } = await createTestApp()
      const { image_id } = await uploadTo(app, 'game')
      const problem = await problemOf(app.request(`/projects/game/images/${image_id}?${query}`))
      const field = query.split('=')[0]
      expect(problem).toMatchObject({ status: 400, code: 'invalid_parameter', field, expected: 'it once' })
    },
  )

  it('answers 404 for an unknown or invalid id', async () => {
    const { app } = await createTestApp()
    await uploadTo(app, 'game')
    const ids = ['0'.repeat(20), 'short', 'UPPERCASEUPPERCASE00', '%2e%2e%2f%2e%2e%2fmeta', '0'.repeat(500), 'a%00b']
    for (const id of ids) {
      const problem = await problemOf(app.request(`/projects/game/images/${id}`))
      expect(problem, id).toMatchObject({ status: 404, code: 'image_not_found' })
      expect(problem.detail.length).toBeLessThan(200)
    }
  })
})

describe('GET /projects/{project_id}/thumbnail', () => {
  it('sends the thumb of the primary image, revalidated each time', async () => {
    const { app, storageDir } = await createTestApp()
    const first = await uploadTo(app, 'game')
    const second = await uploadTo(app, 'game')
    const cover = async (headers?: Record<string, string>) => app.request('/projects/game/thumbnail', { headers })
    const before = await cover()
    expect(before.headers.get('cache-control')).toBe('no-cache')
    const thumb = await storedVariant(storageDir, 'game', first.image_id, 'thumb')
    expect(Buffer.from(await before.arrayBuffer()).equals(thumb)).toBe(true)
    const condition = { 'If-None-Match': before.headers.get('etag') ?? '' }
    expect((await cover(condition)).status).toBe(304)
    await app.request(`/projects/game/primary/${second.image_id}`, { method: 'PUT' })
    const after = await cover(condition)
    expect([after.status, after.headers.get('etag')]).toEqual([
      200,
      `"${second.image_id}-thumb-${second.sizes.thumb.bytes}"`,
    ])
  })

  it('answers 404 without a project', async () => {
    const { app } = await createTestApp()
    expect(await problemOf(app.request('/projects/none/thumbnail'))).toMatchObject({ code: 'project_not_found' })
  })
})

describe('the file behind an answer', () => {
  const WHOLE = 1000
  const IN_PIECES = 1_000_000

  /** One file as an app, and the handle that its last answer was made from. */
  const oneFile = async (bytes: number) => {
    const path = join(await temporaryFolder(), 'file')
    await writeFile(path, '')
    await truncate(path, bytes)
    const opened: { fd: () => number; path: string } = { fd: () => NEVER, path }
    const source = {
      bytes,
      async open() {
        const file = await openPlainFile(path)
        if (!file) throw new Error('expected a file')
        opened.fd = () => file.handle.fd
        return { ...file, bytes }
      },
    }
    const delivery = { etag: '"tag"', modifiedMs: 0, cacheControl: 'no-cache', contentType: 'image/jpeg' }
    const app = new Hono<Env>().get('/', (c) => deliver(c, source, delivery))
    return { app, opened }
  }
  const CLOSED = -1
  const NEVER = -2

  it.each([WHOLE, IN_PIECES])('is closed once %i bytes were sent', async (bytes) => {
    const { app, opened } = await oneFile(bytes)
    const response = await app.request('/')
    expect((await response.arrayBuffer()).byteLength).toBe(bytes)
    expect(opened.fd()).toBe(CLOSED)
  })

  it('is not opened for HEAD, for 304 and for 412', async () => {
    const { app, opened } = await oneFile(IN_PIECES)
    const statuses = []
    for (const [name, value] of [
      ['Accept', '*/*'],
      ['If-None-Match', '"tag"'],
      ['If-Match', '"other"'],
    ] as const) {
      const response = await app.request('/', { method: 'HEAD', headers: { [name]: value } })
      statuses.push(response.status)
    }
    statuses.push((await app.request('/', { headers: { 'If-Modified-Since': new Date(0).toUTCString() } })).status)
    expect(statuses).toEqual([200, 304, 500, 304])
    expect(opened.fd()).toBe(NEVER)
  })

  it.each(['bytes=1000000-', 'bytes=-0'])('is closed after 416 for %s', async (range) => {
    const { app, opened } = await oneFile(IN_PIECES)
    await app.request('/', { headers: { Range: range } })
    expect(opened.fd()).toBe(CLOSED)
  })

  it.each(['bytes=10-19', 'bytes=10-899999'])('is closed once %s was sent', async (range) => {
    const { app, opened } = await oneFile(IN_PIECES)
    const response = await app.request('/', { headers: { Range: range } })
    expect(response.status).toBe(206)
    expect((await response.arrayBuffer()).byteLength).toBe(Number(response.headers.get('content-length')))
    expect(opened.fd()).toBe(CLOSED)
  })

  it('is closed when the client disconnects in the middle', async () => {
    const { app, opened } = await oneFile(50_000_000)
    const { url } = await listen(app)
    const gone = new AbortController()
    const response = await fetch(url, { signal: gone.signal })
    await response.body?.getReader().read()
    expect(opened.fd()).not.toBe(CLOSED)
    gone.abort()
    await expect.poll(() => opened.fd()).toBe(CLOSED)
  })

  it.each([WHOLE, IN_PIECES])(
    'of %i bytes is closed and the answer broken off where it was cut short',
    async (bytes) => {
      const { app, opened } = await oneFile(bytes)
      await truncate(opened.path, bytes / 2)
      const answer = async () => (await app.request('/')).arrayBuffer()
      app.onError((error) => {
        throw error
      })
      await expect(answer()).rejects.toThrow(`the file ends at byte ${bytes / 2}`)
      expect(opened.fd()).toBe(CLOSED)
    },
  )
})
