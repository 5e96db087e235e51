// Jobs whose worker is stopped during an attempt, beyond the age of everything: another one makes them meanwhile, and what
// the stopped one still does when it goes on counts for nothing.

import { existsSync, readFileSync } from 'node:fs'
import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { sealOwner } from '../../../src/stores/file/staging/owner-file.ts'
import { newChance } from '../../support/chance.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { say } from '../../support/faults/say.ts'
import { isMissing } from '../../support/needs.ts'
import { plainJpeg } from '../../support/pictures/pictures.ts'
import { isStopped, send, until } from '../../support/processes/processes.ts'
import { createServer } from '../../support/processes/server-tree.ts'
import { checkEnded, markersIn, processOf, REST_MS, uploadAsJob } from './jobs.ts'

const ROUNDS = 5
const UPLOADS_A_ROUND = 4
/** Longest time between the begin of an attempt and the stop, in milliseconds. */
const MOST_MS = 400

const ownerSchema = z.looseObject({ host: z.string() })

describe.skipIf(isMissing({ fault: 'stopped workers' }))('jobs of a worker that is stopped', () => {
  it('wait for it while it lives, are made by another one once it counts as dead, and have one image each', async () => {
    const chance = newChance()
    const storageDir = join(await temporaryFolder(), 'storage')
    const server = await createServer({ storageDir, workers: 2, env: { LOCK_STALE_MS: '2000' } })
    await server.start()
    const picture = await plainJpeg(2400, 1800)
    const acknowledged = new Map<string, { imageId: string; isDamaged: boolean }>()
    const running = () => markersIn(storageDir, 'running')
    let takenOver = 0

    for (let round = 0; round < ROUNDS; round++) {
      const uploads = Array.from({ length: UPLOADS_A_ROUND }, () =>
        uploadAsJob(server.request, 'one', picture, acknowledged),
      )
      await Promise.all(uploads)
      await sleep(chance.number(MOST_MS))
      // A worker that was taken over claims under its old name until it has a new workspace, and puts such a job back.
      const hasWorkspace = ({ owner = '' }) => existsSync(join(storageDir, '.tmp', owner, 'owner.json'))
      const owner = running().find(hasWorkspace)?.owner
      if (owner === undefined) continue
      const worker = processOf(storageDir, owner)
      send([worker], 'SIGSTOP')
      await until(() => isStopped(worker))
      const held = running().filter((marker) => marker.owner === owner)
      // Some rounds leave it alive: nothing of it is taken.
      if (held.length > 0 && round % 3 !== 2) {
        await letAge(storageDir, owner)
        await vi.waitFor(() => expect(running().filter((marker) => marker.owner === owner)).toEqual([]), {
          timeout: REST_MS,
          interval: 50,
        })
        takenOver += held.length
      } else {
        await sleep(2500)
        expect(running().filter((marker) => marker.owner === owner)).toEqual(held)
      }
      // It goes on before, while or after the other one makes its jobs.
      await sleep(chance.number(1500))
      send([worker], 'SIGCONT')
    }

    const { request } = server
    const { jobs, made } = await checkEnded({ request, storageDir, projects: ['one'], acknowledged })
    say(`stopped workers: ${takenOver} jobs taken over from living ones, ${made.length} made of ${acknowledged.size}`)
    expect(acknowledged.size).toBe(ROUNDS * UPLOADS_A_ROUND)
    expect(made).toHaveLength(acknowledged.size)
    expect(takenOver).toBeGreaterThan(0)
    expect(jobs.filter(({ attempts }) => attempts > 1).length).toBeGreaterThan(0)
  })
})

/** Makes the owner of a workspace look like one of another machine, whose last sign of life was an hour ago. */
const letAge = async (storageDir: string, owner: string): Promise<void> => {
  const file = join(storageDir, '.tmp', owner, 'owner.json')
  const { folder: _, checksum: __, ...found } = ownerSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  await writeFile(file, sealOwner(file, { ...found, host: 'elsewhere' }))
  const past = new Date(Date.now() - 3_600_000)
  await utimes(file, past, past)
}
