// A model of a project against the real store: commands in order through two stores, and at once from four processes.

import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { emptyProject } from '../../src/core/changes.ts'
import { addImage } from '../contracts/store.ts'
import { openFileStore } from '../helpers/file-store.ts'
import { perform, plansOf, startWorker } from './model/concurrent.ts'
import { show } from './model/entry.ts'
import { explain } from './model/explain.ts'
import { PROJECT, plans, runCommands } from './model/sequential.ts'
import { memoryFolder } from './processes/memory-folder.ts'

it('does with 200 random plans, through two stores in turn, what an array would do', async () => {
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
    { numRuns: 200 },
  )
  console.log(`model: ${runs} plans, ${commands} commands in order`)
})

it('gives four processes answers that one order of the changes explains', async () => {
  const storageDir = await memoryFolder()
  const workers = await Promise.all(Array.from({ length: 4 }, () => startWorker({ storageDir })))
  let rounds = 0
  let operations = 0
  await fc.assert(
    fc.asyncProperty(plansOf({ processes: 4, clients: 3, steps: 12 }), async (plan) => {
      const projectId = `round-${rounds++}`
      const history = await perform(workers, projectId, plan)
      operations += history.length
      expect(
        history.filter(({ result }) => 'error' in result && !KNOWN_ERRORS.includes(result.error)).map(show),
      ).toEqual([])
      expect(explain(history, emptyProject(projectId, new Date(0).toISOString()))).toEqual([])
    }),
    // Which process comes first is another time each time, so a failure cannot be made smaller by trying again.
    { numRuns: 60, endOnFailure: true },
  )
  console.log(`model: ${rounds} rounds, ${operations} operations of 4 processes at once`)
})

/** What may be answered where nothing is wrong with the store. */
const KNOWN_ERRORS = ['project_not_found', 'image_not_found', 'invalid_parameter']
