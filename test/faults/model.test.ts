// A model of a project against the real store: commands in order through two stores, and at once from four processes.

import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { emptyProject } from '../../src/core/project/state.ts'
import { addImage } from '../contracts/store.ts'
import { memoryFolder } from '../support/disk/memory-folder.ts'
import { say } from '../support/faults/say.ts'
import { openFileStore } from '../support/store/file-store.ts'
import { straysIn } from '../support/store/strays.ts'
import { type Plan, perform, plansOf, startWorker } from './model/concurrent.ts'
import { show } from './model/entry.ts'
import { explain } from './model/explain.ts'
import { PROJECT, plans, runCommands } from './model/sequential.ts'

it('equals an array over 300 random plans, through two stores in turn', async () => {
  const folder = await memoryFolder()
  const long = join(folder, 'long')
  const store = await openFileStore(long)
  await Promise.all(Array.from({ length: 122 }, () => addImage(store, PROJECT)))
  await store.close()
  let runs = 0
  let commands = 0
  await fc.assert(
    fc.asyncProperty(plans(), async (plan) => {
      commands += plan.commands.length
      expect(await runCommands(plan, join(folder, `run-${runs++}`), long)).toBeUndefined()
    }),
    { numRuns: 300 },
  )
  say(`model: ${runs} plans, ${commands} commands in order`)
})

it('gives four processes answers that are linearizable', async () => {
  const storageDir = await memoryFolder()
  // Two that commit changes together, two that commit each alone.
  const workers = await Promise.all(
    [{}, {}, { maxBatch: 1 }, { maxBatch: 1 }].map((options) => startWorker({ storageDir, ...options })),
  )
  let rounds = 0
  let operations = 0
  const round = async (plan: Plan, before: Plan = []): Promise<void> => {
    const projectId = `round-${rounds++}`
    const history = [...(await perform(workers, projectId, before)), ...(await perform(workers, projectId, plan))]
    operations += history.length
    const failed = history.filter(({ result }) => 'error' in result && !KNOWN_ERRORS.includes(result.error))
    expect(failed.map(show)).toEqual([])
    expect(explain(history, emptyProject(projectId, new Date(0).toISOString()))).toEqual([])
  }
  for (const { runs, clients, steps, before } of ROUNDS) {
    const property = fc.asyncProperty(plansOf({ processes: 4, clients, steps }), (plan) => round(plan, before))
    // Which process comes first is another one each time, so a failure cannot be made smaller by trying again.
    await fc.assert(property, { numRuns: runs, endOnFailure: true })
  }
  await Promise.all(workers.map((worker) => worker.close()))
  expect(await straysIn(storageDir)).toEqual([])
  say(`model: ${rounds} rounds, ${operations} operations of 4 processes at once`)
})

/** 124 images: with a few more, the beginning of the list becomes a sealed run. */
const FILLED: Plan = Array.from({ length: 4 }, () => [
  Array.from({ length: 31 }, () => ({ kind: 'add' as const, pick: 0, title: null })),
])

/** The short ones play the beginning of a project, the longer ones what many changes at once lead to. */
const ROUNDS: readonly { runs: number; clients: number; steps: number; before?: Plan }[] = [
  { runs: 3000, clients: 2, steps: 3 },
  { runs: 60, clients: 3, steps: 14 },
  { runs: 8, clients: 3, steps: 12, before: FILLED },
]

/** What may be answered where nothing is wrong with the store. */
const KNOWN_ERRORS = ['project_not_found', 'image_not_found', 'asset_not_found', 'invalid_parameter']
