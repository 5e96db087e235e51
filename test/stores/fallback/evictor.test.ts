import { existsSync } from 'node:fs'
import { readdir, readFile, rm, stat, unlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { LARGE, type VariantName } from '../../../src/core/names.ts'
import { createDoctor, type Finding } from '../../../src/services/doctor.ts'
import { createFolderPlace } from '../../../src/stores/copy/folder-place.ts'
import { createSecondCopy } from '../../../src/stores/fallback/second-copy.ts'
import { createInspector } from '../../../src/stores/file/doctor/inspector.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { keys } from '../../../src/stores/s3/keys.ts'
import { copyBetween } from '../../contracts/copy.ts'
import { addImage, bytesOf, readVariant } from '../../contracts/store.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openBucket } from '../../support/s3/ceph.ts'
import { startMemoryEngine } from '../../support/s3/engine.ts'
import { linkTo, openEvictor, openReplicator } from '../../support/store/fallback.ts'
import { openFileStore, silent } from '../../support/store/file-store.ts'

/** Length of each original: ids have one length. */
const ORIGINAL = bytesOf('a'.repeat(20), 'original').length
const SOURCE = bytesOf('a'.repeat(20), 'source').length
const WITH_SOURCE = ['original', 'medium', 'thumb', 'game', 'source'] as const

const until = (isSo: () => boolean | Promise<boolean>) =>
  vi.waitFor(async () => expect(await isSo()).toBe(true), { timeout: 60_000, interval: 5 })

/** A store of images with these variants. */
const boundedStore = async (images: readonly (readonly VariantName[] | undefined)[]) => {
  const storageDir = join(await temporaryFolder(), 'storage')
  const engine = await startMemoryEngine()
  const link = linkTo(engine.endpoint)
  const bucket = openBucket(link.options)
  const fetched: VariantName[] = []
  const store = await openFileStore(storageDir, {
    ...{ fallback: createSecondCopy(bucket), isBounded: true },
    onFetched: ({ name }) => void fetched.push(name),
  })
  const paths = createPaths(storageDir)
  const path = (id: string, name: VariantName = 'original') => paths.variant('shop', id, name)
  const ids: string[] = []
  for (const names of images) ids.push(await addImage(store, 'shop', names))
  /** Also reads by the program can change the time of the last use, where the disk is mounted so. */
  const age = async () => {
    for (const [n, id] of ids.entries()) {
      const at = new Date(Date.UTC(2020, 0, 1 + n))
      for (const name of LARGE) if (existsSync(path(id, name))) await utimes(path(id, name), at, at)
    }
  }
  const here = () => ids.filter((id) => existsSync(path(id)))
  /** Copies everything; then the images were last used years ago, one after another. */
  const copy = async () => {
    const replicator = openReplicator(storageDir, store, link)
    const last = await store.project('shop')
    const name = `${keys.meta('shop')}${String(last?.revision).padStart(12, '0')}.json`
    await until(async () => (await bucket.text(name)) !== undefined && replicator.waiting().projects === 0)
    await age()
    return replicator
  }
  const evict = (maxBytes: number) => openEvictor(storageDir, store, link, { maxBytes, fetched: () => fetched.length })
  return { storageDir, engine, link, bucket, store, paths, path, ids, here, copy, evict, fetched }
}

type Bounded = Awaited<ReturnType<typeof boundedStore>>

/** A store of four images, of which the two that were used last remain here. */
const evictedStore = async () => {
  const bounded = await boundedStore([undefined, undefined, undefined, undefined])
  await (await bounded.copy()).close()
  const evictor = bounded.evict(3 * ORIGINAL)
  await until(() => evictor.stats().evicted === 2)
  await evictor.close()
  expect(bounded.here()).toEqual(bounded.ids.slice(2))
  bounded.link.sent.length = 0
  return { ...bounded, gone: bounded.ids[0] ?? '' }
}

const examine = async ({ storageDir }: Bounded, fallback?: ReturnType<typeof createSecondCopy>) => {
  const remake = async () => {
    throw new Error('there are no pictures')
  }
  const inspector = createInspector({ storageDir, fallback, log: silent, remake })
  const found: Finding[] = []
  try {
    await createDoctor({ inspector }).examine({ fix: false, onFinding: (finding) => void found.push(finding) })
    // Texts stand for the pictures.
    return found.filter(({ detail }) => !detail.includes('found other content'))
  } finally {
    await inspector.close()
  }
}

describe('originals beyond LOCAL_BYTES', () => {
  it('go from the disk, least recently used ones first, and come back with their readers', async () => {
    const bounded = await evictedStore()
    const { store, ids, gone, path, here, evict, fetched } = bounded
    for (const name of ['medium', 'thumb', 'game'] as const) expect(existsSync(path(gone, name))).toBe(true)
    const read = () => readVariant(store, 'shop', gone)
    expect(new Set(await Promise.all([read(), read(), read()]))).toEqual(new Set([bytesOf(gone, 'original')]))
    expect([here(), fetched]).toEqual([[gone, ...ids.slice(2)], ['original']])
    // It counts, and was used last.
    const evictor = evict(2 * ORIGINAL)
    await until(() => evictor.stats().evicted === 2)
    expect(here()).toEqual([gone])
    expect(evictor.stats().bytes).toBe(ORIGINAL)
    await readVariant(store, 'shop', ids[1] ?? '')
    await readVariant(store, 'shop', ids[2] ?? '')
    await until(() => evictor.stats().evicted === 4)
    expect(here()).toHaveLength(1)
  })

  it('begin one byte above it', async () => {
    const { copy, evict, here } = await boundedStore([undefined, undefined])
    await copy()
    const within = evict(2 * ORIGINAL)
    await until(() => within.stats().bytes === 2 * ORIGINAL)
    await within.close()
    expect([within.stats().evicted, here()]).toEqual([0, here()])
    expect(here()).toHaveLength(2)
    const above = evict(2 * ORIGINAL - 1)
    await until(() => above.stats().evicted === 1)
    expect(here()).toHaveLength(1)
  })

  it('stay while the bucket does not have them, has others, is away, or is another store’s', async () => {
    const { link, bucket, store, storageDir, ids, here, copy, evict, path } = await boundedStore([undefined, undefined])
    const evictor = evict(1)
    const heads = () => link.sent.filter((request) => request.startsWith('HEAD')).length
    // Several scans.
    await until(() => heads() > 8)
    expect([evictor.stats().evicted, here()]).toEqual([0, ids])
    await evictor.close()
    const replicator = await copy()
    await bucket.put(keys.variant('shop', ids[0] ?? '', 'original'), 'shorter')
    const again = evict(1)
    await until(() => again.stats().evicted === 1)
    await until(() => heads() > 20)
    await again.close()
    expect(here()).toEqual(ids.slice(0, 1))
    await bucket.put(keys.variant('shop', ids[0] ?? '', 'original'), bytesOf(ids[0] ?? '', 'original'))
    link.cut((request) => request.startsWith('HEAD'))
    const away = evict(1)
    await until(() => away.stats().bytes === ORIGINAL)
    await replicator.close()
    link.mend()
    await away.close()
    await bucket.put('.fallback/owner.json', '{"store":"another","since":"2026-01-01T00:00:00.000Z"}')
    await readVariant(store, 'shop', ids[1] ?? '')
    link.sent.length = 0
    const foreign = evict(1)
    await until(() => link.sent.filter((request) => request.endsWith('owner.json')).length > 2)
    await foreign.close()
    expect(heads()).toBe(0)
    expect(existsSync(path(ids[1] ?? ''))).toBe(true)
    expect(storageDir).toBeDefined()
  })

  it('stay where they are used after the scan', async () => {
    const { store, ids, path, here, copy, evict, storageDir, link } = await boundedStore([undefined, undefined])
    await (await copy()).close()
    const [oldest = ''] = ids
    // The time of a use is kept, whatever the mount options of the disk.
    await readVariant(store, 'shop', oldest)
    await until(async () => (await stat(path(oldest))).atimeMs > Date.UTC(2021))
    const evictor = evict(2 * ORIGINAL - 1)
    await until(() => evictor.stats().evicted === 1)
    expect(here()).toEqual([oldest])
    await evictor.close()
    // Used while the bucket is asked.
    let asked = 0
    const now = new Date()
    const fallback = {
      async has() {
        asked++
        await utimes(path(oldest), new Date(now.getTime() + asked * 1000), now)
        return true
      },
    }
    const late = openEvictor(storageDir, store, link, { maxBytes: 1, fallback })
    await until(() => asked > 2)
    await late.close()
    expect([late.stats().evicted, here()]).toEqual([0, [oldest]])
  })

  it('go with their sources, from which renders are made all the same', async () => {
    const { store, ids, path, copy, evict } = await boundedStore([WITH_SOURCE, undefined])
    await (await copy()).close()
    const [id = ''] = ids
    const evictor = evict(ORIGINAL + SOURCE)
    await until(() => evictor.stats().evicted === 1)
    await evictor.close()
    expect([existsSync(path(id)), existsSync(path(id, 'source'))]).toEqual([false, false])
    expect(await store.renderSource('shop', id)).toMatchObject({ size: 'source' })
    expect([existsSync(path(id)), existsSync(path(id, 'source'))]).toEqual([false, true])
    expect(await readVariant(store, 'shop', id, 'source')).toBe(bytesOf(id, 'source'))
  })

  it('are described without a fetch, and lent to encoders until these have read them', async () => {
    const { store, gone, link, path } = await evictedStore()
    const described = await store.statVariant('shop', gone, 'original')
    expect(described).toEqual({ bytes: ORIGINAL, modifiedMs: Date.parse('2026-01-02T03:04:05Z') })
    expect(await store.statVariant('shop', gone, 'source')).toBeUndefined()
    const reference = await store.renderSource('shop', gone)
    expect([reference.size, link.sent]).toEqual(['original', []])
    const text = await store.withLocalFile(reference, async (lent) => {
      await unlink(path(gone))
      return readFile(lent, 'utf8')
    })
    expect(text).toBe(bytesOf(gone, 'original'))
    // Fetched as old as its image.
    await readVariant(store, 'shop', gone)
    expect(await store.findVariant('shop', gone, 'original')).toEqual(described)
  })

  it('are no damage to the doctor where the bucket has them', async () => {
    const bounded = await evictedStore()
    const { bucket, gone } = bounded
    const fallback = createSecondCopy(bucket)
    expect(await examine(bounded, fallback)).toEqual([])
    expect(await examine(bounded)).toMatchObject([
      { kind: 'variant_missing', detail: expect.stringContaining('FALLBACK') },
      { kind: 'variant_missing', detail: expect.stringContaining('FALLBACK') },
    ])
    await bucket.remove(keys.variant('shop', gone, 'original'))
    expect(await examine(bounded, fallback)).toMatchObject([{ kind: 'variant_missing', outcome: 'unmendable' }])
  })

  it('stay in the bucket, also when everything is compared anew, until their image is deleted', async () => {
    const bounded = await evictedStore()
    const { storageDir, store, engine, gone, copy, path } = bounded
    const before = engine.keys()
    // Nothing is known of the bucket any more.
    const folder = join(storageDir, '.fallback')
    const positions = (await readdir(folder)).filter((name) => /^[0-9a-f]{16}$/.test(name))
    expect(positions).toHaveLength(1)
    for (const name of positions) await rm(join(folder, name), { recursive: true })
    await addImage(store, 'shop')
    const replicator = await copy()
    expect(before.filter((key) => !engine.keys().includes(key))).toEqual([])
    await store.commit('shop', { type: 'delete_image', imageId: gone })
    await until(() => engine.keys().every((key) => !key.includes(gone)))
    await replicator.close()
    for (const name of ['original', 'medium', 'thumb', 'game'] as const)
      await until(() => !existsSync(path(gone, name)))
  })

  it('are read from the bucket by a copy of the folder, which says so where it cannot', async () => {
    const { storageDir, bucket } = await evictedStore()
    const to = join(await temporaryFolder(), 'copy')
    const target = { place: () => createFolderPlace(to) }
    const without = await copyBetween({ source: { place: () => createFolderPlace(storageDir) }, target })
    expect(without.refused).toEqual([{ path: 'shop', reason: expect.stringContaining('FALLBACK') }])
    const readElsewhere: NonNullable<Parameters<typeof createFolderPlace>[1]>['readElsewhere'] = (file) =>
      bucket.read(keys.variant(file.projectId, file.imageId, file.name), 0, file.content.bytes)
    const source = { place: () => createFolderPlace(storageDir, { readElsewhere }) }
    expect(await copyBetween({ source, target }, { verify: true })).toMatchObject({ copied: 1, refused: [] })
  })

  it('are evicted by one process, whose place another one takes', async () => {
    const { copy, evict, here } = await boundedStore([undefined, undefined])
    const one = evict(2 * ORIGINAL)
    await until(() => one.stats().bytes === 2 * ORIGINAL)
    await (await copy()).close()
    const other = evict(1)
    await one.close()
    await until(() => other.stats().evicted === 2)
    expect([one.stats(), here()]).toEqual([{ bytes: 0, evicted: 0 }, []])
  })
})
