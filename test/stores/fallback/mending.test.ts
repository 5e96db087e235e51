import { existsSync } from 'node:fs'
import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createDoctor, type Finding } from '../../../src/services/doctor.ts'
import { createSecondCopy } from '../../../src/stores/fallback/second-copy.ts'
import { createInspector } from '../../../src/stores/file/doctor/inspector.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { keys } from '../../../src/stores/s3/keys.ts'
import { addImage, bytesOf, readVariant } from '../../contracts/store.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { openBucket } from '../../support/s3/ceph.ts'
import { startMemoryEngine } from '../../support/s3/engine.ts'
import { linkTo, openReplicator } from '../../support/store/fallback.ts'
import { openFileStore, silent } from '../../support/store/file-store.ts'

/** A store with an image, and all of it in the bucket. */
const copiedStore = async () => {
  const storageDir = join(await temporaryFolder(), 'storage')
  const link = linkTo((await startMemoryEngine()).endpoint)
  const bucket = openBucket(link.options)
  const before = await openFileStore(storageDir)
  const id = await addImage(before, 'shop', ['original', 'medium', 'thumb', 'game', 'source'])
  const replicator = openReplicator(storageDir, before, link)
  await vi.waitFor(async () => expect(await bucket.text(`${keys.meta('shop')}000000000001.json`)).toBeDefined(), {
    timeout: 60_000,
  })
  await replicator.close()
  await before.close()
  link.sent.length = 0
  const fallback = createSecondCopy(bucket)
  const paths = createPaths(storageDir)
  return { storageDir, link, bucket, id, fallback, paths, original: paths.variant('shop', id, 'original') }
}

describe('a reader of a store with a fallback', () => {
  it('puts a missing file back, once for all who want it', async () => {
    const { storageDir, link, id, fallback, paths, original } = await copiedStore()
    const store = await openFileStore(storageDir, { fallback })
    await rm(original)
    const read = () => readVariant(store, 'shop', id)
    expect(new Set(await Promise.all([read(), read(), read()]))).toEqual(new Set([bytesOf(id, 'original')]))
    expect(await readFile(original, 'utf8')).toBe(bytesOf(id, 'original'))
    expect(link.sent).toEqual([`GET /pictures/projects/shop/original/${id}.jpg`])
    expect((await filesIn(paths.tmp)).filter((path) => !path.endsWith('owner.json'))).toEqual([])

    await rm(paths.variants('shop', 'thumb'), { recursive: true })
    expect(await store.findVariant('shop', id, 'thumb')).toMatchObject({ bytes: bytesOf(id, 'thumb').length })
    await rm(paths.variant('shop', id, 'medium'))
    const reference = { projectId: 'shop', imageId: id, size: 'medium' } as const
    expect(await store.withLocalFile(reference, (path) => readFile(path, 'utf8'))).toBe(bytesOf(id, 'medium'))
    await rm(original)
    await rm(paths.variant('shop', id, 'source'))
    expect(await store.renderSource('shop', id)).toEqual({ projectId: 'shop', imageId: id, size: 'source' })
    expect(existsSync(paths.variant('shop', id, 'source'))).toBe(true)
  })

  it('asks the bucket nothing about files that are there, or of no image', async () => {
    const { storageDir, link, id, fallback } = await copiedStore()
    const store = await openFileStore(storageDir, { fallback })
    const other = await addImage(store, 'shop')
    expect(await readVariant(store, 'shop', id)).toBe(bytesOf(id, 'original'))
    expect(await readVariant(store, 'shop', 'a'.repeat(20))).toBeUndefined()
    expect(await store.findVariant('shop', other, 'source')).toBeUndefined()
    expect(await store.renderSource('shop', other)).toMatchObject({ size: 'original' })
    await store.commit('shop', { type: 'delete_image', imageId: id })
    expect(await readVariant(store, 'shop', id)).toBeUndefined()
    expect(link.sent).toEqual([])
  })

  it('fetches the source of an image before its original, which renders would be made from without it', async () => {
    const { storageDir, link, id, fallback, paths, original } = await copiedStore()
    const store = await openFileStore(storageDir, { fallback })
    await rm(original)
    await rm(paths.variant('shop', id, 'source'))
    expect(await readVariant(store, 'shop', id)).toBe(bytesOf(id, 'original'))
    expect(link.sent.map((request) => /(source|original)/.exec(request)?.[1])).toEqual(['source', 'original'])
    expect(await store.renderSource('shop', id)).toMatchObject({ size: 'source' })
  })

  it('takes nothing that differs from the record, and says so where the bucket is away', async () => {
    const { storageDir, link, bucket, id, fallback, paths, original } = await copiedStore()
    const store = await openFileStore(storageDir, { fallback })
    await bucket.put(keys.variant('shop', id, 'original'), bytesOf(id, 'original').replace('o', 'O'))
    await rm(original)
    await rm(paths.variant('shop', id, 'thumb'))
    expect(await readVariant(store, 'shop', id)).toBeUndefined()
    expect(existsSync(original)).toBe(false)
    link.cut()
    const away = { code: 'store_unavailable', message: expect.stringContaining('fallback') }
    await expect(readVariant(store, 'shop', id, 'thumb')).rejects.toMatchObject(away)
    await expect(store.findVariant('shop', id, 'thumb')).rejects.toMatchObject(away)
    expect(await readVariant(store, 'shop', id, 'game')).toBe(bytesOf(id, 'game'))
    expect((await filesIn(paths.tmp)).filter((path) => !path.endsWith('owner.json'))).toEqual([])
  })
})

describe('the doctor of a store with a fallback', () => {
  const examine = async (
    options: { storageDir: string; fallback?: ReturnType<typeof createSecondCopy> },
    fix: boolean,
  ) => {
    const remake = async () => {
      throw new Error('there are no pictures')
    }
    const inspector = createInspector({ ...options, log: silent, remake })
    const found: Finding[] = []
    try {
      await createDoctor({ inspector }).examine({ fix, onFinding: (finding) => void found.push(finding) })
      // Texts stand for the pictures.
      return found.filter(({ detail }) => !detail.includes('found other content'))
    } finally {
      await inspector.close()
    }
  }

  it('restores lost and damaged originals and sources byte for byte', async () => {
    const { storageDir, id, fallback, paths, original } = await copiedStore()
    const source = paths.variant('shop', id, 'source')
    await truncate(original, 4)
    await rm(source)
    const without = await examine({ storageDir }, false)
    expect(without.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['variant_damaged', 'unmendable'],
      ['variant_missing', 'unmendable'],
    ])
    const seen = await examine({ storageDir, fallback }, false)
    expect(seen.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['variant_damaged', 'mendable'],
      ['variant_missing', 'mendable'],
    ])
    const mended = await examine({ storageDir, fallback }, true)
    expect(mended.map(({ outcome, done }) => [outcome, done])).toEqual([
      ['mended', 'restored from the fallback'],
      ['mended', 'restored from the fallback'],
    ])
    expect(await readFile(original, 'utf8')).toBe(bytesOf(id, 'original'))
    expect(await readFile(source, 'utf8')).toBe(bytesOf(id, 'source'))
    const kept = (await filesIn(join(storageDir, '.lost'))).filter((path) => path.includes('original'))
    expect(kept).toHaveLength(1)
  })

  it('takes nothing that differs from the record, and is as before where the bucket is away', async () => {
    const { storageDir, link, bucket, id, fallback, original } = await copiedStore()
    await bucket.put(keys.variant('shop', id, 'original'), bytesOf(id, 'original').replace('o', 'O'))
    await writeFile(original, 'other')
    expect(await examine({ storageDir, fallback }, true)).toMatchObject([
      { kind: 'variant_damaged', outcome: 'failed' },
    ])
    expect(await readFile(original, 'utf8')).toBe('other')
    link.cut()
    expect(await examine({ storageDir, fallback }, true)).toMatchObject([{ outcome: 'failed' }])
  })
})
