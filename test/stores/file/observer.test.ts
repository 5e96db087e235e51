// What the store tells of its work.

import { rmdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createProjectLock } from '../../../src/stores/file/commit/project-lock.ts'
import { createPaths } from '../../../src/stores/file/paths.ts'
import { NO_OBSERVER, type Observer } from '../../../src/telemetry/observer.ts'
import { addImage } from '../../contracts/store.ts'
import { beforeCall } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openFileStore } from '../../support/store/file-store.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))
vi.mock('node:fs', async (original) => (await import('../../support/disk/calls.ts')).watchedSyncs(await original()))

interface Told {
  changes: number[]
  retries: number
  sweeps: number[]
  waits: number[]
}

/** An observer that remembers what it was told. */
const remembering = () => {
  const told: Told = { changes: [], retries: 0, sweeps: [], waits: [] }
  const observer: Observer = {
    ...NO_OBSERVER,
    committed: (changes) => void told.changes.push(changes),
    retriedCommit: () => void told.retries++,
    swept: (owners) => void told.sweeps.push(owners),
    waitedForLock: (seconds) => void told.waits.push(seconds),
  }
  return { told, observer }
}

describe('the store', () => {
  it('tells of each revision, with the changes that it holds, and of none where nothing changed', async () => {
    const { told, observer } = remembering()
    const store = await openFileStore(await temporaryFolder(), { observer })
    await addImage(store, 'shop')
    const edits = ['a', 'b', 'c'].map((title) => store.commit('shop', { type: 'edit', title }))
    const missing = store.commit('shop', { type: 'set_primary', imageId: 'x'.repeat(20) })
    await expect(missing).rejects.toMatchObject({ code: 'image_not_found' })
    await Promise.all(edits)
    expect(told.changes.reduce((sum, count) => sum + count, 0)).toBe(4)
    expect((await store.project('shop'))?.revision).toBe(told.changes.length)
    expect(told.retries).toBe(0)
  })

  it('tells of a commit that starts again because another writer was first', async () => {
    const folder = await temporaryFolder()
    const { told, observer } = remembering()
    const writer = await openFileStore(folder, { observer })
    const other = await openFileStore(folder)
    await addImage(writer, 'shop')
    beforeCall(
      (call) => call.name === 'link' && call.to.endsWith(join('.meta', '2.json')),
      async () => {
        rmdirSync(createPaths(folder).lock('shop'))
        await other.commit('shop', { type: 'edit', title: 'first' })
      },
    )
    await writer.commit('shop', { type: 'edit', title: 'second' })
    expect(told).toMatchObject({ retries: 1, changes: [1, 1] })
  })

  it('tells of each sweep, and of how many processes it swept behind', async () => {
    const folder = await temporaryFolder()
    for (const owner of ['aaaa.left', 'bbbb.left']) await mkdir(join(folder, '.tmp', owner), { recursive: true })
    const { told, observer } = remembering()
    const store = await openFileStore(folder, { observer })
    await store.close()
    expect(told.sweeps).toEqual([2])
  })

  it('tells how long a lock was waited for, whether it was got or not', async () => {
    const paths = createPaths(await temporaryFolder())
    await mkdir(paths.project('shop'), { recursive: true })
    const { told, observer } = remembering()
    const withLock = createProjectLock({ paths, lockStaleMs: 10_000, lockWaitMs: 60, observer })
    await withLock('shop', async () => {
      await expect(withLock('shop', () => sleep(0))).rejects.toMatchObject({ code: 'busy' })
    })
    expect(told.waits).toHaveLength(2)
    expect(told.waits[1]).toBeGreaterThanOrEqual(0.059)
  })
})
