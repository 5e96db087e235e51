// Originals by a redirect to the bucket: authorized here, and read there without credentials.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { signUrl, type TintypeOptions } from '../../src/index.ts'
import { startHttpServer } from '../../src/server/http-server.ts'
import { listen, problemOf, uploadTo } from '../support/app.ts'
import { countedFast } from '../support/load/counted-fast.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { openBucketApp, sharedBucket } from '../support/s3/app.ts'
import { hasCeph } from '../support/s3/ceph.ts'
import { formOf } from '../support/upload.ts'

const KEY = 'a-key-for-this-test-alone'
const SIGNING_KEY = 'a signing key for this test'
const WITH_KEY = { 'x-api-key': KEY }

/** One image with a name, on a server that redirects; and the bytes of its original. */
const setUp = async (changed: TintypeOptions = {}) => {
  const bucket = await sharedBucket()
  const options = { ...bucket, apiKeys: [KEY], signingKeys: [SIGNING_KEY] }
  const plain = await openBucketApp(options)
  const put = { method: 'PUT', body: formOf(await smallPhoto()), headers: WITH_KEY }
  const { id } = idOf(await (await plain.app.request('/projects/shop/assets/hero', put)).json())
  const original = Buffer.from(await (await plain.app.request(`/projects/shop/images/${id}`)).arrayBuffer())
  const tintype = await openBucketApp({ ...options, redirectToBucket: true, ...changed })
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    tintype.app.request(path, { method, headers })
  return {
    ...tintype,
    plain,
    options,
    get,
    image: `/projects/shop/images/${id}`,
    original,
    origin: bucket.s3Endpoint ?? '',
  }
}

const idOf = (uploaded: unknown): { id: string } => {
  if (typeof uploaded !== 'object' || uploaded === null || !('image_id' in uploaded)) throw new Error('no image')
  return { id: String(uploaded.image_id) }
}

const locationOf = (response: Response): URL => new URL(response.headers.get('location') ?? '')

const secondsOf = (url: URL): number => Number(url.searchParams.get('X-Amz-Expires'))

const hide = async ({ app }: Pick<Awaited<ReturnType<typeof setUp>>, 'app'>): Promise<void> => {
  const headers = { ...WITH_KEY, 'content-type': 'application/json' }
  const body = JSON.stringify({ visibility: 'private' })
  expect((await app.request('/projects/shop', { method: 'PATCH', headers, body })).status).toBe(200)
}

describe.skipIf(!hasCeph)('an original with REDIRECT_TO_BUCKET', () => {
  it('is at a URL of the bucket that needs no credentials, by every route', async () => {
    const { get, image, original, origin } = await setUp()
    for (const [path, caching] of [
      [image, 'private, max-age=30'],
      [`${image}?size=original`, 'private, max-age=30'],
      [`${image}/original.jpg`, 'private, max-age=30'],
      ['/projects/shop/cover.jpg?size=original', 'private, no-cache'],
      ['/projects/shop/assets/hero.jpg?size=original', 'private, no-cache'],
    ] as const) {
      const response = await get(path)
      const { headers } = response
      expect([path, response.status, headers.get('cache-control')]).toEqual([path, 302, caching])
      expect([headers.get('etag'), headers.get('last-modified')]).toEqual([null, null])
      expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
      const url = locationOf(response)
      expect([url.origin, secondsOf(url)]).toEqual([origin, 60])

      const picture = await fetch(url)
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
      expect(picture.headers.get('cache-control')).toMatch(
        caching === 'private, no-cache' ? /^no-cache$/ : /immutable$/,
      )
      expect(Buffer.from(await picture.arrayBuffer()).equals(original)).toBe(true)
    }
  })

  it('is described by HEAD, and sent in parts', async () => {
    const { get, image, original } = await setUp()
    const head = await get(image, {}, 'HEAD')
    expect(head.status).toBe(302)
    const described = await fetch(locationOf(head), { method: 'HEAD' })
    expect([described.status, described.headers.get('content-length')]).toEqual([200, String(original.length)])
    const range = { range: 'bytes=10-19' }
    const part = await fetch(locationOf(await get(image, range)), { headers: range })
    expect(part.status).toBe(206)
    expect(Buffer.from(await part.arrayBuffer()).equals(original.subarray(10, 20))).toBe(true)
  })

  it('is sent by the server under conditions that the bucket would evaluate by its own tag and date', async () => {
    const { get, plain, image, original } = await setUp()
    const etag = (await plain.app.request(image)).headers.get('etag') ?? ''
    for (const [headers, status] of [
      [{ 'if-none-match': etag }, 304],
      [{ 'if-none-match': '"another"' }, 302],
      [{ 'if-match': etag }, 200],
      [{ 'if-match': '"another"' }, 412],
      [{ 'if-modified-since': 'Thu, 01 Jan 2015 00:00:00 GMT' }, 200],
      [{ 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }, 304],
      [{ 'if-unmodified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }, 200],
      [{ range: 'bytes=0-9', 'if-range': etag }, 206],
      [{ range: 'bytes=0-9', 'if-range': '"another"' }, 200],
    ] as [Record<string, string>, number][]) {
      const response = await get(image, headers)
      expect([headers, response.status]).toEqual([headers, status])
      if (status === 200) expect(Buffer.from(await response.arrayBuffer()).equals(original)).toBe(true)
    }
  })

  it('is no other variant and no render', async () => {
    const { get, image } = await setUp({ presets: 'whole:w=640' })
    for (const path of [
      `${image}?size=thumb`,
      `${image}/medium.jpg`,
      `${image}?size=original&format=webp`,
      `${image}/original.webp`,
      `${image}/render?preset=whole`,
      '/projects/shop/thumbnail',
      '/projects/shop/cover.jpg',
      '/projects/shop/assets/hero.webp?size=original',
    ]) {
      const response = await get(path)
      expect([path, response.status, response.headers.get('location')]).toEqual([path, 200, null])
    }
  })

  it('of a private project has no URL for a stranger, and one that ends with the access for others', async () => {
    const { app, get, image, original } = await setUp()
    await hide({ app })
    const soon = new Date(Date.now() + 20_000)
    const later = new Date(Date.now() + 3_600_000)
    for (const path of [image, `${image}/original.jpg`, '/projects/shop/cover.jpg?size=original']) {
      const { response, code } = await problemOf(get(path))
      expect([path, code, response.headers.get('location')]).toEqual([path, 'project_not_found', null])
      const own = await get(path, WITH_KEY)
      expect([own.status, own.headers.get('cache-control')]).toEqual([302, 'private, no-cache'])
      expect(secondsOf(locationOf(own))).toBe(60)
      expect(Buffer.from(await (await fetch(locationOf(own))).arrayBuffer()).equals(original)).toBe(true)
      const [short, long] = [soon, later].map((expiresAt) => signUrl(path, { keys: [SIGNING_KEY], expiresAt }))
      expect(secondsOf(locationOf(await get(short ?? '')))).toBeLessThanOrEqual(20)
      expect(secondsOf(locationOf(await get(long ?? '')))).toBe(60)
    }
  })

  it('is not found by a URL of a deleted image, or of one that is not there', async () => {
    const { get, image } = await setUp()
    const url = locationOf(await get(image))
    expect((await get(image, WITH_KEY, 'DELETE')).status).toBeLessThan(300)
    expect((await problemOf(get(image))).code).toBe('image_not_found')
    await vi.waitUntil(async () => (await fetch(url)).status === 404, { timeout: 60_000, interval: 100 })
    expect((await problemOf(get(`/projects/shop/images/${'0'.repeat(20)}`))).code).toBe('image_not_found')
  })

  it('is redirected by a server that may only read', async () => {
    const { get, image, original } = await setUp({ readOnly: true })
    const picture = await fetch(locationOf(await get(image)))
    expect(Buffer.from(await picture.arrayBuffer()).equals(original)).toBe(true)
  })

  it('is read by a client that follows, whose credentials stay here', async () => {
    const { app, image, original } = await setUp()
    await hide({ app })
    const { url } = await listen(app)
    // The engine refuses a request that has a signature and credentials besides.
    const picture = await fetch(url + image, { headers: { authorization: `Bearer ${KEY}` } })
    expect([picture.status, picture.redirected]).toEqual([200, true])
    expect(Buffer.from(await picture.arrayBuffer()).equals(original)).toBe(true)
  })

  it('is redirected although the fast path has it in memory', async () => {
    const { app, answerFast, get, image } = await setUp()
    let fast = 0
    const options = { fetch: app.fetch, host: '127.0.0.1', port: 0, requestTimeoutMs: 30_000 }
    const server = await startHttpServer({ ...options, answerFast: countedFast(answerFast, () => fast++) })
    onTestFinished(() => server.drain())
    const answer = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: 'manual' })
    // A condition makes the app read it.
    expect((await get(image, { 'if-match': '*' })).status).toBe(200)
    for (const path of [image, `${image}/original.jpg`, '/projects/shop/cover.jpg?size=original'])
      expect([path, (await answer(path)).status]).toEqual([path, 302])
    expect(fast).toBe(0)
    for (let n = 0; n < 3; n++) expect((await answer(`${image}?size=thumb`)).status).toBe(200)
    expect(fast).toBeGreaterThan(0)
  })

  it('may be loaded by the pages of this server', async () => {
    const { get, plain, origin } = await setUp({ gallery: true })
    const policyOf = (response: Response) => response.headers.get('content-security-policy') ?? ''
    const page = policyOf(await get('/g/shop'))
    expect(page).toContain(`; img-src 'self' ${origin} data: blob:; connect-src 'self' ${origin};`)
    expect(policyOf(await get('/docs'))).toContain(`; connect-src 'self' ${origin};`)
    expect(policyOf(await plain.app.request('/docs'))).not.toContain(origin)
  })
})

describe.skipIf(!hasCeph)('without REDIRECT_TO_BUCKET', () => {
  it('originals are sent by the server', async () => {
    const { app } = await openBucketApp(await sharedBucket())
    const { image_id: id } = await uploadTo(app, 'shop')
    expect((await app.request(`/projects/shop/images/${id}`)).status).toBe(200)
  })
})
