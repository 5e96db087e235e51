// URLs of a bucket that need no credentials: what they allow, and when they end.

import { describe, expect, it, vi } from 'vitest'
import { hasCeph, newBucket, openBucket } from '../../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../../support/s3/engine.ts'

const READ = {
  method: 'GET',
  seconds: 60,
  contentType: 'image/jpeg',
  cacheControl: 'private, max-age=1, immutable',
} as const

describe.skipIf(!hasCeph)('a presigned URL', () => {
  it('gives the object, with the headers that were signed', async () => {
    const { bucket } = await newBucket({ prefix: 'a store/!b (c)/' })
    await bucket.put('projects/!shop/a b+c.jpg', 'the picture')
    const url = await bucket.presign('projects/!shop/a b+c.jpg', READ)
    expect(new URL(url).origin).toBe(bucket.origin)
    const answer = await fetch(url)
    expect([answer.status, await answer.text()]).toEqual([200, 'the picture'])
    expect(answer.headers.get('content-type')).toBe(READ.contentType)
    expect(answer.headers.get('cache-control')).toBe(READ.cacheControl)
  })

  it('is for its object, its method and its headers alone', async () => {
    const { bucket } = await newBucket()
    await bucket.put('one', 'first')
    await bucket.put('two', 'second')
    const url = await bucket.presign('one', READ)
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(url.replace('/one?', '/two?'))).status).toBe(403)
    expect((await fetch(url.replace('image%2Fjpeg', 'text%2Fhtml'))).status).toBe(403)
    expect((await fetch(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).status).toBe(403)
    for (const method of ['HEAD', 'DELETE']) expect((await fetch(url, { method })).status, method).toBe(403)
    expect((await fetch(url, { method: 'PUT', body: 'other' })).status).toBe(403)
    const head = await bucket.presign('one', { ...READ, method: 'HEAD' })
    expect((await fetch(head, { method: 'HEAD' })).status).toBe(200)
    expect(await bucket.text('one')).toBe('first')
  })

  it('ends', async () => {
    const { bucket } = await newBucket()
    await bucket.put('one', 'first')
    const url = await bucket.presign('one', { ...READ, seconds: 1 })
    await vi.waitUntil(async () => (await fetch(url)).status === 403, { timeout: 60_000, interval: 100 })
  })
})

describe('the date of a presigned URL', () => {
  it('is by the clock of the engine', async () => {
    const engine = await startMemoryEngine()
    const bucket = openBucket(memoryOptions(engine.endpoint))
    engine.advance(10 * 3_600_000)
    await bucket.put('one', 'first')
    const url = new URL(await bucket.presign('one', READ))
    const [, day, hour, minute, second] =
      /^(\d{8})T(\d\d)(\d\d)(\d\d)Z$/.exec(url.searchParams.get('X-Amz-Date') ?? '') ?? []
    const date = `${day?.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')}T${hour}:${minute}:${second}Z`
    const { dateMs } = await bucket.head('one')
    expect(Date.parse(date)).toBeGreaterThan(Date.now() + 9 * 3_600_000)
    expect(Date.parse(date)).toBeLessThanOrEqual(dateMs + 1000)
  })

  it('has the token of temporary credentials beside it', async () => {
    const credentials = () =>
      Promise.resolve({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'a token+/=' })
    const bucket = openBucket({ bucket: 'pictures', region: 'eu-west-1', credentials, prefix: 'store/' })
    const url = new URL(await bucket.presign('one', READ))
    expect(url.host).toBe('pictures.s3.eu-west-1.amazonaws.com')
    expect(url.pathname).toBe('/store/one')
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe('a token+/=')
    expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^key\/\d{8}\/eu-west-1\/s3\/aws4_request$/)
  })
})
