// Changes of one project that wait in this process are committed together.

import { describe, expect, it, vi } from 'vitest'
import type { ProjectChange } from '../../../src/core/project/changes.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { createCommitQueue, type PendingChange } from '../../../src/stores/history/commit-queue.ts'
import { newGate } from '../../support/gate.ts'
import { PATIENCE } from '../../support/vitest/patience.ts'

const edit = (title: string): ProjectChange => ({ type: 'edit', title })
const titleOf = ({ change }: PendingChange) => (change?.type === 'edit' ? (change.title ?? '') : '')

const transitionTo = (after: ProjectState) => ({ before: after, after })

/** A queue that records its batches; each waits for `gate`. */
const queueOf = ({ maxBatch, gate = Promise.resolve() }: { maxBatch?: number; gate?: Promise<void> } = {}) => {
  const batches: string[][] = []
  const queue = createCommitQueue({
    maxBatch,
    async commitBatch(projectId, take) {
      await gate
      for (let taken = take(); taken.length > 0; taken = take()) {
        batches.push(taken.map(titleOf))
        for (const each of taken) each.resolve(transitionTo({ ...emptyProject(projectId, ''), title: titleOf(each) }))
      }
    },
  })
  return { queue, batches }
}

const titles = (count: number) => Array.from({ length: count }, (_, at) => `title ${at}`)

describe('a commit queue', () => {
  it('commits changes that arrive during a wait together, in their order, and resolves each with its own state', async () => {
    const { queue, batches } = queueOf()
    const states = await Promise.all(titles(3).map((title) => queue.commit('shop', edit(title))))
    expect(batches).toEqual([titles(3)])
    expect(states.map(({ after }) => after.title)).toEqual(titles(3))
  })

  it.each([
    [64, [64]],
    [65, [64, 1]],
  ])('divides %i waiting changes into batches of %j', async (count, sizes) => {
    const { queue, batches } = queueOf()
    await Promise.all(titles(count).map((title) => queue.commit('shop', edit(title))))
    expect(batches.map(({ length }) => length)).toEqual(sizes)
    expect(batches.flat()).toEqual(titles(count))
  })

  it.each([
    ['the time of the first one is over', 1, []],
    ['as many wait as a batch can hold', 64, []],
    ['a change comes that does not wait', 2, ['urgent']],
  ])('gathers changes until %s', async (_, count, urgent) => {
    const { queue, batches } = queueOf()
    // Long, where its end is not what is waited for.
    const gatherMs = count === 1 ? 1 : 1_000_000
    const gathered = titles(count).map((title) => queue.commit('shop', edit(title), { gatherMs }))
    expect(batches).toEqual([])
    await Promise.all([...gathered, ...urgent.map((title) => queue.commit('shop', edit(title)))])
    expect(batches).toEqual([[...titles(count), ...urgent]])
  })

  it('lets changes that come during a commit wait for others as well', async () => {
    const gate = newGate()
    const batches: string[][] = []
    const queue = createCommitQueue({
      async commitBatch(projectId, take) {
        for (let taken = take(); taken.length > 0; taken = take()) {
          batches.push(taken.map(titleOf))
          await gate.opened
          for (const { resolve } of taken) resolve(transitionTo(emptyProject(projectId, '')))
        }
      },
    })
    const first = queue.commit('shop', edit('first'))
    await vi.waitFor(() => expect(batches).toEqual([['first']]), PATIENCE)
    const gathered = titles(2).map((title) => queue.commit('shop', edit(title), { gatherMs: 1_000_000 }))
    gate.open()
    await first
    await Promise.all([...gathered, queue.commit('shop', edit('urgent'))])
    expect(batches).toEqual([['first'], [...titles(2), 'urgent']])
  })

  it('commits each change alone with a batch of 1', async () => {
    const { queue, batches } = queueOf({ maxBatch: 1 })
    await Promise.all(titles(3).map((title) => queue.commit('shop', edit(title))))
    expect(batches).toEqual(titles(3).map((title) => [title]))
  })

  it('commits projects independently', async () => {
    const gate = newGate()
    const queue = createCommitQueue({
      async commitBatch(projectId, take) {
        if (projectId === 'slow') await gate.opened
        for (const { resolve } of take()) resolve(transitionTo(emptyProject(projectId, '')))
      },
    })
    const slow = queue.commit('slow', edit('a'))
    expect(await queue.commit('fast', edit('b'))).toMatchObject({ after: { project_id: 'fast' } })
    gate.open()
    expect(await slow).toMatchObject({ after: { project_id: 'slow' } })
  })

  it('rejects the changes that waited for a commit that failed, and tries later ones again', async () => {
    const gate = newGate()
    let tries = 0
    const queue = createCommitQueue({
      async commitBatch(projectId, take) {
        if (tries++ === 0) {
          await gate.opened
          throw new Error('busy')
        }
        for (const { resolve } of take()) resolve(transitionTo(emptyProject(projectId, '')))
      },
    })
    const early = queue.commit('shop', edit('early'))
    const late = queue.commit('shop', edit('late'))
    gate.open()
    await expect(early).rejects.toThrow('busy')
    expect(await late).toMatchObject({ after: { project_id: 'shop' } })
    expect(tries).toBe(2)
  })

  it('is idle once every change was answered', async () => {
    const gate = newGate()
    const { queue, batches } = queueOf({ gate: gate.opened })
    await queue.idle()
    const change = queue.commit('shop', edit('a'))
    const idle = queue.idle().then(() => batches.length)
    gate.open()
    expect(await idle).toBe(1)
    await change
  })
})
