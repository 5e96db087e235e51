// Revisions that were removed under a store: what meta.json still names is not overwritten, and the doctor brings it back.

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPaths } from '../../../../src/stores/file/paths.ts'
import type { Store } from '../../../../src/stores/store.ts'
import { idsOf } from '../../../contracts/store.ts'
import { filesIn, temporaryFolder } from '../../../support/disk/folder.ts'
import { numberedPicture } from '../../../support/pictures/pictures.ts'
import { examine, imagesOver, uploadPicture } from '../../../support/store/doctor.ts'
import { openFileStore } from '../../../support/store/file-store.ts'

const setUp = async () => {
  const storageDir = await temporaryFolder()
  const paths = createPaths(storageDir)
  const upload = async (store: Store) => uploadPicture(imagesOver(store), 'shop', await numberedPicture(1))
  const running = await openFileStore(storageDir)
  const ids = [await upload(running), await upload(running), await upload(running)]
  /** Refused, with nothing changed; then the doctor is called, and all is as it was and can be changed. */
  const refusesUntilMended = async (store: Store) => {
    const before = await readFile(paths.published('shop'), 'utf8')
    const files = await filesIn(paths.project('shop'))
    await expect(upload(store)).rejects.toMatchObject({ code: 'project_damaged' })
    await expect(store.commit('shop', { type: 'edit', title: 'other' })).rejects.toMatchObject({
      code: 'project_damaged',
    })
    expect(await readFile(paths.published('shop'), 'utf8')).toBe(before)
    expect(await filesIn(paths.project('shop'))).toEqual(files)
    expect(await examine(storageDir, { fix: true })).toMatchObject({ remaining: 0 })
    expect(await idsOf(store, 'shop')).toEqual(ids)
    ids.push(await upload(store))
    expect(await idsOf(store, 'shop')).toEqual(ids)
    expect((await examine(storageDir)).findings).toEqual([])
  }
  return { storageDir, paths, ids, running, refusesUntilMended }
}

describe('a project whose newest revisions are lost', () => {
  const removeNewest = async ({ paths }: Awaited<ReturnType<typeof setUp>>) => {
    for (const number of [2, 3]) await rm(paths.revision('shop', number))
  }

  it('is readable up to the last known revision, and refuses changes of a store opened later', async () => {
    const made = await setUp()
    await removeNewest(made)
    const store = await openFileStore(made.storageDir)
    expect(await idsOf(store, 'shop')).toEqual(made.ids.slice(0, 1))
    await made.refusesUntilMended(store)
  })

  it('refuses changes of a store that had them in memory', async () => {
    const made = await setUp()
    await removeNewest(made)
    await made.refusesUntilMended(made.running)
  })
})

describe('a project without any revision', () => {
  it.each(['file', 'folder'])('is damaged, not absent, where each %s is gone', async (kind) => {
    const made = await setUp()
    const { paths, storageDir, running } = made
    if (kind === 'folder') await rm(paths.meta('shop'), { recursive: true })
    else for (const number of [1, 2, 3]) await rm(join(paths.revision('shop', number)))
    const store = await openFileStore(storageDir)
    for (const each of [store, running])
      await expect(each.project('shop')).rejects.toMatchObject({ code: 'project_damaged' })
    await made.refusesUntilMended(store)
  })
})
