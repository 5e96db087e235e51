import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { SEGMENT_LENGTH } from '../../../../src/core/project/image-list.ts'
import type { Bucket } from '../../../../src/stores/s3/client/bucket.ts'
import { keys } from '../../../../src/stores/s3/keys.ts'
import { addImage, fill, idsOf, readVariant, recordOf } from '../../../contracts/store.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { hasCeph, newBucket, openBucket } from '../../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../../support/s3/engine.ts'
import { startProxy } from '../../../support/s3/proxy.ts'
import { openS3Store } from '../../../support/s3/store.ts'

const keysIn = async (bucket: Bucket): Promise<string[]> =>
  (await bucket.listAll('projects/')).objects.map(({ key }) => key).filter((key) => key.endsWith('.jpg'))

describe.skipIf(!hasCeph)('a sweep of orphans, over Ceph', () => {
  const open = async () => {
    const { options, bucket } = await newBucket()
    const folder = await temporaryFolder()
    // Ages of seconds, since dates of the engine have whole ones.
    const [orphanMarginMs, orphanSweepMs] = [2000, 300]
    return {
      bucket,
      store: await openS3Store(options, join(folder, 'one')),
      sweeping: () => openS3Store(options, join(folder, 'two'), { orphanMarginMs, orphanSweepMs }),
    }
  }

  it('removes what dead uploads left, keeps what is named or pending, and refuses an upload that slept', async () => {
    const { bucket, store, sweeping } = await open()
    const kept = await addImage(store, 'shop')
    await store.commit('shop', { type: 'add_pending', pendingId: 'p'.repeat(20), atMs: 1_700_000_000_000 })
    const pending = await store.stage('shop', 'p'.repeat(20))
    const slow = await store.stage('shop')
    const first = await store.stage('new')
    for (const stage of [pending, slow, first]) {
      await fill(stage)
      await stage.publish()
    }
    expect(await keysIn(bucket)).toHaveLength(16)
    await setTimeout(3500)
    const other = await sweeping()
    await expect.poll(() => keysIn(bucket), { timeout: 60_000 }).toHaveLength(8)
    const late = store.commit('shop', { type: 'add_image', image: recordOf(slow.imageId) }, { stage: slow })
    await expect(late).rejects.toMatchObject({
      code: 'store_unavailable',
      message: 'The upload to project "shop" took too long; send it again.',
    })
    await expect(
      store.commit('new', { type: 'add_image', image: recordOf(first.imageId) }, { stage: first }),
    ).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await other.project('new')).toBeUndefined()
    expect(await idsOf(other, 'shop')).toEqual([kept])
    expect(await readVariant(other, 'shop', kept)).toBeDefined()
    // On a busy machine, an upload takes longer than the margin.
    await other.close()
    const again = await addImage(store, 'new')
    expect(await idsOf(store, 'new')).toEqual([again])
  })

  it('commits nothing where there are none', async () => {
    const { store, sweeping } = await open()
    await addImage(store, 'shop')
    await setTimeout(3500)
    const other = await sweeping()
    await setTimeout(1500)
    expect((await other.project('shop'))?.revision).toBe(1)
  })
})

it('a project that was swept takes uploads and jobs', async () => {
  const engine = await startMemoryEngine()
  const options = memoryOptions(engine.endpoint)
  const store = await openS3Store(options, await temporaryFolder())
  const first = await addImage(store, 'shop')
  const orphan = 'pictures/projects/shop/original/0123456789abcdefghij.jpg'
  await openBucket(options).put(orphan.replace('pictures/', ''), '')
  engine.advance(2 * 3_600_000)
  await openS3Store(options, await temporaryFolder(), { orphanSweepMs: 100 })
  await expect.poll(() => engine.keys().includes(orphan)).toBe(false)
  const second = await addImage(store, 'shop')
  const job = await store.stage('shop')
  const accepted = { type: 'add_pending', pendingId: job.imageId, atMs: 1_700_000_000_000 } as const
  await store.commit('shop', accepted, { stage: job })
  await job.discard()
  expect(await idsOf(store, 'shop')).toEqual([first, second])
})

it('finishes deletions whose server died before it removed the objects, and leaves young ones to their server', async () => {
  const engine = await startMemoryEngine()
  const proxy = await startProxy(engine.endpoint)
  // One attempt for each request.
  const impatient = { ...memoryOptions(proxy.endpoint), deadlineMs: 1, timeoutMs: 60_000 }
  const dying = await openS3Store(impatient, await temporaryFolder())
  const add = (projectId: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => addImage(dying, projectId)))
  const [kept = '', ...deleted] = await add('shop', 4)
  const whole = await add('gone', 3)
  // With a sealed segment.
  const large = await add('large', 140)
  const [young = ''] = await add('other', 1)
  proxy.decideBy(({ method }) => (method === 'DELETE' ? { isCarriedOut: false, answer: 503 } : undefined))
  await dying.commit('shop', { type: 'delete_images', imageIds: deleted })
  await dying.commit('gone', { type: 'delete_project' })
  await dying.commit('large', { type: 'delete_project' })
  const imagesThere = () => new Set(engine.keys().flatMap((key) => /([^/]+)\.jpg$/.exec(key)?.[1] ?? []))
  expect(imagesThere()).toEqual(new Set([kept, ...deleted, ...whole, ...large, young]))

  engine.advance(2 * 3_600_000)
  const [late = ''] = await add('shop', 1)
  await dying.commit('shop', { type: 'delete_image', imageId: late })
  const revision = (await dying.project('shop'))?.revision
  const store = await openS3Store(memoryOptions(engine.endpoint), await temporaryFolder(), { orphanSweepMs: 100 })
  await expect.poll(imagesThere, { timeout: 60_000 }).toEqual(new Set([kept, late, young]))
  expect((await store.project('shop'))?.revision).toBe(revision)
  expect(await readVariant(store, 'shop', kept)).toBeDefined()
  expect(await idsOf(store, 'gone')).toBeUndefined()
  const again = await addImage(store, 'large')
  expect(await idsOf(store, 'large')).toEqual([again])
})

it('keeps every picture of a project whose revisions were lost, which its segments prove', async () => {
  const engine = await startMemoryEngine()
  const options = memoryOptions(engine.endpoint)
  const bucket = openBucket(options)
  const store = await openS3Store(options, await temporaryFolder())
  await Promise.all(Array.from({ length: SEGMENT_LENGTH }, () => addImage(store, 'large')))
  await addImage(store, 'small')
  const pictures = async (projectId: string) =>
    (await bucket.listAll(keys.project(projectId))).objects.filter(({ key }) => key.endsWith('.jpg')).length
  const before = await pictures('large')
  for (const id of ['large', 'small'])
    for (const { key } of (await bucket.listAll(keys.meta(id), { delimiter: '/' })).objects) await bucket.remove(key)
  engine.advance(2 * 3_600_000)
  await openS3Store(options, await temporaryFolder(), { orphanSweepMs: 100 })
  // A sweep takes projects in the order of their names. Without segments, they may be those of a first upload.
  await expect.poll(() => pictures('small'), { timeout: 60_000 }).toBe(0)
  expect(await pictures('large')).toBe(before)
})
