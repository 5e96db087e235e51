import { describe, expect, it } from 'vitest'
import { startPosition } from '../../../src/services/webhooks/start-position.ts'
import type { Store } from '../../../src/stores/store.ts'
import type { ProjectChanges } from '../../../src/stores/watch.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openFileStore } from '../../support/store/file-store.ts'

const START_MS = Date.parse('2026-05-04T09:30:00.000Z')
const timeOf = (revision: number): string => new Date(START_MS + revision * 1000).toISOString()

/** A project of so many revisions, one a second. */
const projectOf = async (revisions: number): Promise<Store> => {
  let nowMs = START_MS
  const store = await openFileStore(await temporaryFolder(), { now: () => new Date(nowMs) })
  for (let revision = 1; revision <= revisions; revision++) {
    nowMs = START_MS + revision * 1000
    if (revision === 1) await store.commit('shop', { type: 'create_project' })
    else await store.commit('shop', { type: 'edit', title: `title ${revision}` })
  }
  return store
}

describe('the start position of a webhook', () => {
  it('is the last revision before a time, however far back', async () => {
    const store = await projectOf(150)
    for (const revision of [1, 2, 3, 50, 85, 86, 87, 149, 150])
      expect([revision, await startPosition(store, 'shop', timeOf(revision))]).toEqual([revision, revision - 1])
    expect(await startPosition(store, 'shop', timeOf(151))).toBe(150)
  })

  it('is 0 in a project that does not exist, or began later', async () => {
    const store = await projectOf(3)
    expect(await startPosition(store, 'absent', timeOf(0))).toBe(0)
    expect(await startPosition(store, 'shop', timeOf(0))).toBe(0)
  })

  it('is before the deletion of a project that was deleted later', async () => {
    const store = await projectOf(3)
    await store.commit('shop', { type: 'delete_project' })
    expect(await startPosition(store, 'shop', timeOf(3))).toBe(2)
  })

  it('is one that the store answers with a reset where the changes since then are gone', async () => {
    const real = await projectOf(40)
    const store = {
      project: real.project,
      changesAfter: async (projectId: string, position: number): Promise<ProjectChanges | undefined> =>
        position < 35
          ? { projectId, revision: 40, reset: true, revisions: [] }
          : real.changesAfter(projectId, position),
    }
    const position = await startPosition(store, 'shop', timeOf(10))
    expect(await store.changesAfter('shop', position)).toMatchObject({ reset: true })
    expect(await startPosition(store, 'shop', timeOf(38))).toBe(37)
  })
})
