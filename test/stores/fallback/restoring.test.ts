import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createDoctor, type Finding } from '../../../src/services/doctor.ts'
import { createFileKeys } from '../../../src/stores/accounts/file-keys.ts'
import type { KeyRecord } from '../../../src/stores/accounts/keys.ts'
import { createBucketPlace } from '../../../src/stores/copy/bucket-place.ts'
import { createFolderPlace } from '../../../src/stores/copy/folder-place.ts'
import { createSecondCopy } from '../../../src/stores/fallback/second-copy.ts'
import { createInspector } from '../../../src/stores/file/doctor/inspector.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { keys } from '../../../src/stores/s3/keys.ts'
import { copyBetween } from '../../contracts/copy.ts'
import { addImage, bytesOf, idsOf, readVariant } from '../../contracts/store.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { openBucket } from '../../support/s3/ceph.ts'
import { startMemoryEngine } from '../../support/s3/engine.ts'
import { linkTo, openReplicator, restoreInto } from '../../support/store/fallback.ts'
import { openFileStore, silent } from '../../support/store/file-store.ts'

const folder = async () => join(await temporaryFolder(), 'storage')

const KEY: KeyRecord = {
  ...{ name: 'me', role: 'admin', projects: null, sha256: 'a'.repeat(64), expires_at: null },
  ...{ id: 'k'.repeat(12), created_at: '2026-01-01T00:00:00.000Z' },
}

const until = (isSo: () => boolean | Promise<boolean>) =>
  vi.waitFor(async () => expect(await isSo()).toBe(true), { timeout: 60_000, interval: 5 })

/** A store of three projects with a key, all of it in a bucket, and nothing that copies any more. */
const lostStore = async ({ images = 3, records = [] }: { images?: number; records?: string[] } = {}) => {
  const storageDir = await folder()
  const engine = await startMemoryEngine()
  const link = linkTo(engine.endpoint)
  const store = await openFileStore(storageDir)
  // A store with keys of its own is never mixed with another.
  if (records.length === 0) await createFileKeys({ storageDir }).add(KEY)
  for (const path of records) {
    await mkdir(dirname(join(storageDir, path)), { recursive: true })
    await writeFile(join(storageDir, path), '{}')
  }
  const record = records.at(-1) ?? '.accounts/keys/'
  const ids: string[] = []
  for (let n = 0; n < images; n++) ids.push(await addImage(store, 'shop', n === 0 ? WITH_SOURCE : undefined))
  await store.commit('shop', { type: 'set_primary', imageId: ids[1] ?? '' })
  await store.commit('shop', { type: 'delete_image', imageId: ids.pop() ?? '' })
  await addImage(store, 'Shop')
  await addImage(store, 'gone')
  await store.commit('gone', { type: 'delete_project' })
  const replicator = openReplicator(storageDir, store, link, { recordsMs: 10 })
  const has = (part: string) => engine.keys().some((key) => key.includes(part))
  await until(() => has(record.replace(/1\.json$/, '')) && has('/gone/.meta/'))
  await until(() => replicator.waiting().projects === 0)
  await replicator.close()
  link.sent.length = 0
  const pictures = () => engine.keys().filter((key) => key.endsWith('.jpg') || key.endsWith('.png'))
  return { storageDir, store, engine, link, ids, pictures }
}

const WITH_SOURCE = ['original', 'medium', 'thumb', 'game', 'source'] as const

/** Opens a restored folder, whose missing files come from the bucket. */
const openRestored = (storageDir: string, link: ReturnType<typeof linkTo>) =>
  openFileStore(storageDir, { fallback: createSecondCopy(openBucket(link.options)) })

const isRestoring = (storageDir: string) => existsSync(join(storageDir, '.fallback', 'restoring.json'))

/** Files of pictures in a store. */
const picturesIn = async (storageDir: string) =>
  (await filesIn(join(storageDir, 'projects'))).filter((path) => /\.(jpg|png)$/.test(path))

describe('an empty folder with the bucket of a lost store', () => {
  it('has its projects, lists, covers and keys; files come with their readers, and changes are copied', async () => {
    const { store, link, engine, ids, pictures } = await lostStore()
    const before = { keys: engine.keys(), writes: engine.writes() }
    const storageDir = await folder()
    await restoreInto(storageDir, link)
    // The owner alone was written.
    expect([engine.keys(), engine.writes()]).toEqual([before.keys, before.writes + 1])
    expect([await picturesIn(storageDir), isRestoring(storageDir)]).toEqual([[], false])
    expect((await createFileKeys({ storageDir }).list()).map(({ id }) => id)).toEqual([KEY.id])

    const restored = await openRestored(storageDir, link)
    expect(await restored.projectIds()).toEqual(await store.projectIds())
    for (const projectId of ['shop', 'Shop', 'gone'])
      expect(await restored.project(projectId)).toEqual(await store.project(projectId))
    expect(await idsOf(restored, 'shop')).toEqual(ids)
    const state = await restored.project('shop')
    expect(state && (await restored.cover(state))).toMatchObject({ id: ids[1] })
    expect(await readFile(createPaths(storageDir).published('shop'), 'utf8')).toContain(ids[0])
    for (const name of WITH_SOURCE)
      expect(await readVariant(restored, 'shop', ids[0] ?? '', name)).toBe(bytesOf(ids[0] ?? '', name))
    expect(await picturesIn(storageDir)).toHaveLength(5)

    const replicator = openReplicator(storageDir, restored, link, { recordsMs: 10 })
    const added = await addImage(restored, 'shop')
    await restored.commit('shop', { type: 'delete_image', imageId: ids[1] ?? '' })
    await until(() => pictures().some((key) => key.endsWith(`game/${added}.jpg`)))
    await until(() => pictures().every((key) => !key.includes(ids[1] ?? '')) && replicator.waiting().projects === 0)
    const lost = before.keys.filter((key) => !engine.keys().includes(key) && !key.includes(ids[1] ?? ''))
    expect(lost).toEqual([])
  })

  it('is brought back from any moment of an earlier try, while the bucket fails at every request', async () => {
    const { store, link, engine, ids } = await lostStore({ images: 2 })
    const storageDir = await folder()
    const keysBefore = engine.keys()
    let [requests, mostRequests] = [0, 0]
    // Each try gets one request further than the one before.
    link.cut(() => requests++ >= mostRequests)
    let tries = 0
    for (let isBack = false; !isBack; tries++) {
      requests = 0
      mostRequests = tries
      const restoring = restoreInto(storageDir, link, { sleep: async () => {} })
      isBack = await restoring.then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'store_unavailable' })
          return false
        },
      )
    }
    expect(tries).toBeGreaterThan(5)
    link.mend()
    expect(engine.keys()).toEqual(keysBefore)
    expect((await createFileKeys({ storageDir }).list()).map(({ id }) => id)).toEqual([KEY.id])
    const restored = await openRestored(storageDir, link)
    for (const projectId of ['shop', 'Shop', 'gone'])
      expect(await restored.project(projectId)).toEqual(await store.project(projectId))
    expect(await readVariant(restored, 'shop', ids[0] ?? '')).toBe(bytesOf(ids[0] ?? '', 'original'))
  })

  it('goes on after a stop amid the work, in one of several processes, and is filled once', async () => {
    const { link, ids } = await lostStore()
    const storageDir = await folder()
    link.cut((request) => request.includes('/.meta/') && request.startsWith('GET'))
    await expect(restoreInto(storageDir, link, { sleep: async () => {} })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    expect(isRestoring(storageDir)).toBe(true)
    link.mend()
    // It owns the bucket by now, and needs no permission.
    const both = [0, 1].map(() => restoreInto(storageDir, link, { takeOver: false }))
    await Promise.all(both)
    const restored = await openRestored(storageDir, link)
    expect(await idsOf(restored, 'shop')).toEqual(ids)
    const added = await addImage(restored, 'shop')
    // The next start finds a store.
    link.sent.length = 0
    await restoreInto(storageDir, link)
    expect(link.sent).toEqual([])
    expect(await idsOf(restored, 'shop')).toEqual([...ids, added])
  })

  it('is filled for good by a copy, after which a lost file is damage again', async () => {
    const { link, ids } = await lostStore()
    const storageDir = await folder()
    await restoreInto(storageDir, link)
    const fallback = createSecondCopy(openBucket(link.options))
    const examine = async (options: { fallback?: typeof fallback }) => {
      const remake = async () => {
        throw new Error('there are no pictures')
      }
      const inspector = createInspector({ ...options, storageDir, log: silent, remake })
      const found: Finding[] = []
      try {
        await createDoctor({ inspector }).examine({ fix: false, onFinding: (finding) => void found.push(finding) })
        // Texts stand for the pictures.
        return found.filter(({ detail }) => !detail.includes('found other content'))
      } finally {
        await inspector.close()
      }
    }
    expect(await examine({ fallback })).toEqual([])
    expect(await examine({})).toHaveLength(13)
    const bucket = openBucket(link.options)
    await bucket.remove(keys.variant('shop', ids[1] ?? '', 'thumb'))
    expect(await examine({ fallback })).toMatchObject([{ kind: 'variant_missing' }])
    await bucket.put(keys.variant('shop', ids[1] ?? '', 'thumb'), bytesOf(ids[1] ?? '', 'thumb'))

    const source = { place: () => createBucketPlace({ bucket: openBucket(link.options) }) }
    const target = { place: () => createFolderPlace(storageDir) }
    expect(await copyBetween({ source, target })).toMatchObject({ refused: [], files: 13 })
    expect(await examine({})).toEqual([])
    await rm(createPaths(storageDir).variant('shop', ids[0] ?? '', 'original'))
    expect(await examine({ fallback })).toMatchObject([{ kind: 'variant_missing', outcome: 'mendable' }])
  })

  it('gets the other projects where one is not whole in the bucket', async () => {
    const { link, ids } = await lostStore()
    const bucket = openBucket(link.options)
    await bucket.put(`${keys.meta('Shop')}000000000001.json`, 'damaged')
    const storageDir = await folder()
    await restoreInto(storageDir, link)
    const restored = await openRestored(storageDir, link)
    expect(await idsOf(restored, 'shop')).toEqual(ids)
    expect(await restored.project('Shop')).toBeUndefined()
  })
})

describe('a folder', () => {
  it('is not filled without permission, nor where it has a store', async () => {
    const { store, storageDir, link } = await lostStore()
    const fresh = await folder()
    await expect(restoreInto(fresh, link, { takeOver: false })).rejects.toMatchObject({
      message: expect.stringMatching(/is the fallback of another store.*--take-over/),
    })
    expect([await filesIn(fresh), isRestoring(fresh)]).toEqual([['.fallback/id.json'], false])
    link.sent.length = 0
    await rm(createPaths(storageDir).published('shop'))
    await restoreInto(storageDir, link)
    expect(link.sent).toEqual([])
    expect(await store.projectIds()).toHaveLength(3)
  })

  it('whose projects are gone is filled again, and keeps the accounts that it has', async () => {
    const { storageDir, store, link } = await lostStore()
    const states = [await store.project('shop'), await store.project('Shop')]
    await store.close()
    await rm(join(storageDir, 'projects'), { recursive: true })
    await createFileKeys({ storageDir }).add({ ...KEY, id: 'l'.repeat(12) })
    await restoreInto(storageDir, link, { takeOver: false })
    const restored = await openRestored(storageDir, link)
    expect([await restored.project('shop'), await restored.project('Shop')]).toEqual(states)
    expect(await createFileKeys({ storageDir }).list()).toHaveLength(2)
  })

  it('that is to be filled is not served while the bucket is away; a new one is', async () => {
    const { storageDir, store, link } = await lostStore()
    await store.close()
    await rm(join(storageDir, 'projects'), { recursive: true })
    link.cut()
    const refusal = { code: 'store_unavailable', message: expect.stringContaining('is empty') }
    await expect(restoreInto(storageDir, link, { takeOver: false })).rejects.toMatchObject(refusal)
    await expect(restoreInto(await folder(), link)).rejects.toMatchObject(refusal)
    await restoreInto(await folder(), link, { takeOver: false })
  })

  it('that is being filled from another bucket is refused in one line', async () => {
    const { link } = await lostStore()
    const storageDir = await folder()
    await mkdir(join(storageDir, '.fallback'), { recursive: true })
    await writeFile(join(storageDir, '.fallback', 'restoring.json'), '{"from":"s3://other","records":[]}')
    await expect(restoreInto(storageDir, link)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The store is being brought back from s3:\/\/other, and FALLBACK is s3:\/\/pictures/,
      ),
    })
  })

  it('that is empty takes nothing out of the bucket that it copies to, with or without being filled', async () => {
    const { engine, link } = await lostStore({ records: ['.accounts/links/ab/x.json', '.collections/all/1.json'] })
    const before = engine.keys()
    expect(before.filter((key) => key.includes('/.accounts/links/') || key.includes('/.collections/'))).toHaveLength(2)
    const storageDir = await folder()
    const empty = await openFileStore(storageDir)
    const replicator = openReplicator(storageDir, empty, link, { takeOver: true, recordsMs: 10 })
    await addImage(empty, 'new')
    await addImage(empty, 'shop')
    await until(() => engine.keys().some((key) => key.includes('/new/.meta/')))
    // The records are compared several times.
    link.sent.length = 0
    await until(() => link.sent.filter((request) => request.endsWith('owner.json')).length > 3)
    await replicator.close()
    expect(before.filter((key) => !engine.keys().includes(key))).toEqual([])
  })
})
