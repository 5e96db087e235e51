import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Bucket } from '../../../../src/stores/s3/client/bucket.ts'
import { addImage, fill, idsOf, readVariant, recordOf } from '../../../contracts/store.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { hasCeph, newBucket, openBucket } from '../../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../../support/s3/engine.ts'
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
