import { describe, expect, it } from 'vitest'
import { createQueueFolder, ensureFolderId } from '../../../src/stores/private/folder-id.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'

describe('the id of the queues of a store', () => {
  it('is made once, also where several processes make it at the same time', async () => {
    const folder = await temporaryFolder()
    const ids = await Promise.all(Array.from({ length: 8 }, () => ensureFolderId(createQueueFolder(folder))))
    expect(ids[0]).toMatch(/^[0-9a-z]{12}$/)
    expect(new Set([...ids, await ensureFolderId(createQueueFolder(folder))]).size).toBe(1)
    expect(await ensureFolderId(createQueueFolder(await temporaryFolder()))).not.toBe(ids[0])
  })
})
