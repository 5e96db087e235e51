import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/disk/folder.ts'
import { checkStore } from '../support/faults/check.ts'
import { acknowledgedIn, createLedger } from '../support/faults/ledger.ts'
import { startLoad } from '../support/faults/load.ts'
import { say } from '../support/faults/say.ts'
import { createServer } from '../support/processes/server-tree.ts'
import { straysAfterSweep } from '../support/store/strays.ts'

const SECONDS = Number(process.env.TINTYPE_FAULT_SECONDS ?? 30)
const CLIENTS = 24

it(`loses nothing and refuses nothing when ${CLIENTS} clients change one project through 4 workers`, async () => {
  const storageDir = join(await temporaryFolder(), 'storage')
  const server = await createServer({ storageDir, workers: 4 })
  await server.start()
  expect(server.workers()).toHaveLength(4)

  const ledger = createLedger()
  const load = startLoad({ servers: [server.request], ledger, projects: ['one'], clients: CLIENTS })
  await sleep(SECONDS * 1000)
  await load.pause()

  expect(load.failures()).toEqual({})
  const findings = [
    ...(await checkStore({ storageDir, ledger, request: server.request })),
    ...(await straysAfterSweep(storageDir)),
  ]
  say(
    `many writers: ${SECONDS} s, 4 workers, ${CLIENTS} clients, ${load.done()} changes, ` +
      `${acknowledgedIn(ledger)} uploads and deletes acknowledged, ${findings.length} wrong`,
  )
  expect(findings).toEqual([])
  expect(await server.end()).toBe(0)
  expect(server.log()).not.toMatch(/"level":(50|60)/)
})
