import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createFileStore } from '../../src/stores/file/file-store.ts'
import { failing } from '../helpers/disk.ts'
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
})
