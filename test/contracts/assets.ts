// What every store must do with named assets. A store passes beside the contract of stores: see
// test/stores/file/file-store.test.ts.

import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/stores/store.ts'
import { openedForEach } from '../support/store/each-fixture.ts'
import { addImage, bytesOf, fill, idsOf, readVariant, recordOf, type StoreFixture } from './store.ts'

const NAME = 'ui/button'

/** Uploads a picture under a name, another one for each hash, and gives the id of its image. */
const putAsset = async (store: Store, projectId: string, hash: number, name = NAME): Promise<string> => {
  const stage = await store.stage(projectId)
  try {
    await fill(stage)
    await stage.publish()
    const image = { ...recordOf(stage.imageId), asset: name, sha256: hash.toString(16).padStart(64, '0') }
    await store.commit(projectId, { type: 'add_image', image, terms: { asset: { name } } }, { stage })
    return stage.imageId
  } finally {
    await stage.discard()
  }
}

export const assetContract = (name: string, open: () => Promise<StoreFixture>): void => {
  describe(`${name} keeps the promises of a store of assets`, () => {
    const fresh = openedForEach(open)

    it('puts another image in the place of the first one: order and cover stay, the files of the first go', async () => {
      const { store, another } = await fresh()
      const other = await another()
      const first = await putAsset(store, 'shop', 1)
      const plain = await addImage(store, 'shop')
      const second = await putAsset(other, 'shop', 2)
      expect(await idsOf(store, 'shop')).toEqual([second, plain])
      expect(await store.project('shop')).toMatchObject({ revision: 3, primary_image_id: second, image_count: 2 })
      expect(await readVariant(store, 'shop', first)).toBeUndefined()
      expect(await readVariant(store, 'shop', second)).toBe(bytesOf(second, 'original'))
      await store.commit('shop', { type: 'set_primary', imageId: plain })
      const third = await putAsset(store, 'shop', 3)
      expect(await idsOf(other, 'shop')).toEqual([third, plain])
      expect(await other.project('shop')).toMatchObject({ primary_image_id: plain, image_count: 2 })
    })

    it('replaces an image in the middle of a long list, and keeps the words of the image before it', async () => {
      const { store, another } = await fresh()
      const ids: string[] = []
      for (let round = 0; round < 7; round++)
        ids.push(...(await Promise.all(Array.from({ length: 20 }, () => addImage(store, 'shop')))))
      const first = await putAsset(store, 'shop', 1)
      const before = (await idsOf(store, 'shop')) ?? []
      const imageOrder = [...before.slice(0, 60), first]
      await store.commit('shop', { type: 'edit', imageOrder })
      await store.commit('shop', { type: 'edit_image', imageId: first, edit: { title: 'OK', tags: ['ui'] } })
      const second = await putAsset(store, 'shop', 2)
      const other = await another()
      const state = await other.project('shop')
      const images = (state && (await other.images(state))) ?? []
      expect(images.map(({ id }) => id)).toEqual([...before.slice(0, 60), second, ...before.slice(60, -1)])
      expect(images[60]).toMatchObject({ asset: NAME, title: 'OK', tags: ['ui'] })
      expect(images.filter(({ asset }) => asset !== undefined)).toHaveLength(1)
    })

    it('changes nothing by the same picture again', async () => {
      const { store, leftovers } = await fresh()
      const first = await putAsset(store, 'shop', 1)
      const before = await leftovers()
      const again = await putAsset(store, 'shop', 1)
      expect(await idsOf(store, 'shop')).toEqual([first])
      expect(await store.project('shop')).toMatchObject({ revision: 1 })
      expect(await readVariant(store, 'shop', again)).toBeUndefined()
      expect(await leftovers()).toEqual(before)
    })

    it('has one image under a name, however many are put at once by two processes', async () => {
      const { store, another } = await fresh()
      const other = await another()
      const put = await Promise.all(Array.from({ length: 12 }, (_, n) => putAsset(n % 2 ? store : other, 'shop', n)))
      const [id, ...more] = (await idsOf(other, 'shop')) ?? []
      expect(more).toEqual([])
      expect(put).toContain(id)
      expect(await store.project('shop')).toMatchObject({ primary_image_id: id, image_count: 1 })
      for (const each of put)
        expect(await readVariant(store, 'shop', each)).toBe(each === id ? bytesOf(each, 'original') : undefined)
    })

    it('deletes an asset with its image, so that the name is free', async () => {
      const { store, another } = await fresh()
      const plain = await addImage(store, 'shop')
      const first = await putAsset(store, 'shop', 1)
      await store.commit('shop', { type: 'set_primary', imageId: first })
      const other = await another()
      expect(await other.commit('shop', { type: 'delete_asset', name: NAME })).toMatchObject({
        primary_image_id: plain,
        image_count: 1,
      })
      expect(await readVariant(store, 'shop', first)).toBeUndefined()
      await expect(store.commit('shop', { type: 'delete_asset', name: NAME })).rejects.toMatchObject({
        code: 'asset_not_found',
      })
      const second = await putAsset(store, 'shop', 1)
      expect(await idsOf(other, 'shop')).toEqual([plain, second])
    })

    it('refuses a change whose condition does not hold, and keeps the image', async () => {
      const { store } = await fresh()
      const first = await putAsset(store, 'shop', 1)
      for (const expected of ['absent', { imageIds: ['z'.repeat(20)], revisions: [] }] as const)
        await expect(store.commit('shop', { type: 'delete_asset', name: NAME, expected })).rejects.toMatchObject({
          code: 'precondition_failed',
        })
      expect(await idsOf(store, 'shop')).toEqual([first])
    })
  })
}
