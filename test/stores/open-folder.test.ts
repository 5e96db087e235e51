import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createFileStore } from '../../src/stores/file/file-store.ts'
import { beforeCall, failing } from '../helpers/disk.ts'
import { silent } from '../helpers/file-store.ts'
import { filesIn, temporaryFolder } from '../helpers/folder.ts'

vi.mock('node:fs/promises', async (original) => (await import('../helpers/disk.ts')).watched(await original()))

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

  it('is tried in a folder with an owner, which a sweep can tell for dead', async () => {
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
    expect(await filesIn(folder)).toEqual([])
  })
})
