import { mkdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { SIZES } from '../../../src/core/names.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { addImage, idsOf } from '../../contracts/store.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'

it('takes the first image while another process has made only some of the folders of the project', async () => {
  const { folder, store } = await fileStoreFixture()
  const paths = createPaths(folder)
  for (const size of SIZES) await mkdir(paths.variants('shop', size), { recursive: true })
  const id = await addImage(store, 'shop')
  expect(await idsOf(store, 'shop')).toEqual([id])
})

it('takes the first images of a project from two processes at once', async () => {
  const { store, another } = await fileStoreFixture()
  const other = await another()
  for (const projectId of Array.from({ length: 30 }, (_, at) => `shop-${at}`)) {
    const ids = await Promise.all([addImage(store, projectId), addImage(other, projectId)])
    expect((await idsOf(store, projectId))?.toSorted()).toEqual(ids.toSorted())
  }
})
