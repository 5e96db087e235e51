import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createFileStore } from '../../../src/stores/file/file-store.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { addImage, idsOf, readVariant } from '../../contracts/store.ts'
import { beforeCall, failing } from '../../support/disk/calls.ts'
import { filesIn, temporaryFolder } from '../../support/disk/folder.ts'
import { openFileStore, silent } from '../../support/store/file-store.ts'
import { expectWhole } from '../../support/store/store-folder.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))
vi.mock('node:fs', async (original) => (await import('../../support/disk/calls.ts')).watchedSyncs(await original()))

describe('a disk that cannot hold a store', () => {
  const openOn = async (folder: string) => createFileStore({ storageDir: folder, log: silent }).open()

  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
    'is refused where it makes no hard links (%s)',
    async (code) => {
      const folder = join(await temporaryFolder(), 'storage')
      failing(({ name }) => name === 'link', code)
      const refused = openOn(folder)
      await expect(refused).rejects.toMatchObject({ code: 'store_unavailable' })
      await expect(refused).rejects.toThrow(/^The storage folder .*storage can't be used: .*hard links.*\.$/)
      expect(await filesIn(folder)).toEqual([])
    },
  )

  it('is refused where it is mounted read-only', async () => {
    const folder = join(await temporaryFolder(), 'storage')
    failing(({ name }) => name === 'mkdir', 'EROFS')
    const refused = openOn(folder)
    await expect(refused).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(refused).rejects.toThrow(/^The storage folder .*storage can't be used: .*EROFS.*\.$/)
  })

  it.each(['open', 'mkdir'] as const)(
    'is read where it is full (%s), and changed again once there is room',
    async (name) => {
      const folder = await temporaryFolder()
      const before = await openFileStore(folder)
      const kept = await addImage(before, 'shop')
      await before.close()
      const isTemporary = ({ path }: { path: string }) => path.startsWith(join(createPaths(folder).tmp, '/'))
      const stop = failing((call) => call.name === name && isTemporary(call), 'ENOSPC')
      const store = await openFileStore(folder)
      expect(await idsOf(store, 'shop')).toEqual([kept])
      expect(await readVariant(store, 'shop', kept)).toBeDefined()
      await expect(store.check()).rejects.toMatchObject({ code: 'storage_full' })
      await expect(addImage(store, 'shop')).rejects.toMatchObject({ code: 'storage_full' })
      await expect(store.commit('shop', { type: 'edit', title: 'no' })).rejects.toMatchObject({ code: 'storage_full' })
      stop()
      await store.check()
      const added = await addImage(store, 'shop')
      expect(await idsOf(store, 'shop')).toEqual([kept, added])
      await expectWhole(store, folder)
      expect((await filesIn(createPaths(folder).tmp)).map((path) => path.split('/').at(-1))).toEqual(['owner.json'])
    },
  )

  it('is tested in a workspace with an owner file, which a sweep can remove', async () => {
    const folder = join(await temporaryFolder(), 'storage')
    const tried: string[] = []
    beforeCall(
      ({ name }) => name === 'link',
      async () => void tried.push(...(await filesIn(folder))),
    )
    const store = createFileStore({ storageDir: folder, log: silent })
    await store.open()
    await store.close()
    const owner = tried[0]?.split('/')[1]
    expect(tried).toHaveLength(2)
    expect(tried).toContain(`.tmp/${owner}/owner.json`)
    expect(tried).toContainEqual(expect.stringMatching(new RegExp(`^.tmp/${owner}/[0-9a-z]{12}/file$`)))
    expect(await filesIn(folder)).toEqual(['.tintype.json'])
  })
})
