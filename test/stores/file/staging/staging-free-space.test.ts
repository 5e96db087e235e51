import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { filesIn } from '../../../support/disk/folder.ts'
import { fileStoreFixture } from '../../../support/store/file-store.ts'

describe('the floor of free space', () => {
  it('refuses an upload before it begins with storage_full, where less is free', async () => {
    const { store, folder } = await fileStoreFixture({ minFreeBytes: Number.MAX_SAFE_INTEGER })
    const before = await filesIn(folder)
    await expect(store.stage('shop')).rejects.toMatchObject({
      code: 'storage_full',
      details: { expected: Number.MAX_SAFE_INTEGER, received: expect.any(Number) },
    })
    await expect(store.check()).rejects.toMatchObject({ code: 'storage_full' })
    expect(await filesIn(folder)).toEqual(before)
  })

  it('is disabled at 0', async () => {
    const { store } = await fileStoreFixture({ minFreeBytes: 0 })
    await (await store.stage('shop')).discard()
    await expect(store.check()).resolves.toBeUndefined()
  })

  it('allows an upload where a little more is free', async () => {
    const disk = await statfs(tmpdir())
    const { store } = await fileStoreFixture({ minFreeBytes: Math.floor((disk.bavail * disk.bsize) / 2) })
    await (await store.stage('shop')).discard()
    await expect(store.check()).resolves.toBeUndefined()
  })
})
