import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import { LEFT, thisProcess } from '../../../../src/stores/file/staging/owner.ts'
import { sealOwner } from '../../../../src/stores/file/staging/owner-file.ts'
import { OWNER_FILE } from '../../../../src/stores/file/staging/workspace.ts'
import { addImage } from '../../../contracts/store.ts'
import { fileStoreFixture, openFileStore } from '../../../support/store/file-store.ts'

it('removes the lock of a process that died during a commit', async () => {
  const { folder, store } = await fileStoreFixture()
  const imageId = await addImage(store, 'shop')
  const paths = createPaths(folder)
  await mkdir(paths.lock('shop'))
  const dead = join(paths.tmp, 'deaddeaddead')
  await mkdir(join(dead, 'commit@shop'), { recursive: true })
  // One that had this number before this process.
  await writeFile(join(dead, OWNER_FILE), sealOwner(join(dead, OWNER_FILE), { ...(await thisProcess()), started: '1' }))
  const other = await openFileStore(folder, { lockStaleMs: 3_600_000, lockWaitMs: 20_000 })
  expect(await other.commit('shop', { type: 'edit', title: 'Spring' })).toMatchObject({ primary_image_id: imageId })
})

it('keeps it where a running process handed a commit over to a sweep: the lock is another one by then', async () => {
  const { folder, store } = await fileStoreFixture()
  await addImage(store, 'shop')
  const paths = createPaths(folder)
  await mkdir(paths.lock('shop'))
  await mkdir(join(paths.tmp, `given${LEFT}`, 'commit@shop'), { recursive: true })
  const other = await openFileStore(folder, { lockStaleMs: 3_600_000, lockWaitMs: 200 })
  await expect(other.commit('shop', { type: 'edit', title: 'Spring' })).rejects.toMatchObject({ code: 'busy' })
  await other.close()
  expect(await readdir(paths.tmp)).not.toContain(`given${LEFT}`)
})

it('keeps a lock that no dead process can have held', async () => {
  const { folder, store } = await fileStoreFixture()
  await addImage(store, 'shop')
  const paths = createPaths(folder)
  await mkdir(paths.lock('shop'))
  const other = await openFileStore(folder, { lockStaleMs: 3_600_000, lockWaitMs: 200 })
  await expect(other.commit('shop', { type: 'edit', title: 'Spring' })).rejects.toMatchObject({ code: 'busy' })
})
