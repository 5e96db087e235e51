// What every store must do, whatever it is made of. A store passes by ~10 lines: see test/stores/file/file-store.test.ts.

import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { SIZES, VARIANTS, type VariantName } from '../../src/core/names.ts'
import type { ImageRecord } from '../../src/core/project/model.ts'
import { bytesOfImage } from '../../src/core/project/quota.ts'
import type { PageRequest, ReadableFile, Stage, Store } from '../../src/stores/store.ts'
import { openedForEach } from '../support/store/each-fixture.ts'

export interface StoreFixture {
  /** A store that is open. */
  store: Store
  /** Another one on the same data, as another process would have it. */
  another(): Promise<Store>
  /** Whether anything is left of uploads that did not end in an image. */
  leftovers(): Promise<string[]>
  close(): Promise<void>
}

/** Bytes that stand for a variant: a store does not look into pictures. */
export const bytesOf = (imageId: string, name: VariantName): string => `${name} of ${imageId}`

/** What a record says of the content of a file. */
const contentOf = (content: string | Uint8Array) => ({
  bytes: Buffer.byteLength(content),
  sha256: createHash('sha256').update(content).digest('hex'),
})

export const recordOf = (imageId: string, names: readonly VariantName[] = SIZES): ImageRecord => {
  const variant = (name: VariantName) => ({
    width: 4,
    height: 3,
    ...contentOf(bytesOf(imageId, name)),
  })
  return {
    id: imageId,
    ext: 'jpg',
    created_at: '2026-01-02T03:04:05.678Z',
    width: 4,
    height: 3,
    sha256: 'b'.repeat(64),
    sizes: {
      original: variant('original'),
      medium: variant('medium'),
      thumb: variant('thumb'),
      game: variant('game'),
      ...(names.includes('source') ? { source: variant('source') } : {}),
    },
  }
}

/** Receives an upload and writes its variants, as an encoder would. */
export const fill = async (stage: Stage, names: readonly VariantName[] = SIZES): Promise<void> => {
  await stage.receive(chunks('an upload'))
  for (const name of names) await writeFile(stage.targets[name], bytesOf(stage.imageId, name))
}

/** Uploads one image and gives its id. @param names its variants. @default the four sizes */
export const addImage = async (store: Store, projectId: string, names?: readonly VariantName[]): Promise<string> => {
  const stage = await store.stage(projectId)
  try {
    await fill(stage, names)
    await stage.publish(names)
    await store.commit(projectId, { type: 'add_image', image: recordOf(stage.imageId, names) }, { stage })
    return stage.imageId
  } finally {
    await stage.discard()
  }
}

export const readVariant = async (store: Store, projectId: string, imageId: string, name: VariantName = 'original') => {
  const file = await store.openVariant(projectId, imageId, name)
  if (!file) return undefined
  try {
    return await textOf(file)
  } finally {
    await file.close()
  }
}

/** Bytes of an open file, as text. */
export const textOf = async (file: ReadableFile, start = 0, end = file.bytes): Promise<string> => {
  const pieces: Uint8Array[] = []
  for await (const piece of file.read(start, end)) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

export const idsOf = async (store: Store, projectId: string, page: PageRequest = {}) => {
  const state = await store.project(projectId)
  return state && (await store.imagePage(state, page))?.images.map(({ id }) => id)
}

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

export const storeContract = (name: string, open: () => Promise<StoreFixture>): void => {
  describe(`${name} keeps the promises of a store`, () => {
    const fresh = openedForEach(open)

    it('has no state of a project before its first image', async () => {
      const { store } = await fresh()
      expect(await store.project('shop')).toBeUndefined()
      expect(await store.projectIds()).toEqual([])
      expect(await store.openVariant('shop', 'a'.repeat(20), 'thumb')).toBeUndefined()
    })

    it('creates a project with its first image, which becomes the primary one', async () => {
      const { store } = await fresh()
      const id = await addImage(store, 'shop')
      expect(await store.project('shop')).toMatchObject({
        project_id: 'shop',
        revision: 1,
        title: null,
        primary_image_id: id,
        image_count: 1,
      })
      expect(await idsOf(store, 'shop')).toEqual([id])
    })

    it('deletes several images in one revision, with their files, and reports each', async () => {
      const { store, another } = await fresh()
      const ids: string[] = []
      for (let at = 0; at < 6; at++) ids.push(await addImage(store, 'shop'))
      const events: unknown[] = []
      const { signal } = new AbortController()
      store.watchCommits(({ revisions }) => void events.push(...revisions.flatMap((each) => each.events)), { signal })
      const [first = '', second = '', third = '', ...rest] = ids
      const change = { type: 'delete_images', imageIds: [third, 'z'.repeat(20), first, second] } as const
      const other = await another()
      const { before, after } = await store.transition('shop', change)
      expect(before).toMatchObject({ revision: 6, image_count: 6 })
      expect(after).toMatchObject({ revision: 7, image_count: 3, primary_image_id: rest[0] })
      expect(await idsOf(other, 'shop')).toEqual(rest)
      for (const id of [first, second, third]) expect(await readVariant(other, 'shop', id)).toBeUndefined()
      expect(await readVariant(other, 'shop', rest[0] ?? '')).toBe(bytesOf(rest[0] ?? '', 'original'))
      expect(events).toEqual([
        ...[first, second, third].map((image_id) => ({ type: 'image.deleted', image_id })),
        { type: 'cover.changed', image_id: rest[0] },
      ])
      const again = await other.transition('shop', change)
      expect(again.after.revision, 'nothing to delete').toBe(7)
    })

    it('creates a project without images, which its first image finds', async () => {
      const { store, another } = await fresh()
      const change = { type: 'create_project', title: 'Cosmic Drift', visibility: 'private' } as const
      const created = await store.transition('shop', change)
      expect([created.before.deleted, created.after.revision]).toEqual([true, 1])
      const other = await another()
      expect(await other.project('shop')).toMatchObject({ revision: 1, title: 'Cosmic Drift', image_count: 0 })
      const again = await other.transition('shop', change)
      expect([again.before.deleted, again.after.revision]).toEqual([false, 1])
      await expect(other.commit('shop', { ...change, title: 'Drift' })).rejects.toMatchObject({
        code: 'project_exists',
      })
      const id = await addImage(other, 'shop')
      expect(await store.project('shop')).toMatchObject({ primary_image_id: id, title: 'Cosmic Drift' })
      await store.commit('shop', { type: 'delete_project' })
      expect((await store.transition('shop', { type: 'create_project' })).before.deleted).toBe(true)
      expect(await idsOf(other, 'shop')).toEqual([])
    })

    it('returns every variant byte for byte, with its size', async () => {
      const { store } = await fresh()
      const id = await addImage(store, 'shop')
      for (const size of SIZES) {
        expect(await readVariant(store, 'shop', id, size)).toBe(bytesOf(id, size))
        const file = await store.openVariant('shop', id, size)
        expect(file?.bytes).toBe(bytesOf(id, size).length)
        await file?.close()
        expect(await store.findVariant('shop', id, size)).toEqual({ bytes: file?.bytes, modifiedMs: file?.modifiedMs })
        expect(await store.statVariant('shop', id, size)).toEqual(await store.findVariant('shop', id, size))
      }
    })

    it('reads any range of an open variant, and may be closed twice', async () => {
      const { store } = await fresh()
      const file = await store.openVariant('shop', await addImage(store, 'shop'), 'thumb')
      if (!file) throw new Error('expected a file')
      const whole = await textOf(file)
      expect(await textOf(file, 2, 7)).toBe(whole.slice(2, 7))
      expect(await Promise.all([textOf(file, 0, 1), textOf(file, whole.length - 1)])).toEqual([whole[0], whole.at(-1)])
      expect(await textOf(file, 3, 3)).toBe('')
      await file.close()
      await file.close()
    })

    it('throws where a variant is shorter than the requested range', async () => {
      const { store } = await fresh()
      const file = await store.openVariant('shop', await addImage(store, 'shop'), 'thumb')
      if (!file) throw new Error('expected a file')
      await expect(textOf(file, 0, file.bytes + 1)).rejects.toThrow()
      await file.close()
    })

    it('reads a large variant in several chunks that do not share memory', async () => {
      const { store } = await fresh()
      const large = Buffer.alloc(700_000, 'abcdefg')
      const stage = await store.stage('shop')
      await fill(stage)
      await writeFile(stage.targets.original, large)
      await stage.publish()
      const { sizes, ...record } = recordOf(stage.imageId)
      const image = { ...record, sizes: { ...sizes, original: { ...sizes.original, ...contentOf(large) } } }
      await store.commit('shop', { type: 'add_image', image }, { stage })
      await stage.discard()
      const file = await store.openVariant('shop', stage.imageId, 'original')
      if (!file) throw new Error('expected a file')
      const pieces: Uint8Array[] = []
      for await (const piece of file.read(0, file.bytes)) pieces.push(piece)
      await file.close()
      expect(pieces.length).toBeGreaterThan(1)
      expect(Buffer.concat(pieces).equals(large)).toBe(true)
    })

    it('reads an open variant again after a reader stopped half-way', async () => {
      const { store } = await fresh()
      const file = await store.openVariant('shop', await addImage(store, 'shop'), 'thumb')
      if (!file) throw new Error('expected a file')
      for await (const _ of file.read(0, file.bytes)) break
      expect(await textOf(file)).toHaveLength(file.bytes)
      await file.close()
    })

    it('provides a stored variant as a local file to an encoder', async () => {
      const { store, another } = await fresh()
      const imageId = await addImage(store, 'shop')
      for (const each of [store, await another()]) {
        const read = each.withLocalFile({ projectId: 'shop', imageId, size: 'medium' }, (path) =>
          readFile(path, 'utf8'),
        )
        expect(await read).toBe(bytesOf(imageId, 'medium'))
      }
      const failing = store.withLocalFile({ projectId: 'shop', imageId, size: 'medium' }, async () => {
        throw new Error('the encoder failed')
      })
      await expect(failing).rejects.toThrow('the encoder failed')
      await store.commit('shop', { type: 'delete_image', imageId })
      const gone = store.withLocalFile({ projectId: 'shop', imageId, size: 'medium' }, () => Promise.resolve('used'))
      await expect(gone).rejects.toMatchObject({ code: 'image_not_found' })
    })

    it('keeps the source of an image that has one, and makes renders from it', async () => {
      const { store, another } = await fresh()
      const opaque = await addImage(store, 'shop')
      const imageId = await addImage(store, 'shop', VARIANTS)
      const source = { projectId: 'shop', imageId, size: 'source' } as const
      for (const each of [store, await another()]) {
        for (const name of VARIANTS) expect(await readVariant(each, 'shop', imageId, name)).toBe(bytesOf(imageId, name))
        expect(await each.findVariant('shop', imageId, 'source')).toMatchObject({
          bytes: bytesOf(imageId, 'source').length,
        })
        expect(await each.renderSource('shop', imageId)).toEqual(source)
        expect(await each.withLocalFile(source, (path) => readFile(path, 'utf8'))).toBe(bytesOf(imageId, 'source'))
        expect(await each.renderSource('shop', opaque)).toEqual({ ...source, imageId: opaque, size: 'original' })
      }
    })

    it('has no source of an image that was stored without one', async () => {
      const { store } = await fresh()
      await addImage(store, 'shop', VARIANTS)
      const imageId = await addImage(store, 'shop')
      expect(await store.openVariant('shop', imageId, 'source')).toBeUndefined()
      expect(await store.findVariant('shop', imageId, 'source')).toBeUndefined()
      expect(store.currentVariant('shop', imageId, 'source')).toBeUndefined()
      await expect(
        store.withLocalFile({ projectId: 'shop', imageId, size: 'source' }, async () => {}),
      ).rejects.toMatchObject({ code: 'image_not_found' })
    })

    it.each(['delete_image', 'delete_project'] as const)('has no source to render from after %s', async (type) => {
      const { store, another } = await fresh()
      await addImage(store, 'shop')
      const imageId = await addImage(store, 'shop', VARIANTS)
      await store.commit('shop', type === 'delete_image' ? { type, imageId } : { type })
      for (const each of [store, await another()]) {
        expect(await each.openVariant('shop', imageId, 'source')).toBeUndefined()
        await expect(each.renderSource('shop', imageId)).rejects.toMatchObject({ code: 'image_not_found' })
      }
      await expect(store.renderSource('shop', 'z'.repeat(20))).rejects.toMatchObject({ code: 'image_not_found' })
    })

    it('keeps nothing of a discarded upload with a source, published or not', async () => {
      const { store, leftovers } = await fresh()
      const before = await leftovers()
      for (const isPublished of [true, false]) {
        const stage = await store.stage('shop')
        await fill(stage, VARIANTS)
        if (isPublished) await stage.publish(VARIANTS)
        await stage.discard()
        expect(await store.openVariant('shop', stage.imageId, 'source')).toBeUndefined()
        expect(await leftovers()).toEqual(before)
      }
    })

    it('shows every process whether a staging area exists', async () => {
      const { store, another } = await fresh()
      const other = await another()
      const [one, two] = [await store.stage('shop'), await store.stage('shop')]
      expect(one.id).not.toBe(two.id)
      for (const each of [store, other]) expect(await each.isStaged(one.id)).toBe(true)
      await one.discard()
      for (const each of [store, other]) expect(await each.isStaged(one.id)).toBe(false)
      expect(await other.isStaged(two.id)).toBe(true)
      await two.discard()
    })

    it('lists images in upload order, in pages', async () => {
      const { store } = await fresh()
      const ids = [await addImage(store, 'shop'), await addImage(store, 'shop'), await addImage(store, 'shop')]
      expect(await idsOf(store, 'shop')).toEqual(ids)
      expect(await idsOf(store, 'shop', { limit: 2 })).toEqual(ids.slice(0, 2))
      expect(await idsOf(store, 'shop', { after: ids[1] })).toEqual(ids.slice(2))
      expect(await idsOf(store, 'shop', { after: ids[2] })).toEqual([])
      await expect(idsOf(store, 'shop', { after: 'z'.repeat(20) })).rejects.toMatchObject({ code: 'invalid_parameter' })
    })

    it('continues with the next page at the same place, whatever was deleted around it', async () => {
      const { store } = await fresh()
      const ids: string[] = []
      for (let n = 0; n < 12; n++) ids.push(await addImage(store, 'shop'))
      const state = await store.project('shop')
      const next = state && (await store.imagePage(state, { limit: 5 }))?.next
      expect(next).toBeDefined()
      expect(await idsOf(store, 'shop', { after: next })).toEqual(ids.slice(5))
      const without = async (...indexes: number[]) => {
        for (const index of indexes) await store.commit('shop', { type: 'delete_image', imageId: ids[index] ?? '' })
        return idsOf(store, 'shop', { after: next })
      }
      expect(await without(4)).toEqual(ids.slice(5))
      expect(await without(0, 1, 2, 3)).toEqual(ids.slice(5))
      expect(await without(5, 6)).toEqual(ids.slice(7))
      const last = await addImage(store, 'shop')
      expect(await without(7, 8)).toEqual([...ids.slice(9), last])
    })

    it('has no next page after the last image', async () => {
      const { store } = await fresh()
      for (let n = 0; n < 3; n++) await addImage(store, 'shop')
      const state = await store.project('shop')
      const page = (limit?: number) => state && store.imagePage(state, { limit })
      expect((await page(2))?.next).toBeDefined()
      for (const limit of [3, 4, undefined]) expect((await page(limit))?.next).toBeUndefined()
    })

    it('continues the list of projects at the same place after its last one was deleted', async () => {
      const { store } = await fresh()
      for (const projectId of ['a', 'b', 'c']) await addImage(store, projectId)
      await store.commit('b', { type: 'delete_project' })
      expect(await store.projectIds({ after: 'b' })).toEqual(['c'])
    })

    it('applies a conditional change only at one of its revisions, compared in the commit', async () => {
      const { store, another } = await fresh()
      const other = await another()
      const [a, b] = [await addImage(store, 'shop'), await addImage(store, 'shop')]
      const failed = { code: 'precondition_failed' }
      await expect(store.commit('shop', { type: 'edit', title: 'x', ifRevision: [1] })).rejects.toMatchObject(failed)
      await expect(store.commit('shop', { type: 'edit', title: 'x', ifRevision: [] })).rejects.toMatchObject(failed)
      await store.commit('shop', { type: 'edit', title: 'x', ifRevision: [1, 2] })
      const at = { ifRevision: [3] }
      const outcomes = await Promise.allSettled([
        ...['p', 'q', 'r'].map((title) => store.commit('shop', { type: 'edit', title, ...at })),
        other.commit('shop', { type: 'set_primary', imageId: b, ...at }),
        other.commit('shop', { type: 'delete_image', imageId: a, ...at }),
      ])
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(failed)
      expect((await store.project('shop'))?.revision).toBe(4)
      await expect(store.commit('shop', { type: 'delete_project', ...at })).rejects.toMatchObject(failed)
      await store.commit('shop', { type: 'delete_project', ifRevision: [4] })
      const gone = { code: 'project_not_found' }
      await expect(store.commit('shop', { type: 'edit', title: 'y', ifRevision: [5] })).rejects.toMatchObject(gone)
    })

    it('reports a missing image before a failed condition', async () => {
      const { store } = await fresh()
      await addImage(store, 'shop')
      for (const type of ['delete_image', 'set_primary'] as const)
        await expect(store.commit('shop', { type, imageId: 'z'.repeat(20), ifRevision: [7] })).rejects.toMatchObject({
          code: 'image_not_found',
        })
    })

    it('keeps order, pages and single images correct beyond one segment', async () => {
      const { store, another } = await fresh()
      const ids: string[] = []
      for (let round = 0; round < 15; round++)
        ids.push(...(await Promise.all(Array.from({ length: 20 }, () => addImage(store, 'shop')))))
      const stored = (await idsOf(store, 'shop')) ?? []
      expect(stored.toSorted()).toEqual(ids.toSorted())
      expect(await idsOf(await another(), 'shop')).toEqual(stored)
      expect(await idsOf(store, 'shop', { after: stored[199], limit: 60 })).toEqual(stored.slice(200, 260))
      const victims = [stored[0], stored[127], stored[128], stored[255], stored[299]].filter((id) => id !== undefined)
      for (const imageId of victims) await store.commit('shop', { type: 'delete_image', imageId })
      const left = stored.filter((id) => !victims.includes(id))
      expect(await idsOf(store, 'shop')).toEqual(left)
      expect(await idsOf(await another(), 'shop')).toEqual(left)
      const state = await store.project('shop')
      expect(state).toMatchObject({ image_count: 295, primary_image_id: left[0] })
      expect(state && (await store.storedBytes(state, [victims[0] ?? '', left[0] ?? '', left[294] ?? '']))).toEqual({
        bytes: 295 * bytesOfImage(recordOf(left[0] ?? '')),
        ids: new Set([left[0], left[294]]),
      })
      expect(await readVariant(store, 'shop', left[150] ?? '')).toBe(bytesOf(left[150] ?? '', 'original'))
    })

    it('shows a change to another process at once', async () => {
      const { store, another } = await fresh()
      const other = await another()
      const first = await addImage(store, 'shop')
      expect(await idsOf(other, 'shop')).toEqual([first])
      const second = await addImage(other, 'shop')
      expect(await idsOf(store, 'shop')).toEqual([first, second])
      await store.commit('shop', { type: 'set_primary', imageId: second })
      expect((await other.project('shop'))?.primary_image_id).toBe(second)
      await other.commit('shop', { type: 'delete_image', imageId: second })
      expect(await store.openVariant('shop', second, 'thumb')).toBeUndefined()
      expect(await idsOf(store, 'shop')).toEqual([first])
    })

    it('makes the next image the cover when the cover is deleted, and the first one after the last', async () => {
      const { store } = await fresh()
      const [a, b, c] = [await addImage(store, 'shop'), await addImage(store, 'shop'), await addImage(store, 'shop')]
      await store.commit('shop', { type: 'set_primary', imageId: b })
      expect((await store.commit('shop', { type: 'delete_image', imageId: b })).primary_image_id).toBe(c)
      expect((await store.commit('shop', { type: 'delete_image', imageId: c })).primary_image_id).toBe(a)
      expect((await store.commit('shop', { type: 'delete_image', imageId: a })).primary_image_id).toBeNull()
      expect(await store.project('shop')).toMatchObject({ image_count: 0 })
      const d = await addImage(store, 'shop')
      expect((await store.project('shop'))?.primary_image_id).toBe(d)
    })

    it('keeps the cover when another image is deleted', async () => {
      const { store } = await fresh()
      const [a, b] = [await addImage(store, 'shop'), await addImage(store, 'shop')]
      expect((await store.commit('shop', { type: 'delete_image', imageId: b })).primary_image_id).toBe(a)
    })

    it('sets a title, removes it, and reorders images', async () => {
      const { store } = await fresh()
      const [a, b, c] = [await addImage(store, 'shop'), await addImage(store, 'shop'), await addImage(store, 'shop')]
      expect((await store.commit('shop', { type: 'edit', title: 'Spring' })).title).toBe('Spring')
      await store.commit('shop', { type: 'edit', imageOrder: [c] })
      expect(await idsOf(store, 'shop')).toEqual([c, a, b])
      expect((await store.project('shop'))?.title).toBe('Spring')
      expect((await store.commit('shop', { type: 'edit', title: null })).title).toBeNull()
      for (const imageOrder of [[a, a], ['z'.repeat(20)]])
        await expect(store.commit('shop', { type: 'edit', imageOrder })).rejects.toMatchObject({
          code: 'invalid_parameter',
        })
      expect(await idsOf(store, 'shop')).toEqual([c, a, b])
    })

    it('reports what does not exist, and writes nothing for it', async () => {
      const { store } = await fresh()
      const unknownId = 'z'.repeat(20)
      for (const change of [
        { type: 'delete_image', imageId: unknownId },
        { type: 'set_primary', imageId: unknownId },
        { type: 'edit', title: 'x' },
        { type: 'delete_project' },
      ] as const)
        await expect(store.commit('shop', change)).rejects.toMatchObject({ code: 'project_not_found' })
      const id = await addImage(store, 'shop')
      for (const type of ['delete_image', 'set_primary'] as const)
        await expect(store.commit('shop', { type, imageId: unknownId })).rejects.toMatchObject({
          code: 'image_not_found',
        })
      await store.commit('shop', { type: 'set_primary', imageId: id })
      expect((await store.project('shop'))?.revision).toBe(1)
    })

    it('deletes a project with all its images, and never reuses its revision numbers', async () => {
      const { store, another } = await fresh()
      const ids = await Promise.all(Array.from({ length: 140 }, () => addImage(store, 'shop')))
      await addImage(store, 'other')
      const { revision } = (await store.project('shop')) ?? { revision: 0 }
      await store.commit('shop', { type: 'delete_project' })
      expect(await store.project('shop')).toBeUndefined()
      for (const id of [ids[0], ids[139]]) expect(await readVariant(store, 'shop', id ?? '')).toBeUndefined()
      const again = await addImage(await another(), 'shop')
      expect(await idsOf(store, 'shop')).toEqual([again])
      const state = await store.project('shop')
      expect(state).toMatchObject({ primary_image_id: again, image_count: 1, title: null })
      expect(state?.revision).toBeGreaterThan(revision)
      expect(await idsOf(store, 'other')).toHaveLength(1)
    })

    it('lists projects by id, in pages', async () => {
      const { store } = await fresh()
      for (const projectId of ['b', 'a', 'B', 'a.b', '-']) await addImage(store, projectId)
      expect(await store.projectIds()).toEqual(['-', 'B', 'a', 'a.b', 'b'])
      expect(await store.projectIds({ after: 'B', limit: 2 })).toEqual(['a', 'a.b'])
    })

    it('distinguishes projects whose ids differ only in case', async () => {
      const { store } = await fresh()
      const [lower, upper] = [await addImage(store, 'shop'), await addImage(store, 'Shop')]
      expect(await idsOf(store, 'shop')).toEqual([lower])
      expect(await idsOf(store, 'Shop')).toEqual([upper])
      expect(await store.openVariant('Shop', lower, 'thumb')).toBeUndefined()
    })

    it('loses none of many simultaneous changes of two processes', async () => {
      const { store, another } = await fresh()
      const other = await another()
      const ids = await Promise.all(Array.from({ length: 40 }, (_, n) => addImage(n % 2 ? store : other, 'shop')))
      const gone = ids.slice(0, 15)
      await Promise.all(
        ids.map((imageId, n) =>
          (n % 2 ? other : store).commit('shop', { type: n < 15 ? 'delete_image' : 'set_primary', imageId }),
        ),
      )
      expect((await idsOf(store, 'shop'))?.toSorted()).toEqual(ids.slice(15).toSorted())
      expect(await idsOf(other, 'shop')).toEqual(await idsOf(store, 'shop'))
      expect(ids.slice(15)).toContain((await store.project('shop'))?.primary_image_id)
      for (const id of gone) expect(await readVariant(other, 'shop', id)).toBeUndefined()
    })

    it('deletes an image once: the second of two simultaneous deletions is answered that it does not exist', async () => {
      const { store, another } = await fresh()
      const other = await another()
      const imageId = await addImage(store, 'shop')
      const outcomes = await Promise.allSettled(
        [store, store, other, other].map((each) => each.commit('shop', { type: 'delete_image', imageId })),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    })

    it('leaves no file of an upload that is discarded, before or after it was published', async () => {
      const { store, leftovers } = await fresh()
      await addImage(store, 'shop')
      const before = await leftovers()
      const early = await store.stage('shop')
      await early.receive(chunks('half'))
      await early.discard()
      const late = await store.stage('shop')
      await fill(late)
      await late.publish()
      await late.discard()
      const broken = await store.stage('new')
      await expect(broken.receive(failing())).rejects.toThrow('the client went away')
      await broken.discard()
      expect(await leftovers()).toEqual(before)
      expect(await readVariant(store, 'shop', late.imageId)).toBeUndefined()
      expect(await store.project('new')).toBeUndefined()
    })

    it('counts the bytes that arrived, over many small and large chunks', async () => {
      const { store } = await fresh()
      const stage = await store.stage('shop')
      const parts = ['', 'x', 'y'.repeat(300_000), 'z'.repeat(70_000), '']
      expect(await stage.receive(chunks(...parts))).toBe(370_001)
      expect(await readFile(stage.uploadPath, 'utf8')).toBe(parts.join(''))
      await stage.discard()
    })

    it('finishes the changes under way when it is closed', async () => {
      const { store, another } = await fresh()
      const ids = await Promise.all(Array.from({ length: 3 }, () => addImage(store, 'shop')))
      const changes = ids.slice(1).map((imageId) => store.commit('shop', { type: 'delete_image', imageId }))
      await Promise.all([store.close(), ...changes])
      expect(await idsOf(await another(), 'shop')).toEqual(ids.slice(0, 1))
    })

    it('can be written while it is open', async () => {
      const { store } = await fresh()
      await expect(store.check()).resolves.toBeUndefined()
    })
  })
}

async function* failing() {
  yield Buffer.from('half of')
  throw new Error('the client went away')
}
