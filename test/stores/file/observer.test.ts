// Reports of the store to its observer.

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

interface Reports {
  changes: number[]
  retries: number
  sweeps: number[]
  waits: number[]
}

/** An observer that records its calls. */
const remembering = () => {
  const reports: Reports = { changes: [], retries: 0, sweeps: [], waits: [] }
  const observer: Observer = {
    ...NO_OBSERVER,
    committed: (changes) => void reports.changes.push(changes),
    retriedCommit: () => void reports.retries++,
    swept: (owners) => void reports.sweeps.push(owners),
    waitedForLock: (seconds) => void reports.waits.push(seconds),
  }
  return { reports, observer }
}

describe('the store', () => {
  it('reports each revision with its changes, and none where nothing changed', async () => {
    const { reports, observer } = remembering()
    const store = await openFileStore(await temporaryFolder(), { observer })
    await addImage(store, 'shop')
    const edits = ['a', 'b', 'c'].map((title) => store.commit('shop', { type: 'edit', title }))
    const missing = store.commit('shop', { type: 'set_primary', imageId: 'x'.repeat(20) })
    await expect(missing).rejects.toMatchObject({ code: 'image_not_found' })
    await Promise.all(edits)
    expect(reports.changes.reduce((sum, count) => sum + count, 0)).toBe(4)
    expect((await store.project('shop'))?.revision).toBe(reports.changes.length)
    expect(reports.retries).toBe(0)
  })

  it('reports a commit that is retried because another writer was first', async () => {
    const folder = await temporaryFolder()
    const { reports, observer } = remembering()
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
    expect(reports).toMatchObject({ retries: 1, changes: [1, 1] })
  })

  it('reports each sweep, with the number of swept processes', async () => {
    const folder = await temporaryFolder()
    for (const owner of ['aaaa.left', 'bbbb.left']) await mkdir(join(folder, '.tmp', owner), { recursive: true })
    const { reports, observer } = remembering()
    const store = await openFileStore(folder, { observer })
    await store.close()
    expect(reports.sweeps).toEqual([2])
  })

  it('reports the wait for a lock, acquired or not', async () => {
    const paths = createPaths(await temporaryFolder())
    await mkdir(paths.project('shop'), { recursive: true })
    const { reports, observer } = remembering()
    const withLock = createProjectLock({ paths, lockStaleMs: 10_000, lockWaitMs: 60, observer })
    await withLock('shop', async () => {
      await expect(withLock('shop', () => sleep(0))).rejects.toMatchObject({ code: 'busy' })
    })
    expect(reports.waits).toHaveLength(2)
    expect(reports.waits[1]).toBeGreaterThanOrEqual(0.059)
  })
})
