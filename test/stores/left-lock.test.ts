import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LEFT } from '../../src/stores/file/owner.ts'
import { createPaths } from '../../src/stores/file/paths.ts'
import { addImage } from '../contracts/store.ts'
import { fileStoreFixture, openFileStore } from '../helpers/file-store.ts'

it('takes the lock away that a process left when it died over a commit', async () => {
  const { folder, store } = await fileStoreFixture()
  const imageId = await addImage(store, 'shop')
  const paths = createPaths(folder)
  await mkdir(paths.lock('shop'))
  await mkdir(join(paths.tmp, `dead${LEFT}`, 'commit@shop'), { recursive: true })
  const other = await openFileStore(folder, { lockStaleMs: 3_600_000, lockWaitMs: 20_000 })
  expect(await other.commit('shop', { type: 'edit', title: 'Spring' })).toMatchObject({ primary_image_id: imageId })
})

it('leaves a lock alone that no dead process can have held', async () => {
  const { folder, store } = await fileStoreFixture()
  await addImage(store, 'shop')
  const paths = createPaths(folder)
  await mkdir(paths.lock('shop'))
  const other = await openFileStore(folder, { lockStaleMs: 3_600_000, lockWaitMs: 200 })
  await expect(other.commit('shop', { type: 'edit', title: 'Spring' })).rejects.toMatchObject({ code: 'busy' })
})
