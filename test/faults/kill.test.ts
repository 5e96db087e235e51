import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../support/disk/folder.ts'
import { checkStore, publishAgain } from '../support/faults/check.ts'
import { acknowledgedIn, createLedger } from '../support/faults/ledger.ts'
import { someChanges, startLoad } from '../support/faults/load.ts'
import { say } from '../support/faults/say.ts'
import { isMissing } from '../support/needs.ts'
import { send } from '../support/processes/processes.ts'
import { createServer, type Server } from '../support/processes/server-tree.ts'
import { straysAfterSweep } from '../support/store/strays.ts'

const KILLS = 50
/** Kills between two checks. */
const KILLS_A_ROUND = 5
const WORKERS = 3
/** Before each kill come 0 to this many changes. */
const MOST_CHANGES = 25

describe.skipIf(isMissing({ fault: 'kill -9' }))('kill -9', () => {
  it(`loses nothing when workers, or all processes, are killed ${KILLS} times under load`, async () => {
    const storageDir = join(await temporaryFolder(), 'storage')
    const server = await createServer({ storageDir, workers: WORKERS, env: { LOCK_STALE_MS: '2000' } })
    await server.start()
    const ledger = createLedger()
    const projects = ['one', 'Two', 'three']
    const load = startLoad({ servers: [server.request], ledger, projects, clients: 12, images: 20 })
    const findings: string[] = []
    let everything = 0

    for (let kills = 1; kills <= KILLS; kills++) {
      await someChanges(load, MOST_CHANGES)
      if (randomInt(3) > 0) await killOneWorker(server)
      else {
        everything++
        await server.kill()
        await server.start()
      }
      if (kills % KILLS_A_ROUND > 0) continue
      await load.pause()
      await server.ready()
      findings.push(...(await checkStore({ storageDir, ledger, request: server.request, published: false })))
      if (kills < KILLS) load.resume()
    }

    findings.push(...(await straysAfterSweep(storageDir)))
    await publishAgain(server.request, ledger)
    findings.push(...(await checkStore({ storageDir, ledger, request: server.request })))
    findings.push(...(await straysAfterSweep(storageDir)))
    const acknowledged = acknowledgedIn(ledger)
    say(
      `kill -9: ${KILLS - everything} of a worker and ${everything} of everything, ` +
        `${acknowledged} uploads and deletes acknowledged, ${findings.length} wrong`,
    )
    expect(findings).toEqual([])
    expect(acknowledged).toBeGreaterThan(KILLS)
    // A supervisor, its workers and one encoder for each of them: no encoder outlives the worker that it worked for.
    await vi.waitFor(() => expect(server.processes().length).toBeLessThanOrEqual(1 + WORKERS * 2), { timeout: 60_000 })
    expect(Object.keys(load.failures()).filter((failure) => !failure.endsWith(' without an answer'))).toEqual([])
  })
})

const killOneWorker = async (server: Server): Promise<void> => {
  for (;;) {
    const workers = server.workers()
    const worker = workers[randomInt(Math.max(1, workers.length))]
    if (worker !== undefined) return send([worker], 'SIGKILL')
    await sleep(20)
  }
}
