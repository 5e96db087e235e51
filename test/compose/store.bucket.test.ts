// Two servers on two machines with one store in a bucket: what one of them did is there on the other.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { openAccounts } from '../../src/compose/bucket/accounts.ts'
import { parseOptions } from '../../src/compose/parse-options.ts'
import { uploadSchema } from '../../src/http/schemas/images/images.ts'
import { createTintype, type TintypeOptions } from '../../src/index.ts'
import { createApiKeys } from '../../src/services/auth/api-keys.ts'
import { uploadTo } from '../support/app.ts'
import { resetTokenIn, startTestMail } from '../support/auth/mail.ts'
import { smallPhoto } from '../support/pictures/pictures.ts'
import { openBucketApp, sharedBucket } from '../support/s3/app.ts'
import { hasCeph } from '../support/s3/ceph.ts'
import { formOf } from '../support/upload.ts'

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

const twoServers = async (options: TintypeOptions = {}) => {
  const bucket = await sharedBucket()
  const [one, other] = await Promise.all([
    openBucketApp({ ...bucket, ...options }),
    openBucketApp({ ...bucket, ...options }),
  ])
  return { one: one.app, other: other.app, bucket }
}

const projectsSchema = z.object({ projects: z.array(z.object({ project_id: z.string() })) })
const tokenSchema = z.object({ access_token: z.string() })
const idSchema = z.object({ id: z.string() })
const jobSchema = z.object({ job_id: z.string(), state: z.string() })

const PERSON = { email: 'ada@example.com', password: 'correct horse battery staple' }

describe.skipIf(!hasCeph)('two servers with a store in a bucket', () => {
  it('share images, covers, lists and deletions', async () => {
    const { one, other } = await twoServers()
    const first = await uploadTo(one, 'shop')
    const second = await uploadTo(other, 'shop')
    for (const app of [one, other]) {
      const list: unknown = await (await app.request('/projects/shop/images')).json()
      expect(list).toMatchObject({
        primary_image_id: first.image_id,
        images: [{ id: first.image_id }, { id: second.image_id }],
      })
      expect((await app.request('/projects/shop/thumbnail')).status).toBe(200)
      for (const { image_id: id } of [first, second])
        for (const size of ['original', 'medium', 'thumb', 'game'])
          expect((await app.request(`/projects/shop/images/${id}?size=${size}`)).status).toBe(200)
    }
    expect((await other.request(`/projects/shop/images/${first.image_id}`, { method: 'DELETE' })).status).toBeLessThan(
      300,
    )
    expect(await (await one.request('/projects/shop/images')).json()).toMatchObject({
      primary_image_id: second.image_id,
    })
    await vi.waitUntil(
      async () => (await one.request(`/projects/shop/images/${first.image_id}?size=thumb`)).status === 404,
      60_000,
    )
  })

  it('share the list of projects', async () => {
    const { one, other } = await twoServers()
    for (const id of ['b', 'a']) await uploadTo(one, id)
    await vi.waitUntil(async () => {
      const { projects } = projectsSchema.parse(await (await other.request('/projects')).json())
      return projects.map(({ project_id: id }) => id).join() === 'a,b'
    }, 60_000)
  })

  it('share accounts and sessions, and are not open any more once there is one', async () => {
    const { one, other } = await twoServers({ registration: 'open' })
    expect((await one.request('/auth/register', json(PERSON))).status).toBe(201)
    const answer = await other.request('/auth/login', json(PERSON))
    expect(answer.status).toBe(200)
    const { access_token: token } = tokenSchema.parse(await answer.json())
    const body = formOf(await smallPhoto())
    const upload = { method: 'POST', body, headers: { authorization: `Bearer ${token}` } }
    expect((await one.request('/projects/mine/images', upload)).status).toBe(201)
    const refused = { method: 'POST', body: formOf(await smallPhoto()) }
    expect((await other.request('/projects/mine/images', refused)).status).toBe(401)
  })

  it('share a forgotten password: a link of one of them works once, on any', async () => {
    const mail = await startTestMail()
    const sending = { smtpUrl: mail.url, mailFrom: 'pictures@example.com', publicUrl: 'https://pictures.example.com' }
    const { one, other } = await twoServers({ registration: 'open', ...sending })
    expect((await one.request('/auth/register', json(PERSON))).status).toBe(201)
    expect((await one.request('/auth/forgotten-password', json({ email: PERSON.email }))).status).toBe(202)
    const token = resetTokenIn(await mail.received(PERSON.email))
    const body = json({ token, password: 'another long password' })
    expect((await other.request('/auth/reset-password', body)).status).toBe(204)
    expect((await one.request('/auth/reset-password', body)).status).toBe(403)
    expect((await one.request('/auth/login', json({ ...PERSON, password: 'another long password' }))).status).toBe(200)
  })

  it('share webhooks', async () => {
    const { one, other } = await twoServers({ webhookAllow: '127.0.0.1' })
    const made = await one.request('/webhooks', json({ url: 'http://127.0.0.1:9/hook' }))
    expect(made.status).toBe(201)
    const { id } = idSchema.parse(await made.json())
    expect(await (await other.request('/webhooks')).json()).toMatchObject({ webhooks: [{ id }] })
  })

  it('work on the jobs of each other, once', async () => {
    const { one, other } = await twoServers()
    const body = formOf(await smallPhoto())
    const accepted = await one.request('/projects/shop/images', {
      method: 'POST',
      body,
      headers: { prefer: 'respond-async' },
    })
    expect(accepted.status).toBe(202)
    const { job_id: id } = jobSchema.parse(await accepted.json())
    await vi.waitUntil(async () => {
      const { state } = jobSchema.parse(await (await other.request(`/jobs/${id}`)).json())
      return state === 'succeeded'
    }, 60_000)
    expect(await (await other.request('/projects/shop/images')).json()).toMatchObject({ images: [{}] })
  })

  it('answer an upload with one Idempotency-Key once', async () => {
    const { one, other } = await twoServers()
    const photo = await smallPhoto()
    const send = (app: typeof one) =>
      app.request('/projects/shop/images', {
        method: 'POST',
        body: formOf(photo),
        headers: { 'idempotency-key': 'the same upload' },
      })
    const [first, again] = [await send(one), await send(other)]
    expect([first.status, again.status]).toEqual([201, 201])
    expect(uploadSchema.parse(await again.json()).image_id).toBe(uploadSchema.parse(await first.json()).image_id)
  })

  it('count the bytes of an owner together', async () => {
    const { one, other } = await twoServers({ maxBytesPerOwner: 60_000 })
    const photo = await smallPhoto()
    const statuses: number[] = []
    for (let n = 0; n < 20; n++) {
      const app = n % 2 === 0 ? one : other
      statuses.push((await app.request(`/projects/p${n}/images`, { method: 'POST', body: formOf(photo) })).status)
    }
    expect(statuses[0]).toBe(201)
    expect(statuses.at(-1)).toBe(507)
  })

  it('count the requests to the bucket', async () => {
    const { one } = await twoServers()
    await uploadTo(one, 'shop')
    const text = await (await one.request('/metrics')).text()
    expect(text).toMatch(/^tintype_bucket_requests_total\{kind="put",status="2xx"\} [1-9]/m)
    expect(text).toMatch(/^tintype_bucket_bytes_total\{direction="sent"\} [1-9]/m)
  })

  it('know keys that a command made before their first start', async () => {
    const options = await sharedBucket()
    const accounts = await openAccounts({ storageDir: '', bucket: parseOptions(options).bucket })
    const { key } = await createApiKeys(accounts).create({ name: 'website', role: 'admin' })
    const { app } = await openBucketApp(options)
    const send = (headers: Record<string, string>) => app.request('/projects/shop', { method: 'PUT', headers })
    expect((await send({})).status).toBe(401)
    expect((await send({ 'x-api-key': key })).status).toBe(201)
  })

  it.each([
    [{ s3CreateBucket: false }, /There is no bucket "test-\w+" at .*set S3_CREATE_BUCKET=true/],
    [{ s3Credentials: { accessKeyId: 'nobody', secretAccessKey: 'x'.repeat(20) } }, /does not accept the credentials/],
    [{ s3Endpoint: 'http://127.0.0.1:1' }, /cannot be reached at http:\/\/127\.0\.0\.1:1/],
  ])('do not start with %j', { timeout: 120_000 }, async (changed, message) => {
    const tintype = createTintype({ ...(await sharedBucket()), ...changed, encoders: 1 })
    onTestFinished(() => tintype.close())
    await expect(tintype.ready).rejects.toThrow(message)
  })
})

describe('a store in a bucket is refused', () => {
  it.each([
    [{ accelRedirect: '/stored' }, /accelRedirect/],
    [{ encoders: 0, queue: 'amqp://127.0.0.1' }, /encoders/],
    [{ storageDir: './storage' }, /storageDir/],
    [{ store: 's3://No Bucket' }, /store: expected s3:\/\/bucket/],
    [{ store: 's3://bucket/../other' }, /store: expected s3:\/\/bucket/],
  ])('with %j', (options, message) => {
    expect(() => createTintype({ store: 's3://bucket/prefix', ...options })).toThrow(message)
  })
})

it('redirects to a bucket are refused without one', () => {
  expect(() => createTintype({ redirectToBucket: true })).toThrow(
    'redirectToBucket: expected no such value without store',
  )
})
