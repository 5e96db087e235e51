import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addImage, idsOf } from '../../contracts/store.ts'
import { fileStoreFixture } from '../../support/store/file-store.ts'

describe('a store copied without its empty folders', () => {
  it('continues beyond the first segment', async () => {
    const { store, folder } = await fileStoreFixture()
    await addImage(store, 'shop')
    await rm(join(folder, 'projects/shop/.meta/runs'), { recursive: true })
    await Promise.all(Array.from({ length: 129 }, () => addImage(store, 'shop')))
    expect(await idsOf(store, 'shop')).toHaveLength(130)
  })
})

describe('a file named like a revision beyond the safe integers', () => {
  it('is no revision', async () => {
    const { store, folder } = await fileStoreFixture()
    const id = await addImage(store, 'shop')
    await writeFile(join(folder, 'projects/shop/.meta/99999999999999999999.json'), '{}')
    const second = await addImage(store, 'shop')
    expect(await idsOf(store, 'shop')).toEqual([id, second])
  })
})
