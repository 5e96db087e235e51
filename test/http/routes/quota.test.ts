// How many bytes one owner may store.

import { describe, expect, it } from 'vitest'
import { uploadSchema } from '../../../src/http/schemas/images/images.ts'
import type { Tintype } from '../../../src/index.ts'
import { createTestApp, problemOf } from '../../support/app.ts'
import { smallPhoto, sprite } from '../../support/pictures/pictures.ts'
import { everythingIn } from '../../support/store/here.ts'
import { formOf } from '../../support/upload.ts'

const send = async (app: Tintype['app'], project: string, key?: string, picture?: Buffer) =>
  app.request(`/projects/${project}/images`, {
    method: 'POST',
    body: formOf(picture ?? (await smallPhoto())),
    headers: key === undefined ? {} : { 'X-API-Key': key },
  })

/** What a picture takes with its variants. @default the small photo */
const bytesOfOne = async (picture?: Buffer): Promise<number> => {
  const { app } = await createTestApp()
  const { sizes } = uploadSchema.parse(await (await send(app, 'shop', undefined, picture)).json())
  return Object.values(sizes).reduce((sum, { bytes }) => sum + bytes, 0)
}

const statuses = (answers: readonly Response[]) => answers.map(({ status }) => status).sort()

describe('MAX_BYTES_PER_OWNER', () => {
  it('accepts uploads up to the last byte, over all projects, and not a byte more', async () => {
    const one = await bytesOfOne()
    const exact = await createTestApp({ maxBytesPerOwner: 3 * one })
    for (const project of ['a', 'a', 'b']) expect((await send(exact.app, project)).status).toBe(201)
    const refused = await problemOf(send(exact.app, 'c'))
    expect(refused).toMatchObject({
      status: 507,
      code: 'quota_exceeded',
      max_bytes: 3 * one,
      used_bytes: 3 * one,
      image_bytes: one,
    })
    const tight = await createTestApp({ maxBytesPerOwner: 2 * one - 1 })
    expect(statuses([await send(tight.app, 'a'), await send(tight.app, 'b')])).toEqual([201, 507])
  })

  it('is exact with many uploads at once to several projects in two workers', async () => {
    const one = await bytesOfOne()
    const options = { maxBytesPerOwner: 4 * one + 1 }
    const first = await createTestApp(options)
    const second = await createTestApp({ ...options, storageDir: first.storageDir })
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => send(n % 2 === 0 ? first.app : second.app, `p${n % 3}`)),
    )
    expect(statuses(answers)).toEqual([201, 201, 201, 201, 507, 507, 507, 507, 507, 507, 507, 507])
    // Files of those that were refused are gone.
    const originals = (await everythingIn(first.storageDir)).filter((path) => /^projects\/p\d\/original\//.test(path))
    expect(originals).toHaveLength(4)
  })

  it('has space again as soon as an image or a project is deleted', async () => {
    const one = await bytesOfOne()
    const { app } = await createTestApp({ maxBytesPerOwner: 2 * one })
    const { image_id } = uploadSchema.parse(await (await send(app, 'a')).json())
    await send(app, 'b')
    expect((await send(app, 'a')).status).toBe(507)
    await app.request(`/projects/a/images/${image_id}`, { method: 'DELETE' })
    expect((await send(app, 'a')).status).toBe(201)
    expect((await send(app, 'a')).status).toBe(507)
    await app.request('/projects/b', { method: 'DELETE' })
    expect((await send(app, 'c')).status).toBe(201)
  })

  it('charges the source of a transparent picture, and gives it back', async () => {
    const picture = await sprite().png().toBuffer()
    const one = await bytesOfOne(picture)
    const upload = ({ app }: Pick<Tintype, 'app'>) => send(app, 'game', undefined, picture)
    const tight = await createTestApp({ maxBytesPerOwner: one - 1 })
    expect(await problemOf(upload(tight))).toMatchObject({ code: 'quota_exceeded', image_bytes: one, used_bytes: 0 })
    const exact = await createTestApp({ maxBytesPerOwner: one })
    const { image_id, sizes } = uploadSchema.parse(await (await upload(exact)).json())
    expect(sizes.source?.bytes).toBeGreaterThan(0)
    expect(await problemOf(upload(exact))).toMatchObject({ code: 'quota_exceeded', used_bytes: one })
    await exact.app.request(`/projects/game/images/${image_id}`, { method: 'DELETE' })
    expect((await upload(exact)).status).toBe(201)
    // A process that did not make the reservation counts the same.
    const later = await createTestApp({ storageDir: exact.storageDir, maxBytesPerOwner: 2 * one - 1 })
    expect(await problemOf(upload(later))).toMatchObject({ code: 'quota_exceeded', used_bytes: one })
    await later.app.request('/projects/game', { method: 'DELETE' })
    expect((await upload(later)).status).toBe(201)
  })

  it('counts images that were stored before there was a quota', async () => {
    const one = await bytesOfOne()
    const before = await createTestApp()
    await send(before.app, 'a')
    await send(before.app, 'b')
    await before.close()
    const { app } = await createTestApp({ storageDir: before.storageDir, maxBytesPerOwner: 3 * one })
    expect(statuses([await send(app, 'c'), await send(app, 'a')])).toEqual([201, 507])
  })

  it('does not count uploads that failed, in this worker or in another', async () => {
    const one = await bytesOfOne()
    const options = { maxBytesPerOwner: one, maxImagesPerProject: 1 }
    const first = await createTestApp(options)
    const second = await createTestApp({ ...options, storageDir: first.storageDir })
    const broken = formOf(Buffer.from('no picture'))
    for (const { app } of [first, second])
      expect((await app.request('/projects/a/images', { method: 'POST', body: broken })).status).toBe(415)
    expect((await send(second.app, 'a')).status).toBe(201)
  })

  it('is separate for each key, over the projects that it created', async () => {
    const one = await bytesOfOne()
    const [anna, bert] = ['writer:anna-0123456789abcdef', 'writer:bert-0123456789abcdef']
    const { app } = await createTestApp({ maxBytesPerOwner: one, apiKeys: [anna, bert] })
    const keyOf = (text: string) => text.slice('writer:'.length)
    expect((await send(app, 'a', keyOf(anna))).status).toBe(201)
    expect((await send(app, 'b', keyOf(anna))).status).toBe(507)
    expect((await send(app, 'b', keyOf(bert))).status).toBe(201)
    // Who uploads to another's project uses the room of that one.
    expect((await send(app, 'a', keyOf(bert))).status).toBe(507)
  })
})
