import { describe, expect, it, vi } from 'vitest'
import { createSharedSync } from '../../../../src/stores/file/fs/durable.ts'
import { failing, watchDisk } from '../../../support/disk/calls.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { PATIENCE } from '../../../support/vitest/patience.ts'

vi.mock('node:fs', async (original) => (await import('../../../support/disk/calls.ts')).watchedSyncs(await original()))

/** Counts syncs, each of which takes until it is let go. */
const slowDisk = () => {
  const held: (() => void)[] = []
  let begun = 0
  watchDisk({
    before(call) {
      if (call.name !== 'sync') return
      begun++
      return new Promise((resolve) => held.push(resolve))
    },
  })
  return {
    begun: () => begun,
    letGo: () => held.shift()?.(),
    holds: () => vi.waitFor(() => expect(held).toHaveLength(1), PATIENCE),
  }
}

describe('a shared sync', () => {
  it('is started again for calls during a running sync, once for all of them', async () => {
    const [folder, disk, syncFolder] = [await temporaryFolder(), slowDisk(), createSharedSync()]
    const first = syncFolder(folder)
    const done: string[] = []
    const others = ['second', 'third'].map((name) => syncFolder(folder).then(() => done.push(name)))
    await disk.holds()
    expect(disk.begun()).toBe(1)
    disk.letGo()
    await first
    await disk.holds()
    const last = syncFolder(folder)
    expect(done).toEqual([])
    disk.letGo()
    await Promise.all(others)
    await disk.holds()
    disk.letGo()
    await last
    expect(disk.begun()).toBe(3)
  })

  it('is not shared with another folder', async () => {
    const [one, other, syncFolder] = [await temporaryFolder(), await temporaryFolder(), createSharedSync()]
    const synced: string[] = []
    watchDisk({ after: ({ path }) => void synced.push(path) })
    await Promise.all([syncFolder(one), syncFolder(other)])
    expect(synced.sort()).toEqual([one, other].sort())
  })

  it('fails for the calls that wait for it, and for no later call', async () => {
    const [folder, syncFolder] = [await temporaryFolder(), createSharedSync()]
    const stop = failing((call) => call.name === 'sync', 'EIO')
    const outcomes = await Promise.allSettled([syncFolder(folder), syncFolder(folder), syncFolder(folder)])
    stop()
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(outcomes[2]).toMatchObject({ reason: { code: 'EIO' } })
    await syncFolder(folder)
  })

  it('throws where the folder is missing', async () => {
    const syncFolder = createSharedSync()
    await expect(syncFolder('/no/such/folder')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
