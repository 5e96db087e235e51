import { mkdirSync, rmdirSync } from 'node:fs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { newImageId, SIZES, VARIANTS } from '../../../src/core/names.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { addImage, fill, recordOf } from '../../contracts/store.ts'
import { beforeCall, failing } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { watchPromises } from '../../support/disk/power-cut-promises.ts'
import { openFileStore } from '../../support/store/file-store.ts'
import { plantProject } from '../../support/store/planted-project.ts'
import { revisionNumbers, sweep } from '../../support/store/store-folder.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))
vi.mock('node:fs', async (original) => (await import('../../support/disk/calls.ts')).watchedSyncs(await original()))

/** A store whose disk keeps only what was synced. At the end, no moment may have been one for a cut to break it. */
const onSuchADisk = async (planted?: { images: number; revisions?: number }) => {
  const folder = await temporaryFolder()
  const ids = planted ? await plantProject({ storageDir: folder, projectId: 'shop', ...planted }) : []
  const store = await openFileStore(folder, { maxBatch: 1 })
  const promises = watchPromises(folder, 'shop')
  onTestFinished(() => expect(promises.broken()).toEqual([]))
  /** The state that every cut leaves. */
  const durable = () => {
    const [head, ...others] = promises.heads()
    expect(others).toEqual([])
    return head?.state
  }
  return { folder, paths: createPaths(folder), ids, store, durable, promises }
}

describe('a power cut at any moment', () => {
  it('keeps the first image of a project once it is acknowledged, whole', async () => {
    const { store, durable } = await onSuchADisk()
    expect(durable()).toBeUndefined()
    const id = await addImage(store, 'shop')
    expect(durable()).toMatchObject({ revision: 1, primary_image_id: id, image_count: 1 })
  })

  it('keeps the source of an image, also where another process had created its folder without a sync', async () => {
    const { paths, store, durable } = await onSuchADisk()
    await addImage(store, 'shop', VARIANTS)
    const other = await onSuchADisk({ images: 1 })
    mkdirSync(other.paths.variants('shop', 'source'))
    await addImage(other.store, 'shop', VARIANTS)
    const second = await addImage(store, 'shop', VARIANTS)
    await store.commit('shop', { type: 'delete_image', imageId: second })
    expect(durable()).toMatchObject({ image_count: 1, images: { tail: [{ sizes: { source: {} } }] } })
    expect(other.durable()).toMatchObject({ image_count: 2 })
    expect(paths.root).not.toBe(other.paths.root)
  })

  it('leaves no untraceable source of a discarded or failed upload', async () => {
    const { store, durable } = await onSuchADisk({ images: 1 })
    const stage = await store.stage('shop')
    await fill(stage, VARIANTS)
    await stage.publish(VARIANTS)
    await stage.discard()
    const failed = await store.stage('shop')
    await fill(failed, VARIANTS)
    const stop = failing(({ name, to }) => name === 'rename' && /medium/.test(to), 'EIO')
    await expect(failed.publish(VARIANTS)).rejects.toMatchObject({ code: 'store_unavailable' })
    stop()
    await failed.discard()
    expect(durable()).toMatchObject({ revision: 1, image_count: 1 })
  })

  it('keeps it though another process had created the folders without a sync', async () => {
    const { paths, store, durable } = await onSuchADisk()
    for (const size of SIZES) mkdirSync(paths.variants('shop', size), { recursive: true })
    mkdirSync(paths.segments('shop'), { recursive: true })
    await addImage(store, 'shop')
    expect(durable()).toMatchObject({ revision: 1, image_count: 1 })
  })

  it('keeps images, covers, titles and orders, one after the other', async () => {
    const { store, durable } = await onSuchADisk()
    const [a, b] = [await addImage(store, 'shop'), await addImage(store, 'shop')]
    await store.commit('shop', { type: 'set_primary', imageId: b })
    expect(durable()).toMatchObject({ revision: 3, primary_image_id: b })
    await store.commit('shop', { type: 'edit', title: 'Spring', imageOrder: [b, a] })
    expect(durable()).toMatchObject({ title: 'Spring', images: { tail: [{ id: b }, { id: a }] } })
  })

  it('keeps a list that is cut into segments, also where segments are written again', async () => {
    const { ids, store, durable } = await onSuchADisk({ images: 127 })
    const id = await addImage(store, 'shop')
    expect(durable()).toMatchObject({ image_count: 128, images: { segments: [{ count: 128 }], tail: [] } })
    await store.commit('shop', { type: 'delete_image', imageId: ids[3] ?? '' })
    await store.commit('shop', { type: 'edit', imageOrder: [id] })
    expect(durable()).toMatchObject({ image_count: 127 })
  })

  it('leaves no segment of a retried or failed commit', async () => {
    const { folder, paths, store, durable } = await onSuchADisk({ images: 127 })
    const other = await openFileStore(folder)
    const isLink = (call: { name: string; to: string }) => call.name === 'link' && /\.meta.\d+\.json$/.test(call.to)
    beforeCall(isLink, async () => {
      rmdirSync(paths.lock('shop'))
      await other.commit('shop', { type: 'edit', title: 'first' })
    })
    await addImage(store, 'shop')
    expect(durable()).toMatchObject({ revision: 3, title: 'first', image_count: 128 })
    const stop = failing(isLink, 'ENOSPC')
    await expect(store.commit('shop', { type: 'edit', imageOrder: [(await addedLast(store)) ?? ''] })).rejects.toThrow()
    stop()
    expect(durable()).toMatchObject({ revision: 3 })
  })

  it('restores no deleted image, neither in the list nor as a readable file', async () => {
    const { ids, store, durable } = await onSuchADisk({ images: 36 })
    for (const [at, imageId] of ids.slice(0, 35).entries()) {
      await store.commit('shop', { type: 'delete_image', imageId })
      expect(durable()).toMatchObject({ image_count: 35 - at })
    }
    await addImage(store, 'shop')
  })

  it('restores no deleted project, and no file of it', async () => {
    const { store, durable } = await onSuchADisk({ images: 131 })
    await store.commit('shop', { type: 'delete_project' })
    expect(durable()).toMatchObject({ deleted: true })
    await addImage(store, 'shop')
    await store.commit('shop', { type: 'delete_project' })
    await addImage(store, 'shop')
    expect(durable()).toMatchObject({ deleted: false, image_count: 1 })
  })

  it('leaves no untraceable file of a discarded upload', async () => {
    const { store, durable } = await onSuchADisk({ images: 1 })
    const stage = await store.stage('shop')
    await fill(stage)
    await stage.publish()
    await stage.discard()
    const failed = await store.stage('shop')
    await fill(failed)
    await failed.publish()
    const unknownImage = { type: 'set_primary', imageId: newImageId() } as const
    await expect(store.commit('shop', unknownImage)).rejects.toMatchObject({ code: 'image_not_found' })
    const stop = failing((call) => call.name === 'link', 'ENOSPC')
    await expect(
      store.commit('shop', { type: 'add_image', image: recordOf(failed.imageId) }, { stage: failed }),
    ).rejects.toMatchObject({
      code: 'storage_full',
    })
    stop()
    await failed.discard()
    expect(durable()).toMatchObject({ revision: 1, image_count: 1 })
  })

  it('leaves no untraceable file of a sweep', async () => {
    const { folder, store, durable } = await onSuchADisk({ images: 1 })
    const stage = await store.stage('shop')
    await fill(stage)
    await stage.publish()
    const stop = failing((call) => call.name === 'unlink' && call.path.endsWith('.jpg'), 'EIO')
    await stage.discard()
    stop()
    await sweep(folder)
    expect(durable()).toMatchObject({ revision: 1, image_count: 1 })
  })

  it('leaves no gap in the history, and no unreferenced segment, while old revisions are removed', async () => {
    const { folder, ids, store, durable } = await onSuchADisk({ images: 130, revisions: 60 })
    for (const imageId of ids.slice(0, 8)) await store.commit('shop', { type: 'delete_image', imageId })
    for (let n = 0; n < 30; n++) await store.commit('shop', { type: 'edit', title: `title ${n}` })
    expect(durable()).toMatchObject({ title: 'title 29', image_count: 122 })
    expect((await revisionNumbers(folder))[0]).toBeGreaterThan(30)
  })
})

const addedLast = async (store: Awaited<ReturnType<typeof openFileStore>>) => {
  const state = await store.project('shop')
  return state && (await store.images(state))?.at(-1)?.id
}
