// A store in a bucket that is only read: by READ_ONLY, or because the credentials may not write.

import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AwsV4Signer } from 'aws4fetch'
import { describe, expect, it } from 'vitest'
import { signedInSchema } from '../../src/http/schemas/accounts.ts'
import type { TintypeOptions } from '../../src/index.ts'
import { createPaths } from '../../src/stores/file/paths.ts'
import { openApp, problemOf, type TestApp, uploadTo } from '../support/app.ts'
import { filesIn, temporaryFolder } from '../support/disk/folder.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { CEPH_KEYS, CEPH_STRANGER } from '../support/processes/ceph.mjs'
import { serve } from '../support/processes/tintype.ts'
import { openBucketApp, sharedBucket } from '../support/s3/app.ts'
import { hasCeph, openBucket } from '../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../support/s3/engine.ts'
import { formOf } from '../support/upload.ts'

const ADA = { email: 'ada@example.org', password: 'correct horse battery' }
const STORE = 's3://pictures/store'
/** Longer than hints of changes are kept, and shorter than clocks may differ. */
const HINTS_KEPT_MS = 700_000

const sent = (method: string, body: object) => ({
  method,
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json' },
})

const startEngine = async () => {
  const engine = await startMemoryEngine()
  const options: TintypeOptions = {
    ...{ store: STORE, s3Endpoint: engine.endpoint, s3Credentials: CEPH_KEYS, staleSeconds: 1 },
    ...{ presets: 'card:w=20', registration: 'open', auth: 'none' },
  }
  return { engine, options, bucket: openBucket({ ...memoryOptions(engine.endpoint), prefix: 'store/' }) }
}

/** A bucket with an image, a session, old hints of changes and the folder of a dead process beside it. */
const setUp = async () => {
  const { engine, options, bucket } = await startEngine()
  const writing = await openApp(undefined, { ...options, bucketCacheDir: await temporaryFolder() })
  const { image_id: imageId } = await uploadTo(writing.app, 'shop', await smallPhoto())
  const signedIn = signedInSchema.parse(await (await writing.app.request('/auth/register', sent('POST', ADA))).json())
  await writing.close()
  await bucket.put('.changes/other-1', 'shop\n')
  engine.advance(HINTS_KEPT_MS)
  const bucketCacheDir = await temporaryFolder()
  const dead = join(createPaths(bucketCacheDir).tmp, 'deadowner000')
  await mkdir(dead, { recursive: true })
  await writeFile(join(dead, 'owner.json'), '')
  // Silent for long.
  await utimes(join(dead, 'owner.json'), 0, 0)
  const image = `/projects/shop/images/${imageId}`
  return { engine, bucket, options: { ...options, bucketCacheDir }, imageId, image, signedIn }
}

const open = async (options: TintypeOptions): Promise<TestApp> => openBucketApp(options)

const expectReads = async ({ app }: Pick<TestApp, 'app'>, image: string, token = 'none'): Promise<void> => {
  for (const path of [
    ...['/projects', '/projects?limit=1', '/projects/shop', '/projects/shop/images'],
    ...[`${image}?size=medium`, `${image}?size=thumb&format=webp`, `${image}/render?preset=card`],
    ...['/projects/shop/thumbnail', '/projects/shop/cover.webp?size=game', '/projects/shop/atlas.json'],
    ...['/collections', '/jobs', '/webhooks', '/auth/me', '/metrics', '/health', '/ready'],
  ]) {
    const answer = await app.request(path, { headers: { Authorization: `Bearer ${token}` } })
    expect([path, answer.status]).toEqual([path, 200])
    await answer.arrayBuffer()
  }
}

const expectRefusals = async ({ app }: Pick<TestApp, 'app'>, image: string, imageId: string): Promise<void> => {
  const changes: [string, RequestInit][] = [
    ['/projects/shop/images', { method: 'POST', body: formOf(await smallPhoto()) }],
    [image, { method: 'DELETE' }],
    [`/projects/shop/primary/${imageId}`, { method: 'PUT' }],
    ['/projects/shop', sent('PATCH', { title: 'no' })],
    ['/projects/shop', { method: 'DELETE' }],
    ['/projects/new', { method: 'PUT' }],
    ['/auth/register', sent('POST', { ...ADA, email: 'bo@example.org' })],
    ['/auth/login', sent('POST', ADA)],
    ['/webhooks', sent('POST', { url: 'https://example.com/hook' })],
    ['/collections/wall', sent('PUT', { projects: ['shop'] })],
  ]
  for (const [path, init] of changes) {
    const { response, code } = await problemOf(app.request(path, init))
    expect([path, response.status, code]).toEqual([path, 503, 'read_only'])
  }
}

describe('a store in a bucket with READ_ONLY', () => {
  it('is read as any other, refuses every change, and makes no writing request', async () => {
    const { engine, options, image, imageId, signedIn } = await setUp()
    const before = engine.writes()
    const tintype = await open({ ...options, readOnly: true, s3CreateBucket: true })
    expect(tintype.isReadOnly()).toBe(true)
    await expectReads(tintype, image, signedIn.access_token)
    expect(await (await tintype.app.request('/ready')).json()).toEqual({ status: 'ready', read_only: true })
    await expectRefusals(tintype, image, imageId)
    await tintype.close()
    expect(engine.writes()).toBe(before)
    expect(engine.keys()).toContain('pictures/store/.changes/other-1')
    // The work folder of a dead process is this machine's own, and copies and renders are kept on its disk.
    const files = await filesIn(options.bucketCacheDir)
    expect(files.filter((path) => path.includes('deadowner000'))).toEqual([])
    expect(files.some((path) => path.startsWith('.cache/variants/'))).toBe(true)
    expect(files.some((path) => path.includes(imageId))).toBe(true)
  })

  it('shows what another server changes meanwhile', async () => {
    const { options } = await setUp()
    const reading = await open({ ...options, readOnly: true })
    const writing = await open({ ...options, bucketCacheDir: await temporaryFolder() })
    const { image_id: id } = await uploadTo(writing.app, 'shop', await smallPhoto())
    expect(await (await reading.app.request('/projects/shop/images')).text()).toContain(id)
    expect((await reading.app.request(`/projects/shop/images/${id}?size=thumb`)).status).toBe(200)
  })

  it('needs a store: its mark is enough', async () => {
    const { engine, options, bucket } = await startEngine()
    const reading = { ...options, bucketCacheDir: await temporaryFolder(), readOnly: true }
    await expect(open(reading)).rejects.toThrow(/^Expected a store in s3:\/\/pictures\/store; it has no projects\.$/)
    expect(engine.keys()).toEqual([])
    await bucket.put('.tintype.json', '{"format":1}\n')
    const { app } = await open(reading)
    expect(await (await app.request('/projects')).json()).toMatchObject({ projects: [] })
  })

  it('is refused where its format is newer', async () => {
    const { options, bucket } = await setUp()
    await bucket.put('.tintype.json', '{"format":2}')
    await expect(open({ ...options, readOnly: true })).rejects.toThrow('has format 2;')
  })
})

describe('a store in a bucket by credentials that may only read', () => {
  it('is read-only by itself', async () => {
    const { engine, options, image, imageId, signedIn } = await setUp()
    const before = engine.keys()
    engine.forbidWrites()
    const tintype = await open({ ...options, s3CreateBucket: true })
    expect(tintype.isReadOnly()).toBe(true)
    const tried = engine.writes()
    await expectReads(tintype, image, signedIn.access_token)
    await expectRefusals(tintype, image, imageId)
    await tintype.close()
    expect(engine.writes()).toBe(tried)
    expect(engine.keys()).toEqual(before)
  })

  it('is refused with READ_ONLY=false, and where there is no store', async () => {
    const { engine, options } = await setUp()
    engine.forbidWrites()
    const forbidden = /^The credentials may not PUT \.probe\/\w+ in the bucket "pictures" \(AccessDenied\)\.$/
    await expect(open({ ...options, readOnly: false })).rejects.toThrow(forbidden)
    await expect(open({ ...options, store: 's3://pictures/other' })).rejects.toThrow(forbidden)
  })

  it.each([1, 2])('is said to be read-only by the banner of %i workers', async (workers) => {
    const { engine, options } = await setUp()
    engine.forbidWrites()
    const env = {
      STORE,
      S3_ENDPOINT: engine.endpoint,
      AWS_ACCESS_KEY_ID: CEPH_KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CEPH_KEYS.secretAccessKey,
      BUCKET_CACHE_DIR: options.bucketCacheDir,
    }
    const server = await serve(['--workers', String(workers)], { env })
    expect(server.stdout()).toContain('files     s3://pictures/store (read-only: changes are refused)')
    const answer = await fetch(`${server.url}/projects/shop`, { method: 'DELETE' })
    expect(await answer.json()).toMatchObject({ code: 'read_only' })
  })

  it.skipIf(!hasCeph)('is read-only over Ceph', async () => {
    const options = await sharedBucket()
    const writing = await openBucketApp(options)
    const { image_id: id } = await uploadTo(writing.app, 'shop', await smallPhoto())
    const bucket = /^s3:\/\/([^/]+)/.exec(options.store ?? '')?.[1] ?? ''
    await letRead(options.s3Endpoint ?? '', bucket, CEPH_STRANGER.accessKeyId)
    const reading = await openBucketApp({ ...options, s3Credentials: CEPH_STRANGER })
    expect(reading.isReadOnly()).toBe(true)
    expect((await reading.app.request(`/projects/shop/images/${id}?size=thumb`)).status).toBe(200)
    expect((await problemOf(reading.app.request('/projects/shop', { method: 'DELETE' }))).code).toBe('read_only')
  })
})

/** Lets another user read a bucket, by its policy. */
const letRead = async (endpoint: string, bucket: string, user: string): Promise<void> => {
  const resources = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]
  const body = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: [`arn:aws:iam:::user/${user}`] },
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: resources,
      },
    ],
  })
  const signer = new AwsV4Signer({
    ...{ ...CEPH_KEYS, method: 'PUT', url: `${endpoint}/${bucket}?policy`, body },
    ...{ service: 's3', region: 'us-east-1' },
  })
  const { url, method, headers } = await signer.sign()
  const answer = await fetch(url, { method, headers, body })
  if (!answer.ok) throw new Error(`the policy was answered ${answer.status}: ${await answer.text()}`)
}
