import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { groupIn } from '../../../src/core/auth/links.ts'
import { createFileAccountStore } from '../../../src/stores/accounts/file-account-store.ts'
import { createFileKeys } from '../../../src/stores/accounts/file-keys.ts'
import { createFileCollections } from '../../../src/stores/collections/collections.ts'
import { createBucketPlace } from '../../../src/stores/copy/bucket-place.ts'
import { createFolderPlace } from '../../../src/stores/copy/folder-place.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { createFileLinks } from '../../../src/stores/links/file-links.ts'
import { createRemovals } from '../../../src/stores/private/removals.ts'
import type { Store } from '../../../src/stores/store.ts'
import { collectionOf } from '../../contracts/collections.ts'
import { copyBetween } from '../../contracts/copy.ts'
import { linkRecord } from '../../contracts/links.ts'
import { addImage, idsOf, readVariant } from '../../contracts/store.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openBucket } from '../../support/s3/ceph.ts'
import { startMemoryEngine } from '../../support/s3/engine.ts'
import { openS3Store } from '../../support/s3/store.ts'
import { type Link, linkTo, openReplicator } from '../../support/store/fallback.ts'
import { openFileStore } from '../../support/store/file-store.ts'

const folder = async () => join(await temporaryFolder(), 'storage')

/** An empty store, and a link to an empty engine. */
const begin = async () => {
  const storageDir = await folder()
  const engine = await startMemoryEngine()
  return { storageDir, engine, store: await openFileStore(storageDir), link: linkTo(engine.endpoint) }
}

type Replicator = ReturnType<typeof openReplicator>

/** Waits until the bucket has the newest revision of a project, and nothing more is to be done. */
const copied = async (
  store: Store,
  { bucket, waiting }: Pick<Replicator, 'bucket' | 'waiting'>,
  projectId = 'shop',
) => {
  const { revision } = (await store.project(projectId)) ?? { revision: 1 }
  const place = createBucketPlace({ bucket })
  const isThere = async () => {
    const numbers = await place.revisions(projectId).catch(() => [])
    return (numbers.at(-1) ?? 0) >= revision && waiting().projects === 0
  }
  await vi.waitFor(async () => expect(await isThere()).toBe(true), { timeout: 60_000, interval: 5 })
}

const keysOf = ({ keys }: { keys(): string[] }, name: string) => keys().filter((key) => key.includes(`/${name}/`))

/** A store that serves the bucket, once nothing is copied to it any more. */
const served = async ({ options }: Link) => openS3Store(options, await temporaryFolder())

describe('a fallback', () => {
  it('gets every committed revision with its files, and only deletions of images', async () => {
    const { storageDir, engine, store, link } = await begin()
    const first = await addImage(store, 'shop', ['original', 'medium', 'thumb', 'game', 'source'])
    const replicator = openReplicator(storageDir, store, link)
    await copied(store, replicator)
    const second = await addImage(store, 'shop')
    await store.commit('shop', { type: 'set_primary', imageId: second })
    await copied(store, replicator)
    await store.commit('shop', { type: 'delete_image', imageId: first })
    await addImage(store, 'Shop')
    await copied(store, replicator, 'Shop')
    await copied(store, replicator)
    expect(engine.keys().filter((key) => key.includes(first))).toEqual([])
    await replicator.close()
    const other = await served(link)
    expect(await idsOf(other, 'shop')).toEqual([second])
    expect(await other.project('shop')).toEqual(await store.project('shop'))
    expect(await readVariant(other, 'shop', second)).toBe(await readVariant(store, 'shop', second))
    expect(await idsOf(other, 'Shop')).toEqual(await idsOf(store, 'Shop'))
  })

  it('goes back into a folder by a copy', async () => {
    const { storageDir, store, link } = await begin()
    for (let n = 0; n < 3; n++) await addImage(store, 'shop')
    const replicator = openReplicator(storageDir, store, link)
    await copied(store, replicator)
    await replicator.close()
    const to = await folder()
    const source = { place: () => createBucketPlace({ bucket: openBucket(link.options) }) }
    const target = { place: () => createFolderPlace(to) }
    expect(await copyBetween({ source, target }, { verify: true })).toMatchObject({ copied: 1, refused: [], files: 12 })
    const restored = await openFileStore(to)
    expect(await restored.project('shop')).toEqual(await store.project('shop'))
  })

  it('has what was committed while it was away, and says how far behind it is', async () => {
    const { storageDir, store, link } = await begin()
    link.cut()
    await addImage(store, 'shop')
    const committedMs = Date.parse((await store.project('shop'))?.updated_at ?? '')
    const replicator = openReplicator(storageDir, store, link)
    await vi.waitFor(() => expect(replicator.waiting().projects).toBe(1), { timeout: 60_000 })
    expect(replicator.waiting().oldestMs).toBe(committedMs)
    await addImage(store, 'other')
    await vi.waitFor(() => expect(replicator.waiting().projects).toBe(2), { timeout: 60_000 })
    expect(replicator.waiting().oldestMs).toBe(committedMs)
    link.mend()
    await copied(store, replicator)
    await copied(store, replicator, 'other')
    expect(replicator.waiting()).toEqual({ projects: 0, oldestMs: undefined })
  })

  it('survives the failure of every request, and an end before files of a deleted image are gone', async () => {
    const { storageDir, engine, store, link } = await begin()
    const ids: string[] = []
    for (let n = 0; n < 3; n++) ids.push(await addImage(store, 'shop'))
    const failed = new Set<string>()
    // Each request fails once.
    link.cut((request) => !failed.has(request) && failed.add(request) !== undefined)
    const sleep = (_: number, signal: AbortSignal) => setTimeout(5, undefined, { signal }).catch(() => {})
    const replicator = openReplicator(storageDir, store, link, { sleep })
    await vi.waitFor(() => expect(keysOf(engine, '.meta')).toHaveLength(3), { timeout: 60_000 })
    link.mend()
    await copied(store, replicator)
    expect(failed.size).toBeGreaterThan(20)
    link.cut((request) => request.startsWith('DELETE'))
    await store.commit('shop', { type: 'delete_image', imageId: ids[0] ?? '' })
    // The revision is there, and the process ends before the files are gone.
    await vi.waitFor(() => expect(keysOf(engine, '.meta').some((key) => key.endsWith('04.json'))).toBe(true), {
      timeout: 60_000,
    })
    await replicator.close()
    expect(keysOf(engine, 'original')).toHaveLength(3)
    link.mend()
    openReplicator(storageDir, store, link)
    await vi.waitFor(() => expect(keysOf(engine, 'original')).toHaveLength(2), { timeout: 60_000 })
  })

  it('goes on after a restart with what changed, and asks for nothing else', async () => {
    const { storageDir, store, link } = await begin()
    for (const projectId of ['a', 'b', 'c']) await addImage(store, projectId)
    const before = openReplicator(storageDir, store, link)
    for (const projectId of ['a', 'b', 'c']) await copied(store, before, projectId)
    await before.close()
    const id = await addImage(store, 'b')
    link.sent.length = 0
    const after = openReplicator(storageDir, store, link)
    await vi.waitFor(() => expect(link.sent.some((request) => request.endsWith(`game/${id}.jpg`))).toBe(true), {
      timeout: 60_000,
    })
    await copied(store, after, 'b')
    expect(link.sent.filter((request) => /projects\/[ac]\//.test(request))).toEqual([])
    expect(link.sent.filter((request) => request.startsWith('PUT'))).toHaveLength(5)
  })

  it('costs an upload its variants, a revision and a look at the owner', async () => {
    const { storageDir, store, link } = await begin()
    await addImage(store, 'shop')
    const replicator = openReplicator(storageDir, store, link)
    await copied(store, replicator)
    link.sent.length = 0
    const id = await addImage(store, 'shop')
    await vi.waitFor(() => expect(link.sent.some((request) => request.endsWith(`02.json`))).toBe(true), {
      timeout: 60_000,
    })
    await vi.waitFor(() => expect(replicator.waiting().projects).toBe(0), { timeout: 60_000 })
    expect(link.sent.filter((request) => request.startsWith('PUT'))).toHaveLength(5)
    expect(link.sent.filter((request) => request.includes(id))).toHaveLength(4)
    expect(link.sent.filter((request) => !request.startsWith('PUT')).toSorted()).toEqual([
      'GET /pictures/.fallback/owner.json',
      'GET /pictures/projects/shop/.meta/000000000001.json',
    ])
  })

  it('keeps what is missing here without a deletion: files, folders, and lists that were put back', async () => {
    const { storageDir, engine, store, link } = await begin()
    const paths = createPaths(storageDir)
    const id = await addImage(store, 'shop')
    await addImage(store, 'gone')
    const before = openReplicator(storageDir, store, link)
    await copied(store, before)
    await copied(store, before, 'gone')
    await before.close()
    await rm(paths.variant('shop', id, 'original'))
    await rm(paths.project('gone'), { recursive: true })
    const again = openReplicator(storageDir, store, link)
    await addImage(store, 'shop')
    await copied(store, again)
    expect(engine.keys()).toEqual(expect.arrayContaining([`pictures/projects/shop/original/${id}.jpg`]))
    expect(keysOf(engine, 'gone')).toHaveLength(5)
  })

  it('keeps records that are missing here beside others, and deletes those that were removed here', async () => {
    const { storageDir, engine, store, link } = await begin()
    const removals = createRemovals(storageDir)
    const replicator = openReplicator(storageDir, store, link, { recordsMs: 10 })
    const links = createFileLinks({ storageDir })
    const sessions = createFileAccountStore({ storageDir }).sessions
    const collections = createFileCollections({ storageDir })
    const [lost, ended, alive] = [linkRecord('shop'), linkRecord('shop'), linkRecord('shop')]
    for (const record of [lost, ended, alive]) await links.add(record)
    const begun = { user_id: 'u', generation: 0, created_at: '2026-01-01T00:00:00.000Z' }
    const [lostSession, endedSession] = [await sessions.begin(begun), await sessions.begin(begun)]
    const titled = (title: string) => collections.change('all', () => ({ ...collectionOf('all'), title }))
    for (const title of ['a', 'b']) await titled(title)
    const has = (part: string) => engine.keys().some((key) => key.includes(part))
    const until = (isSo: () => boolean) => vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 60_000 })
    const names = [lost.id, ended.id, alive.id, lostSession, endedSession, '/all/000000000002.json']
    await until(() => names.every(has))
    await replicator.close()

    const group = join(storageDir, '.accounts', 'links', groupIn(lost.id))
    await rm(join(group, `${lost.id}.json`))
    await rm(join(storageDir, '.accounts', 'families', lostSession), { recursive: true })
    await links.remove(ended.id)
    await sessions.end(endedSession)
    for (const title of ['c', 'd']) await titled(title)
    expect(await removals.read()).toHaveLength(2)
    const again = openReplicator(storageDir, store, link, { recordsMs: 10 })
    await until(() => !has(ended.id) && !has(endedSession) && !has('/all/000000000002.json'))
    await vi.waitFor(async () => expect(await removals.read()).toEqual([]), { timeout: 60_000 })
    await again.close()
    expect([lost.id, alive.id, lostSession, '/all/000000000004.json'].filter((name) => !has(name))).toEqual([])
  })

  it('is copied by one process, whose place another one takes', async () => {
    const { storageDir, store, link } = await begin()
    const [one, other] = [linkTo(''), link]
    const first = openReplicator(storageDir, store, link)
    await addImage(store, 'shop')
    await copied(store, first)
    const second = openReplicator(storageDir, store, { ...one, options: other.options })
    await first.close()
    const id = await addImage(store, 'shop')
    await vi.waitFor(() => expect(link.sent.some((request) => request.endsWith(`game/${id}.jpg`))).toBe(true), {
      timeout: 60_000,
    })
    await copied(store, second)
  })

  it('copies accounts, and what another process has committed', async () => {
    const { storageDir, engine, store, link } = await begin()
    const another = await openFileStore(storageDir)
    const keys = createFileKeys({ storageDir })
    const hinted: string[] = []
    const hints = { read: () => ({ ids: hinted.splice(0), times: new Map<string, number>(), isLost: false }) }
    const replicator = openReplicator(storageDir, store, link, { hints, recordsMs: 10 })
    await addImage(store, 'shop')
    await copied(store, replicator)
    await addImage(another, 'other')
    hinted.push('other')
    await copied(store, replicator, 'other')
    const record = { name: 'me', role: 'admin', projects: null, sha256: 'a'.repeat(64), expires_at: null } as const
    await keys.add({ ...record, id: 'k'.repeat(12), created_at: '2026-01-01T00:00:00.000Z' })
    await vi.waitFor(() => expect(engine.keys().some((key) => key.includes('.accounts/keys/'))).toBe(true), {
      timeout: 60_000,
    })
  })
})

describe('the bucket of a fallback', () => {
  it('has one owner, until another takes it over', async () => {
    const { storageDir, store, link } = await begin()
    const replicator = openReplicator(storageDir, store, link)
    await addImage(store, 'shop')
    await copied(store, replicator)
    expect(await replicator.claim()).toBe('kept')

    const otherDir = await folder()
    const otherStore = await openFileStore(otherDir)
    const refused = openReplicator(otherDir, otherStore, link)
    expect(await refused.claim()).toMatchObject({
      refusal: {
        code: 'store_unavailable',
        message: expect.stringMatching(/^s3:\/\/pictures is the fallback of another store, since 2/),
      },
    })
    await addImage(otherStore, 'mine')
    await vi.waitFor(() => expect(refused.waiting().projects).toBe(1), { timeout: 60_000 })
    await refused.close()
    const taking = openReplicator(otherDir, otherStore, link, { takeOver: true })
    await copied(otherStore, taking, 'mine')
    link.sent.length = 0
    await addImage(store, 'shop')
    await vi.waitFor(() => expect(link.sent.filter((each) => each.endsWith('owner.json')).length).toBeGreaterThan(1), {
      timeout: 60_000,
    })
    expect(replicator.waiting().projects).toBe(1)
    expect(link.sent.filter((request) => request.startsWith('PUT'))).toEqual([])
  })

  it('is not taken where servers may run on it', async () => {
    const { storageDir, store, link } = await begin()
    const shared = await served(link)
    await addImage(shared, 'shop')
    const replicator = openReplicator(storageDir, store, link)
    expect(await replicator.claim()).toMatchObject({
      refusal: { message: 's3://pictures holds a store; choose another FALLBACK, or take it over with --take-over.' },
    })
  })
})
