// A model of a project against stores in one bucket: three processes at once, over a network that is as bad as it can be.

import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { emptyProject } from '../../../src/core/project/state.ts'
import { newChance } from '../../support/chance.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { say } from '../../support/faults/say.ts'
import { CEPH_KEYS } from '../../support/processes/ceph.mjs'
import { memoryOptions, startMemoryEngine } from '../../support/s3/engine.ts'
import { atRandom, startProxy } from '../../support/s3/proxy.ts'
import { type Plan, performAll, plansOf, startWorker } from '../model/concurrent.ts'
import { type Entry, show } from '../model/entry.ts'
import { explain } from '../model/explain.ts'

const PROCESSES = 3
/** Projects of a round: processes wait for the network most of the time. */
const AT_ONCE = 6

it('gives three processes that share a bucket answers that are linearizable', async () => {
  const chance = newChance()
  const engine = await startMemoryEngine()
  const folder = await temporaryFolder()
  const proxies = await Promise.all(Array.from({ length: PROCESSES }, () => startProxy(engine.endpoint)))
  const workers = await Promise.all(
    proxies.map(({ endpoint }, n) => {
      const bucket = { ...memoryOptions(endpoint), credentials: CEPH_KEYS }
      // One commits each change alone.
      return startWorker({ bucket, workDir: join(folder, `${n}`), ...(n === 0 ? { maxBatch: 1 } : {}) })
    }),
  )
  let projects = 0
  let operations = 0
  const check = (history: readonly Entry[], projectId: string): void => {
    const own = history.filter((entry) => entry.projectId === projectId)
    const failed = own.filter(({ result }) => 'error' in result && !KNOWN_ERRORS.includes(result.error))
    expect(failed.map(show)).toEqual([])
    expect(explain(own, emptyProject(projectId, new Date(0).toISOString()))).toEqual([])
  }
  const round = async (plans: readonly Plan[], before: Plan): Promise<void> => {
    const named = plans.map((plan) => [`project-${projects++}`, plan] as const)
    const first = await performAll(workers, new Map(named.map(([projectId]) => [projectId, before])))
    const history = [...first, ...(await performAll(workers, new Map(named)))]
    operations += history.length
    for (const [projectId] of named) check(history, projectId)
  }
  const played = new Map<string, number>()
  for (const { runs, clients, steps, percent, before = [] } of ROUNDS) {
    for (const { decideBy } of proxies) decideBy(atRandom({ chance, percent, played }))
    const plans = fc.array(plansOf({ processes: PROCESSES, clients, steps }), {
      minLength: AT_ONCE,
      maxLength: AT_ONCE,
    })
    const property = fc.asyncProperty(plans, (all) => round(all, before))
    // Which process comes first is another one each time, so a failure cannot be made smaller by trying again.
    await fc.assert(property, { numRuns: runs, endOnFailure: true })
  }
  await Promise.all(workers.map((worker) => worker.close()))
  say(`bucket model: ${projects} projects, ${operations} operations of ${PROCESSES} processes, ${count(played)} faults`)
})

const count = (played: ReadonlyMap<string, number>): number => [...played.values()].reduce((sum, each) => sum + each, 0)

/** 124 images: with a few more, the beginning of the list becomes a sealed segment. */
const FILLED: Plan = Array.from({ length: PROCESSES }, () => [
  Array.from({ length: 42 }, () => ({ kind: 'add' as const, pick: 0, title: null })),
])

/** Each of them over a network without faults, and over one where some requests of a hundred have one. */
const ROUNDS: readonly { runs: number; clients: number; steps: number; percent: number; before?: Plan }[] = [
  { runs: 30, clients: 2, steps: 3, percent: 0 },
  { runs: 30, clients: 2, steps: 3, percent: 15 },
  { runs: 5, clients: 3, steps: 12, percent: 0 },
  { runs: 5, clients: 3, steps: 12, percent: 15 },
  { runs: 1, clients: 3, steps: 10, percent: 10, before: FILLED },
]

/** What may be answered where nothing is wrong with the store. */
const KNOWN_ERRORS = ['project_not_found', 'image_not_found', 'asset_not_found', 'invalid_parameter']
