// How many changes go under one lock.

import { describe, expect, it, vi } from 'vitest'
import type { Store } from '../../../../src/stores/store.ts'
import { addImage } from '../../../contracts/store.ts'
import { watchDisk } from '../../../support/disk/calls.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { openFileStore } from '../../../support/store/file-store.ts'
import { plantProject } from '../../../support/store/planted-project.ts'
import { filesUnderWay, revisionNumbers } from '../../../support/store/store-folder.ts'

vi.mock('node:fs/promises', async (original) =>
  (await import('../../../support/disk/calls.ts')).watched(await original()),
)

/** Commits that go under one lock share a folder. */
const countLocks = () => {
  let count = 0
  watchDisk({ after: ({ name, path }) => void (name === 'mkdir' && path.endsWith('@shop') && count++) })
  return () => count
}

const opened = async (maxHeldMs: number) => {
  const folder = await temporaryFolder()
  await plantProject({ storageDir: folder, projectId: 'shop' })
  const store = await openFileStore(folder, { maxHeldMs })
  // Then no change waits for the disk before it is in the line.
  await store.project('shop')
  return { folder, store }
}

/** Each makes its next change when the one before is answered. */
const titlesOfTwo = (store: Store) =>
  Promise.all(
    ['one', 'other'].map(async (name) => {
      for (const n of [1, 2, 3]) await store.commit('shop', { type: 'edit', title: `${name} ${n}` })
    }),
  )

describe('changes of one project', () => {
  it('that follow an answer are committed under the held lock', async () => {
    const { folder, store } = await opened(60_000)
    const locks = countLocks()
    await titlesOfTwo(store)
    expect(locks()).toBe(1)
    expect((await revisionNumbers(folder)).length).toBeGreaterThan(3)
    await store.close()
    expect(await filesUnderWay(folder)).toEqual([])
  })

  it('wait for the next lock once it was held too long', async () => {
    const { folder, store } = await opened(0)
    const locks = countLocks()
    await titlesOfTwo(store)
    expect(locks()).toBeGreaterThanOrEqual(3)
    expect(await revisionNumbers(folder)).toHaveLength(locks() + 1)
  })

  it('of another process are committed while one process commits continuously', async () => {
    const { folder, store } = await opened(20)
    const other = await openFileStore(folder, { lockWaitMs: 30_000 })
    let goesOn = true
    const busy = (async () => {
      while (goesOn) await store.commit('shop', { type: 'edit', title: 'again' })
    })()
    const imageId = await addImage(other, 'shop')
    goesOn = false
    await busy
    expect(await other.project('shop')).toMatchObject({ image_count: 2 })
    expect(await store.images(await known(store))).toMatchObject([{}, { id: imageId }])
  })
})

const known = async (store: Store) => {
  const state = await store.project('shop')
  if (!state) throw new Error('there is no project')
  return state
}
