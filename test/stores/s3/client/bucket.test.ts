import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Bucket } from '../../../../src/stores/s3/client/bucket.ts'
import type { Attempt } from '../../../../src/stores/s3/client/transport.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { CEPH_KEYS, CEPH_STRANGER } from '../../../support/processes/ceph.mjs'
import { cephOptions, hasCeph, newBucket, openBucket } from '../../../support/s3/ceph.ts'
import { errorBody } from '../../../support/s3/memory-engine.mjs'
import { scripted } from '../../../support/s3/scripted.ts'

const textOf = async (bucket: Bucket, key: string, start: number, end: number): Promise<string> => {
  const pieces: Uint8Array[] = []
  for await (const piece of bucket.read(key, start, end)) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

describe.skipIf(!hasCeph)('a bucket of Ceph', () => {
  it('lets one of many writers of a key win', async () => {
    const { bucket } = await newBucket()
    const written = await Promise.all(Array.from({ length: 20 }, (_, n) => bucket.putNew('key', `writer ${n}`)))
    const winners = written.flatMap(({ isNew }, n) => (isNew ? [n] : []))
    expect(winners).toHaveLength(1)
    expect(await bucket.text('key')).toBe(`writer ${winners[0]}`)
    await bucket.put('key', 'replaced')
    expect(await bucket.text('key')).toBe('replaced')
  })

  it('stores text, bytes and files, and reads them whole and in ranges', async () => {
    const { bucket } = await newBucket({ prefix: 'a/prefix/' })
    const bytes = Buffer.alloc(300_000, 'abcdefgh')
    const path = join(await temporaryFolder(), 'file')
    await writeFile(path, bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await bucket.putNew('text', 'grün')
    await bucket.putNew('bytes', bytes)
    await bucket.putNew('file', { path, bytes: bytes.length, sha256 })
    await bucket.putNew('empty', '')
    expect(await bucket.text('text')).toBe('grün')
    expect(await bucket.text('empty')).toBe('')
    for (const key of ['bytes', 'file']) {
      expect(await bucket.text(key)).toBe(bytes.toString())
      expect(await textOf(bucket, key, 3, 9)).toBe('defgha')
      expect(await textOf(bucket, key, 299_999, 300_000)).toBe('h')
      await expect(textOf(bucket, key, 299_000, 300_001), 'a range behind the end').rejects.toThrow(/300000/)
    }
    await expect(textOf(bucket, 'none', 0, 1)).rejects.toThrow('none has no byte 0')
    expect(await textOf(bucket, 'empty', 0, 0)).toBe('')
  })

  it('refuses a file that is not the one that was announced', async () => {
    const { bucket } = await newBucket({ deadlineMs: 0 })
    const path = join(await temporaryFolder(), 'file')
    await writeFile(path, 'changed')
    await expect(bucket.putNew('file', { path, bytes: 7, sha256: 'a'.repeat(64) })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    expect(await bucket.text('file')).toBeUndefined()
  })

  it('finds the size and the date of an object by the clock of the engine', async () => {
    const { bucket } = await newBucket()
    const { dateMs } = await bucket.putNew('key', '12345')
    const { found, dateMs: laterMs } = await bucket.head('key')
    expect(found?.bytes).toBe(5)
    expect(Math.abs((found?.modifiedMs ?? 0) - dateMs)).toBeLessThanOrEqual(60_000)
    expect(laterMs).toBeGreaterThanOrEqual(dateMs)
    expect((await bucket.head('none')).found).toBeUndefined()
    expect(await bucket.text('none')).toBeUndefined()
  })

  it('removes objects, those that are gone too', async () => {
    const { bucket } = await newBucket()
    await bucket.putNew('key', 'text')
    await bucket.remove('key')
    await bucket.remove('key')
    expect(await bucket.text('key')).toBeUndefined()
  })

  it('lists keys of any characters in pages, below its prefix alone', async () => {
    const { bucket } = await newBucket({ prefix: 'p+ä/' })
    const outside = openBucket({ ...(await cephOptions()), bucket: bucket.bucket })
    await outside.put('p+b', 'outside')
    const keys = ["!a b+c'(d).json", 'f/1', 'f/2', 'f/g/3', 'ü&<">%2F*'].sort()
    for (const key of keys) await bucket.put(key, key)
    expect((await bucket.listAll('')).objects.map(({ key }) => key)).toEqual(keys)
    for (const key of keys) expect(await bucket.text(key)).toBe(key)
    expect((await bucket.listAll('f/')).objects.map(({ key, bytes }) => [key, bytes])).toEqual([
      ['f/1', 3],
      ['f/2', 3],
      ['f/g/3', 5],
    ])
    const first = await bucket.list({ prefix: 'f/', limit: 2 })
    expect([first.objects.map(({ key }) => key), first.next]).toEqual([['f/1', 'f/2'], expect.any(String)])
    const rest = await bucket.list({ prefix: 'f/', limit: 2, from: first.next })
    expect([rest.objects.map(({ key }) => key), rest.next]).toEqual([['f/g/3'], undefined])
    const folders = await bucket.list({ prefix: 'f/', delimiter: '/', after: 'f/1' })
    expect([folders.objects.map(({ key }) => key), folders.folders]).toEqual([['f/2'], ['f/g/']])
    expect((await outside.listAll('')).objects).toHaveLength(keys.length + 1)
  })

  it('lists more than a page to the end', async () => {
    const { bucket } = await newBucket()
    const keys = Array.from({ length: 1005 }, (_, n) => `k/${String(n).padStart(4, '0')}`)
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(keys.slice(at, at + 50).map((key) => bucket.put(key, '')))
    expect((await bucket.list({ prefix: 'k/' })).objects).toHaveLength(1000)
    expect((await bucket.listAll('k/')).objects.map(({ key }) => key)).toEqual(keys)
  })

  it('says what is wrong: a missing bucket, unknown keys, a wrong secret, missing rights', async () => {
    const options = await cephOptions()
    const missing = openBucket(options)
    const noBucket = `There is no bucket "${options.bucket}" at ${options.endpoint}; create it, or set S3_CREATE_BUCKET=true.`
    for (const tried of [() => missing.putNew('key', ''), () => missing.text('key'), () => missing.listAll('')])
      await expect(tried()).rejects.toMatchObject({ code: 'store_unavailable', message: noBucket })
    await missing.create()
    await missing.create()
    await missing.put('key', '')
    const by = (credentials: typeof CEPH_KEYS) =>
      openBucket({ ...options, credentials: () => Promise.resolve(credentials) })
    await expect(by({ ...CEPH_KEYS, accessKeyId: 'nobody' }).text('key')).rejects.toThrow(
      /does not accept the credentials \(InvalidAccessKeyId\); check AWS_ACCESS_KEY_ID/,
    )
    await expect(by({ ...CEPH_KEYS, secretAccessKey: 'wrong' }).put('key', '')).rejects.toThrow('SignatureDoesNotMatch')
    await expect(by(CEPH_STRANGER).put('other', '')).rejects.toThrow(
      `The credentials may not PUT other in the bucket "${options.bucket}" (AccessDenied).`,
    )
    await expect(by(CEPH_STRANGER).listAll('')).rejects.toThrow(/may not LIST/)
  })

  it('reports each attempt, for metrics', async () => {
    const attempts: Attempt[] = []
    const { bucket } = await newBucket({ onAttempt: (attempt) => void attempts.push(attempt) })
    await bucket.putNew('key', '12345')
    await bucket.text('none')
    expect(attempts.map(({ kind, status, sentBytes, isFirst }) => [kind, status, sentBytes, isFirst])).toEqual([
      ['bucket', 200, 0, true],
      ['put', 200, 5, true],
      ['get', 404, 0, true],
    ])
    for (const { seconds } of attempts) expect(seconds).toBeGreaterThan(0)
  })
})

describe('a bucket', () => {
  const failure = async (reply: Parameters<typeof scripted>[0]) => {
    const bucket = openBucket({ ...scripted(reply).options, deadlineMs: 0 })
    return bucket.putNew('key', 'text').then(
      () => 'no error',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    )
  }

  it('names the region that the engine names, by its error or its header', async () => {
    const line = 'The bucket "pictures" is in the region us-west-2, not in eu-west-1; set S3_REGION=us-west-2.'
    const body = errorBody('AuthorizationHeaderMalformed', '<Region>us-west-2</Region>')
    expect(await failure(() => ({ status: 400, body }))).toBe(line)
    expect(await failure(() => ({ status: 301, headers: { 'x-amz-bucket-region': 'us-west-2' } }))).toBe(line)
    expect(await failure(() => ({ status: 301, body: errorBody('PermanentRedirect') }))).toBe(
      'The bucket "pictures" is not in the region eu-west-1; set S3_REGION.',
    )
  })

  it('says by how much the clock is off', async () => {
    const body = errorBody('RequestTimeTooSkewed')
    const dateOf = (seconds: number) => ({ date: new Date(Date.now() + seconds * 1000).toUTCString() })
    expect(await failure(() => ({ status: 403, body, headers: dateOf(3600) }))).toMatch(
      /^The clock of this machine is (3599|3600) s behind that of http:\/\/engine.test; set it, for example by NTP.$/,
    )
    // Other engines only refuse the signature.
    expect(await failure(() => ({ status: 403, headers: dateOf(-1000) }))).toMatch(/ (1000|1001) s ahead of /)
  })

  it('tells a full bucket from missing rights', async () => {
    expect(await failure(() => ({ status: 403, body: errorBody('QuotaExceeded') }))).toBe(
      'The quota of the bucket "pictures" is used up (QuotaExceeded); raise it.',
    )
    expect(await failure(() => ({ status: 403, body: errorBody('AccessDenied') }))).toBe(
      'The credentials may not PUT key in the bucket "pictures" (AccessDenied).',
    )
  })

  it('makes the bucket in its region, and finds it made', async () => {
    const { received, options } = scripted((_, nth) => ({ status: nth === 1 ? 200 : 409 }))
    const bucket = openBucket(options)
    await bucket.create()
    await bucket.create()
    expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /pictures/', 'PUT /pictures/'])
    expect(received[0]?.body).toContain('<LocationConstraint>eu-west-1</LocationConstraint>')
  })

  it('reads on where a stream broke, and gives up where none brings a byte any more', async () => {
    const text = 'abcdefghij'
    const { received, options } = scripted(({ headers }) => {
      const [, start = 0, end = 0] = (/^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []).map(Number)
      return { status: 206, body: text.slice(start, end + 1), breaksAt: 4 }
    })
    expect(await textOf(openBucket(options), 'key', 0, 10)).toBe(text)
    expect(received.map(({ headers }) => headers.range)).toEqual(['bytes=0-9', 'bytes=4-9', 'bytes=8-9'])
    const silent = openBucket(scripted(() => ({ status: 206, body: text, breaksAt: 0 })).options)
    await expect(textOf(silent, 'key', 0, 10)).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
