// Servers without encoders, and the processes that make their pictures, over a real RabbitMQ.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { filesIn, temporaryFolder } from '../support/disk/folder.ts'
import { photo } from '../support/pictures/pictures.ts'
import { createRabbitMq, lacksRabbitMq, type RabbitMq } from '../support/processes/rabbitmq.ts'
import type { Run, Service } from '../support/processes/start.mjs'
import { runTintype, serve } from '../support/processes/tintype.ts'
import { formOf } from '../support/upload.ts'

const uploaded = z.object({ image_id: z.string() })
const listed = z.object({ images: z.array(z.object({ id: z.string() })) })
const job = z.object({ links: z.object({ self: z.string() }) })
const readySchema = z.object({ queue: z.string() })

const WAIT = { timeout: 60_000, interval: 50 }
const RESTART_MS = 180_000

describe.skipIf(lacksRabbitMq('servers without encoders'))('a server without encoders', () => {
  let broker: RabbitMq
  let storageDir: string
  beforeAll(async () => {
    broker = await createRabbitMq()
    await broker.start()
  }, RESTART_MS)
  afterAll(() => broker.remove())
  beforeEach(async () => {
    storageDir = join(await temporaryFolder(), 'storage')
  })

  const start = async (env: Record<string, string> = {}): Promise<Service> => {
    const server = await serve(['--encoders', '0', '--storage', storageDir, '--queue', broker.url], { env })
    await vi.waitFor(async () => expect(await readiness(server)).toBe('connected'), WAIT)
    return server
  }

  const readiness = async ({ url }: Service): Promise<unknown> => {
    return readySchema.parse(await (await fetch(`${url}/ready`)).json()).queue
  }

  const work = async (): Promise<Run> => {
    const args = ['work', '--encoders', '1', '--storage', storageDir, '--queue', broker.url, '--log-level', 'debug']
    const worker = await runTintype(args)
    await vi.waitFor(() => expect(worker.stderr()).toContain('connected to the broker'), WAIT)
    return worker
  }

  const post = ({ url }: Service, bytes: Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/projects/shop/images`, { method: 'POST', body: formOf(bytes), headers })

  const imageOf = async (response: Response): Promise<string> => {
    expect(response.status).toBe(201)
    return uploaded.parse(await response.json()).image_id
  }

  it('has uploads, renders, prefetches and jobs made by a worker', { timeout: RESTART_MS }, async () => {
    const server = await start({ PREFETCH: 'thumb.webp' })
    await work()
    const upload = await photo({ width: 640, height: 480 })
    const id = await imageOf(await post(server, upload))
    const image = `${server.url}/projects/shop/images/${id}`
    const thumb = Buffer.from(await (await fetch(`${image}/thumb.jpg`)).arrayBuffer())
    expect(await sharp(thumb).metadata()).toMatchObject({ format: 'jpeg' })
    // Made without a request for it.
    await vi.waitFor(
      async () => expect(await filesIn(join(storageDir, '.cache'))).toContainEqual(expect.stringMatching(/\.webp$/)),
      WAIT,
    )
    const render = await fetch(`${image}/original.webp`)
    expect(await sharp(Buffer.from(await render.arrayBuffer())).metadata()).toMatchObject({
      format: 'webp',
      width: 640,
    })
    const refused = await post(server, Buffer.from('no picture'))
    expect([refused.status, await refused.json()]).toMatchObject([415, { code: 'not_an_image' }])
    const accepted = await post(server, await photo({ width: 64, height: 48 }), { Prefer: 'respond-async' })
    const { links } = job.parse(await accepted.json())
    expect(await (await fetch(`${server.url}${links.self}?wait=60`)).json()).toMatchObject({ state: 'succeeded' })
    expect(server.stderr()).not.toMatch(/"level":(?:40|50)/)
  })

  it('loses no upload where a worker is killed', { timeout: RESTART_MS }, async () => {
    const server = await start()
    const [first] = await Promise.all([work(), work()])
    const upload = await photo({ width: 1600, height: 1200 })
    const uploads = Array.from({ length: 24 }, () => post(server, upload).then(imageOf))
    await Promise.race(uploads)
    await first?.kill()
    const ids = await Promise.all(uploads)
    expect(new Set(ids).size).toBe(uploads.length)
    const { images } = listed.parse(await (await fetch(`${server.url}/projects/shop/images`)).json())
    expect(images.map((image) => image.id).sort()).toEqual(ids.sort())
    for (const id of ids) {
      const medium = await fetch(`${server.url}/projects/shop/images/${id}/medium.jpg`)
      await sharp(Buffer.from(await medium.arrayBuffer())).stats()
    }
  })

  it('is busy where no worker begins in time, and leaves nothing behind', { timeout: RESTART_MS }, async () => {
    const server = await start({ ENCODER_WAIT_MS: '1000' })
    const response = await post(server, await photo({ width: 64, height: 48 }))
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toMatchObject([
      503,
      '5',
      { code: 'busy', detail: 'No encoder has begun within 1 s.' },
    ])
    expect((await readdir(join(storageDir, 'projects'))).length).toBe(0)
    // A worker that comes later finds nothing to make, and goes on.
    await work()
    await imageOf(await post(server, await photo({ width: 64, height: 48 })))
  })

  it('is busy while its broker is away, says so, and goes on with it', { timeout: RESTART_MS }, async () => {
    const server = await start({ ENCODER_WAIT_MS: '1000' })
    await work()
    const upload = await photo({ width: 64, height: 48 })
    await imageOf(await post(server, upload))
    await broker.kill()
    await vi.waitFor(async () => expect(await readiness(server)).toBe('disconnected'), WAIT)
    const response = await post(server, upload)
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { code: 'busy', detail: 'The broker of the encoders cannot be reached.' },
    ])
    await broker.start()
    await vi.waitFor(async () => expect((await post(server, upload)).status).toBe(201), WAIT)
  })

  it('is not started without a broker', async () => {
    const started = await runTintype(['serve', '--port', '0', '--encoders', '0', '--storage', storageDir])
    expect(await started.ended).toBe(1)
    expect(started.stderr().trim()).toMatch(/^.*--encoders: expected at least 1 where QUEUE is not set[^\n]*$/)
  })

  it('needs workers that have encoders', async () => {
    const started = await runTintype(['work', '--encoders', '0', '--storage', storageDir, '--queue', broker.url])
    expect(await started.ended).toBe(1)
    expect(started.stderr().trim()).toMatch(/^.*expected at least 1 in ENCODERS[^\n]*$/)
  })
})
