import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { openBucket } from '../../../support/s3/ceph.ts'
import { errorBody } from '../../../support/s3/memory-engine.mjs'
import { lost, type Reply, scripted } from '../../../support/s3/scripted.ts'

describe('requests to a bucket', () => {
  it.each([500, 502, 503, 429, 409])('are repeated with the same bytes after %i', async (status) => {
    const { received, options } = scripted((_, nth) => ({ status: nth < 4 ? status : 200 }))
    expect(await openBucket(options).putNew('key', 'text')).toMatchObject({ isNew: true })
    expect(received).toHaveLength(4)
    for (const { method, path, body, headers } of received)
      expect([method, path, body, headers['if-none-match']]).toEqual(['PUT', '/pictures/key', 'text', '*'])
  })

  it.each([400, 403, 404, 411])('are not repeated after %i', async (status) => {
    const { received, options } = scripted(() => ({ status, body: errorBody('Refused') }))
    await expect(openBucket(options).putNew('key', '')).rejects.toThrow('Refused')
    expect(received).toHaveLength(1)
  })

  it('are repeated where the answer was lost, so that an own write is found taken', async () => {
    const taken = new Set<string>()
    const { options } = scripted(({ path }, nth) => {
      const status = taken.has(path) ? 412 : 200
      taken.add(path)
      if (nth === 1) throw lost()
      return { status }
    })
    expect(await openBucket(options).putNew('key', 'text')).toMatchObject({ isNew: false })
  })

  it('end at the deadline with an error of the store, which has the last failure as its cause', async () => {
    const { options } = scripted(() => {
      throw lost('UND_ERR_HEADERS_TIMEOUT')
    })
    await expect(openBucket({ ...options, deadlineMs: 20 }).text('key')).rejects.toMatchObject({
      code: 'store_unavailable',
      retryAfterSeconds: 5,
      message: 'The bucket cannot be reached at http://engine.test (UND_ERR_HEADERS_TIMEOUT).',
      cause: { code: 'UND_ERR_HEADERS_TIMEOUT' },
    })
    const slow: Reply = { status: 503, body: errorBody('SlowDown') }
    await expect(openBucket({ ...scripted(() => slow).options, deadlineMs: 20 }).text('key')).rejects.toThrow(
      'The bucket "pictures" cannot be used now: 503 SlowDown.',
    )
  })

  it('are signed for the region, with the session token of temporary credentials', async () => {
    const { received, options } = scripted(() => ({ status: 200 }))
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' }
    await openBucket({ ...options, credentials: () => Promise.resolve(credentials) }).put('key', 'text')
    const { authorization, ...headers } = received[0]?.headers ?? {}
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=key\/\d{8}\/eu-west-1\/s3\/aws4_request, /)
    expect(authorization).toContain('x-amz-content-sha256;x-amz-date;x-amz-security-token')
    expect(headers).toMatchObject({
      'x-amz-security-token': 'token',
      'x-amz-content-sha256': '982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1',
      'content-length': '4',
    })
  })

  it('take new credentials for each attempt, since old ones expire', async () => {
    const { received, options } = scripted((_, nth) => ({ status: nth === 1 ? 503 : 200 }))
    let nth = 0
    const credentials = () => Promise.resolve({ accessKeyId: `key${++nth}`, secretAccessKey: 'secret' })
    await openBucket({ ...options, credentials }).put('key', '')
    expect(received.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1])).toEqual([
      'key1',
      'key2',
    ])
  })

  it('fail at once where the file of the body is gone', async () => {
    const { received, options } = scripted(() => ({ status: 200 }))
    const body = { path: join(await temporaryFolder(), 'none'), bytes: 4, sha256: '0'.repeat(64) }
    await expect(openBucket(options).put('key', body)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(received).toHaveLength(0)
  })
})
