// Idempotency keys, deduplication and the limit of images, over HTTP, with several apps on one store.

import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { imageListSchema, uploadSchema } from '../../../src/http/schemas/images/images.ts'
import type { Tintype } from '../../../src/index.ts'
import { createTestApp as openApp, problemOf } from '../../support/app.ts'
import { plainJpeg, smallPhoto } from '../../support/pictures/pictures.ts'
import { everythingIn, itInFolder } from '../../support/store/here.ts'
import { formOf } from '../../support/upload.ts'

const photo = (colour: string): Promise<Buffer> => plainJpeg(64, 48, colour)

const send = (app: Tintype['app'], key: string | undefined, bytes: Uint8Array, query = '') =>
  app.request(`/projects/shop/images${query}`, {
    method: 'POST',
    body: formOf(bytes),
    headers: key === undefined ? {} : { 'Idempotency-Key': key },
  })

const uploadedIn = async (answer: Response) => uploadSchema.parse(await answer.json())

const countIn = async (app: Tintype['app']): Promise<number> => {
  const answer = await app.request('/projects/shop/images')
  return imageListSchema.parse(await answer.json()).images.length
}

describe('an upload with an Idempotency-Key', () => {
  it('gets the first answer from every worker, also after the project has changed', async () => {
    const one = await openApp()
    const two = await openApp({ storageDir: one.storageDir })
    const bytes = await smallPhoto()
    const first = await send(one.app, 'order-1', bytes)
    expect(first.status).toBe(201)
    expect(first.headers.get('idempotent-replay')).toBeNull()
    const body = await uploadedIn(first)
    await send(one.app, undefined, await photo('#102030'))

    const again = await send(two.app, 'order-1', bytes)
    expect(again.status).toBe(201)
    expect(again.headers.get('idempotent-replay')).toBe('true')
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect(await uploadedIn(again)).toEqual(body)
    expect(await countIn(one.app)).toBe(2)
  })

  it('gets the first answer after the end of the process that stored it', async () => {
    const { app, close, storageDir } = await openApp()
    const bytes = await smallPhoto()
    const body = await (await send(app, 'order-1', bytes)).json()
    await close()
    const { app: next } = await openApp({ storageDir })
    expect(await (await send(next, 'order-1', bytes)).json()).toEqual(body)
  })

  it('is refused with another file', async () => {
    const { app } = await openApp()
    await send(app, 'order-1', await smallPhoto())
    const { status, code } = await problemOf(send(app, 'order-1', await photo('#102030')))
    expect([status, code]).toEqual([422, 'idempotency_conflict'])
    expect(await countIn(app)).toBe(1)
  })

  it('may be repeated after a failure', async () => {
    const { app } = await openApp()
    expect((await problemOf(send(app, 'order-1', Buffer.from('no picture')))).status).toBe(415)
    expect((await send(app, 'order-1', await smallPhoto())).status).toBe(201)
  })

  it('is a new upload in another project', async () => {
    const { app } = await openApp()
    const headers = { 'Idempotency-Key': 'order-1' }
    const to = (project: string) => app.request(`/projects/${project}/images`, { method: 'POST', headers, body: form })
    const form = formOf(await smallPhoto())
    const [a, b] = [await to('a'), await to('b')]
    expect([a.status, b.status, b.headers.get('idempotent-replay')]).toEqual([201, 201, null])
  })

  it('is answered 409 while the first one runs, also by another worker, and stored once', async () => {
    const one = await openApp()
    const two = await openApp({ storageDir: one.storageDir })
    const bytes = await smallPhoto()
    const answers = await Promise.all([one, two, one, two, one].map(({ app }) => send(app, 'order-1', bytes)))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses[0]).toBe(201)
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([])
    expect(statuses).toContain(409)
    const refused = answers.find(({ status }) => status === 409)
    expect(refused?.headers.get('retry-after')).toBe('1')
    expect(await countIn(one.app)).toBe(1)
    // Nothing is left of the marks.
    expect((await everythingIn(one.storageDir)).filter((path) => path.startsWith('.running/'))).toEqual([])
  })

  itInFolder('files', 'can be repeated after the process that held the key has died', async () => {
    const { app, storageDir } = await openApp()
    const bytes = await smallPhoto()
    await send(app, 'first', bytes)
    // What a killed process leaves: a mark whose owner is gone. It is not even readable here, and an hour old.
    const running = send(app, 'order-1', bytes)
    let mark: string | undefined
    while (mark === undefined) mark = (await readdir(join(storageDir, '.running')))[0]
    await running
    const path = join(storageDir, '.running', mark)
    const owner = { pid: 2 ** 22 + 1, host: 'x', boot: 'x', namespace: 'x', started: '1' }
    await writeFile(path, JSON.stringify(owner))
    await utimes(path, new Date(0), new Date(0))
    expect((await send(app, 'order-1', bytes)).headers.get('idempotent-replay')).toBe('true')
  })

  it.each([
    ['x', 201],
    ['k'.repeat(255), 201],
    ['k'.repeat(256), 400],
    ['schl\u00fcssel', 400],
    ['', 400],
  ])('accepts a key of 1 to 255 printable characters: %s', async (key, status) => {
    const { app } = await openApp()
    expect((await send(app, key, await smallPhoto())).status).toBe(status)
  })
})

describe('an upload with ?dedupe=true', () => {
  it('returns the existing image, in every worker, and stores nothing else', async () => {
    const one = await openApp()
    const two = await openApp({ storageDir: one.storageDir })
    const bytes = await smallPhoto()
    const first = await uploadedIn(await send(one.app, undefined, bytes, '?dedupe=true'))
    expect(first).not.toHaveProperty('deduplicated')
    const answers = await Promise.all(
      [one, two, one, two].map(({ app }) => send(app, undefined, bytes, '?dedupe=true')),
    )
    for (const answer of answers) {
      expect(answer.status).toBe(200)
      expect(await answer.json()).toMatchObject({ image_id: first.image_id, deduplicated: true })
    }
    expect(await countIn(two.app)).toBe(1)
  })

  it('stores one of many simultaneous ones, and no file of the others', async () => {
    const one = await openApp()
    const two = await openApp({ storageDir: one.storageDir })
    const bytes = await smallPhoto()
    const answers = await Promise.all(
      [one, two, one, two, one, two].map(({ app }) => send(app, undefined, bytes, '?dedupe=true')),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201])
    const ids = await Promise.all(answers.map(async (answer) => (await uploadedIn(answer)).image_id))
    expect(new Set(ids).size).toBe(1)
    const stored = (await everythingIn(one.storageDir)).filter((path) => path.endsWith('.jpg'))
    expect(stored).toEqual(['game', 'medium', 'original', 'thumb'].map((size) => `projects/shop/${size}/${ids[0]}.jpg`))
  })

  it('with an Idempotency-Key too gets the first answer, after any changes', async () => {
    const { app } = await openApp()
    const bytes = await smallPhoto()
    await send(app, undefined, bytes)
    const first = await send(app, 'order-1', bytes, '?dedupe=true')
    expect([first.status, first.headers.get('idempotent-replay')]).toEqual([200, null])
    await send(app, undefined, await photo('#102030'))
    const again = await send(app, 'order-1', bytes, '?dedupe=true')
    expect([again.status, again.headers.get('idempotent-replay')]).toEqual([200, 'true'])
    expect(await again.json()).toEqual(await first.json())
  })

  it('stores the same file again without it, and with dedupe=false', async () => {
    const { app } = await openApp()
    const bytes = await smallPhoto()
    for (const query of ['', '', '?dedupe=false']) expect((await send(app, undefined, bytes, query)).status).toBe(201)
    expect(await countIn(app)).toBe(3)
    for (const query of ['?dedupe=1', '?dedupe=true&dedupe=false'])
      expect(await problemOf(send(app, undefined, bytes, query))).toMatchObject({ status: 400, field: 'dedupe' })
  })
})

describe('MAX_IMAGES_PER_PROJECT', () => {
  it('is exact with many uploads at once in two workers, and a deletion makes room', async () => {
    const options = { maxImagesPerProject: 3, auth: 'none' } as const
    const one = await openApp(options)
    const two = await openApp({ ...options, storageDir: one.storageDir })
    const bytes = await smallPhoto()
    const answers = await Promise.all(
      [one, two, one, two, one, two, one, two].map(({ app }) => send(app, undefined, bytes)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 507, 507, 507, 507, 507])
    expect(await countIn(one.app)).toBe(3)
    expect(await problemOf(send(one.app, undefined, bytes))).toMatchObject({ code: 'quota_exceeded', max_images: 3 })

    const stored = await Promise.all(answers.filter(({ status }) => status === 201).map(uploadedIn))
    await one.app.request(`/projects/shop/images/${stored[0]?.image_id}`, { method: 'DELETE' })
    expect((await send(two.app, undefined, bytes)).status).toBe(201)
    const files = (await everythingIn(one.storageDir)).filter((path) => path.endsWith('.jpg'))
    expect(files).toHaveLength(3 * 4)
  })
})
