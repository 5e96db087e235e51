// Small variants in memory: read once, bounded, and never sent after their deletion.

import { writeFileSync } from 'node:fs'
import { unlink, writeFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { requireReadable } from '../../../src/core/auth/access.ts'
import { SIZES, type Size } from '../../../src/core/names.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { createVariants, type Variants, type VariantsOptions } from '../../../src/services/images/variants.ts'
import type { Store } from '../../../src/stores/store.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openFileStore } from '../../support/store/file-store.ts'

/** Two stores on one folder, as two workers have them, and a count of the files that the first one opened. */
const twoWorkers = async (options: Partial<VariantsOptions> = {}) => {
  const folder = await temporaryFolder()
  const [own, other] = [await openFileStore(folder), await openFileStore(folder)]
  const counts = { opened: 0 }
  const store: Store = {
    ...own,
    openVariant: (...args) => {
      counts.opened++
      return own.openVariant(...args)
    },
  }
  const variants = createVariants({ store, ...options })
  const newest = async (projectId: string) =>
    requireReadable((await store.project(projectId)) ?? expect.unreachable('no project'), undefined)
  return {
    folder,
    store,
    other,
    counts,
    variants: {
      ...variants,
      find: async (projectId: string, imageId: string, size: Size) =>
        variants.find(await newest(projectId), imageId, size),
      findPrimary: async (projectId: string, size: Size) => variants.findPrimary(await newest(projectId), size),
    },
  }
}

const BYTES: Record<Size, number> = { original: 300_000, medium: 60_000, thumb: 2000, game: 500 }

/** An image whose files hold the first letter of their size, as often as {@link BYTES} says. */
const addImage = async (store: Store, projectId: string) => {
  const stage = await store.stage(projectId)
  for (const size of SIZES) await writeFile(stage.targets[size], size.slice(0, 1).repeat(BYTES[size]))
  await stage.publish()
  const variant = (size: Size) => ({ width: 1, height: 1, bytes: BYTES[size], sha256: '0'.repeat(64) })
  const image: ImageRecord = {
    id: stage.imageId,
    ext: 'jpg',
    created_at: new Date().toISOString(),
    width: 1,
    height: 1,
    sha256: '0'.repeat(64),
    sizes: { original: variant('original'), medium: variant('medium'), thumb: variant('thumb'), game: variant('game') },
  }
  const project = await store.commit(projectId, { type: 'add_image', image }, { stage })
  await stage.discard()
  return { image, project }
}

/** A cached variant in the newest state of the project, as the fast path finds it. */
const findCached = (
  store: Store,
  variants: Pick<Variants, 'findCached'>,
  id: string | undefined,
  size: Size,
  share?: boolean,
) => {
  const project = store.current('shop', share)
  const imageId = id ?? project?.primary_image_id
  const picture = project && imageId && variants.findCached(requireReadable(project, undefined), imageId, size)
  return picture ? { picture, project } : undefined
}

const notFound = { code: 'image_not_found' }

describe('a small picture', () => {
  it('is read once for all simultaneous requests, and not again', async () => {
    const { store, variants, counts } = await twoWorkers()
    const { image } = await addImage(store, 'shop')
    const bodies = await Promise.all(
      Array.from({ length: 100 }, async () => (await variants.find('shop', image.id, 'thumb')).open()),
    )
    for (const body of bodies) expect(body.toString()).toBe('t'.repeat(BYTES.thumb))
    expect((await variants.find('shop', image.id, 'thumb')).body?.toString()).toBe('t'.repeat(BYTES.thumb))
    expect(counts.opened).toBe(1)
    expect(findCached(store, variants, image.id, 'thumb')?.picture.bytes).toBe(BYTES.thumb)
  })

  it('is cached at its upload, without a wait for threads', async () => {
    const { store, variants, counts } = await twoWorkers()
    const { image, project } = await addImage(store, 'shop')
    expect(findCached(store, variants, image.id, 'game')).toBeUndefined()
    await variants.preload(project, image)
    expect(counts.opened).toBe(0)
    for (const size of ['thumb', 'game'] as const)
      expect(findCached(store, variants, undefined, size)?.picture.body?.length).toBe(BYTES[size])
    expect(counts.opened).toBe(0)
  })

  it('is cached at its upload to a store without local files', async () => {
    const { store, counts } = await twoWorkers()
    const variants = createVariants({ store: { ...store, variantNow: undefined } })
    const { image, project } = await addImage(store, 'shop')
    await variants.preload(project, image)
    expect(counts.opened).toBe(2)
    expect(findCached(store, variants, undefined, 'thumb')?.picture.body?.length).toBe(BYTES.thumb)
  })

  it('is found without opening its file', async () => {
    const { store, variants, counts } = await twoWorkers()
    const { image } = await addImage(store, 'shop')
    const { bytes, modifiedMs, path } = await variants.find('shop', image.id, 'medium')
    expect({ bytes, path }).toEqual({ bytes: BYTES.medium, path: `projects/shop/medium/${image.id}.jpg` })
    expect(modifiedMs).toBeGreaterThan(0)
    expect(counts.opened).toBe(0)
  })

  it('may be validated by the check of another request in one turn and millisecond, and only then', async () => {
    const { store, folder, variants } = await twoWorkers()
    const { project, image } = await addImage(store, 'shop')
    await variants.preload(project, image)
    const cached = (share: boolean) => findCached(store, variants, image.id, 'thumb', share)?.picture.imageId
    await setImmediate()
    const now = vi.spyOn(performance, 'now').mockReturnValue(5000)
    onTestFinished(() => now.mockRestore())
    expect(cached(true)).toBe(image.id)
    // What another process commits in this very moment.
    writeFileSync(`${folder}/projects/shop/.meta/${project.revision + 1}.json`, 'another revision')
    now.mockReturnValue(5000.9)
    expect([cached(true), cached(false)]).toEqual([image.id, undefined])
    now.mockReturnValue(5001)
    expect(cached(true)).toBeUndefined()
    now.mockReturnValue(5000.9)
    expect(cached(true)).toBe(image.id)
    await setImmediate()
    expect(cached(true)).toBeUndefined()
  })

  it('is gone at once when another worker deletes it, and so are those of a deleted project', async () => {
    const { store, other, variants } = await twoWorkers()
    const first = await addImage(store, 'shop')
    const second = await addImage(store, 'shop')
    for (const { project, image } of [first, second]) await variants.preload(project, image)
    await other.commit('shop', { type: 'delete_image', imageId: first.image.id })
    expect(findCached(store, variants, first.image.id, 'thumb')).toBeUndefined()
    await expect(variants.find('shop', first.image.id, 'thumb')).rejects.toMatchObject(notFound)
    expect((await variants.find('shop', second.image.id, 'thumb')).body).toBeDefined()
    await other.commit('shop', { type: 'delete_project' })
    expect(findCached(store, variants, second.image.id, 'thumb')).toBeUndefined()
    expect(await store.project('shop')).toBeUndefined()
  })

  it('stays in memory over other changes, validated synchronously', async () => {
    const { store, other, variants, counts } = await twoWorkers()
    const { project, image } = await addImage(store, 'shop')
    await variants.preload(project, image)
    await addImage(other, 'shop')
    const { project: now } = findCached(store, variants, image.id, 'thumb') ?? {}
    expect(now?.revision).toBe(project.revision + 1)
    expect((await variants.find('shop', image.id, 'thumb')).body).toBeDefined()
    expect(counts.opened).toBe(0)
  })

  it('is read again after its file was replaced', async () => {
    const { store, other, folder, variants } = await twoWorkers()
    const { project, image } = await addImage(store, 'shop')
    await variants.preload(project, image)
    const path = store.pathBelowRoot?.({ projectId: 'shop', imageId: image.id, size: 'thumb' })
    await unlink(`${folder}/${path}`)
    await writeFile(`${folder}/${path}`, 'mended')
    await other.commit('shop', { type: 'replace_image', image })
    const picture = await variants.find('shop', image.id, 'thumb')
    expect([picture.bytes, String(await picture.open())]).toEqual([6, 'mended'])
  })

  it('is the primary image set by another worker', async () => {
    const { store, other, variants } = await twoWorkers()
    const first = await addImage(store, 'shop')
    const second = await addImage(store, 'shop')
    for (const { project, image } of [first, second]) await variants.preload(project, image)
    expect((await variants.findPrimary('shop', 'thumb'))?.imageId).toBe(first.image.id)
    expect(findCached(store, variants, undefined, 'thumb')?.picture.imageId).toBe(first.image.id)
    await other.commit('shop', { type: 'set_primary', imageId: second.image.id })
    expect((await variants.findPrimary('shop', 'thumb'))?.imageId).toBe(second.image.id)
    expect(findCached(store, variants, undefined, 'thumb')?.picture.imageId ?? second.image.id).toBe(second.image.id)
  })

  it('that is deleted before it is opened is not found', async () => {
    const { store, other, variants } = await twoWorkers()
    const { image } = await addImage(store, 'shop')
    const picture = await variants.find('shop', image.id, 'medium')
    await other.commit('shop', { type: 'delete_image', imageId: image.id })
    await expect(picture.open()).rejects.toMatchObject(notFound)
  })
})

describe('the memory', () => {
  it('stays within its limit, keys included, and evicts the least recently used', async () => {
    const cacheBytes = 20_000
    const { store, variants } = await twoWorkers({ cacheBytes })
    const added = []
    for (let count = 0; count < 12; count++) added.push(await addImage(store, 'shop'))
    for (const { image } of added) await (await variants.find('shop', image.id, 'thumb')).open()
    const { bytes, entries } = variants.stats()
    expect(bytes).toBeLessThanOrEqual(cacheBytes)
    expect(entries).toBe(Math.floor(cacheBytes / (bytes / entries)))
    expect((await variants.find('shop', added.at(-1)?.image.id ?? '', 'thumb')).body).toBeDefined()
    expect((await variants.find('shop', added[0]?.image.id ?? '', 'thumb')).body).toBeUndefined()
  })

  it('caches no large variant, which is opened for each request', async () => {
    const { store, variants } = await twoWorkers()
    const { image } = await addImage(store, 'shop')
    const picture = await variants.find('shop', image.id, 'original')
    const content = await picture.open()
    if (Buffer.isBuffer(content)) throw new Error('expected a file')
    expect(content.bytes).toBe(BYTES.original)

    await content.close()
    expect(variants.stats().entries).toBe(0)
  })

  it('without bodies caches sizes and dates of all variants, validated as bodies are', async () => {
    const { store, other, variants, counts } = await twoWorkers({ cachesBodies: false })
    const { project, image } = await addImage(store, 'shop')
    await variants.preload(project, image)
    expect(findCached(store, variants, image.id, 'original')).toBeUndefined()
    for (const size of SIZES) {
      const { body, bytes, path } = await variants.find('shop', image.id, size)
      const known = { body: undefined, bytes: BYTES[size], path: `projects/shop/${size}/${image.id}.jpg` }
      expect({ body, bytes, path }).toEqual(known)
      expect(findCached(store, variants, undefined, size)?.picture).toMatchObject(known)
    }
    expect(counts.opened).toBe(0)
    const content = await findCached(store, variants, image.id, 'game')?.picture.open()
    if (!content || Buffer.isBuffer(content)) throw new Error('expected a file')
    await content.close()
    expect(content.bytes).toBe(BYTES.game)
    await addImage(other, 'shop')
    expect(findCached(store, variants, image.id, 'game')?.project.revision).toBe(project.revision + 1)
    await other.commit('shop', { type: 'delete_image', imageId: image.id })
    expect(findCached(store, variants, image.id, 'game')).toBeUndefined()
    expect(variants.stats()).toMatchObject({ hits: 6, misses: 4 })
  })

  it('without bodies stays within its limit, and of 0 bytes caches nothing', async () => {
    const { store, variants } = await twoWorkers({ cachesBodies: false, cacheBytes: 6500 })
    const { image } = await addImage(store, 'shop')
    for (const size of SIZES) await variants.find('shop', image.id, size)
    expect(variants.stats().entries).toBe(3)
    const none = await twoWorkers({ cachesBodies: false, cacheBytes: 0 })
    const other = await addImage(none.store, 'shop')
    await none.variants.find('shop', other.image.id, 'game')
    expect(none.variants.stats()).toMatchObject({ entries: 0, bytes: 0 })
  })

  it('of 0 bytes caches nothing', async () => {
    const { store, variants } = await twoWorkers({ cacheBytes: 0 })
    const { project, image } = await addImage(store, 'shop')
    await variants.preload(project, image)
    const content = await (await variants.find('shop', image.id, 'game')).open()
    if (Buffer.isBuffer(content)) throw new Error('expected a file')
    await content.close()
    expect(variants.stats().entries).toBe(0)
  })
})
