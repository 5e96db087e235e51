// kill -9 under changes of collections: what was acknowledged stays, and no frame of an atlas moves.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { newChance } from '../../support/chance.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { say } from '../../support/faults/say.ts'
import { isMissing } from '../../support/needs.ts'
import { send } from '../../support/processes/processes.ts'
import { createServer } from '../../support/processes/server-tree.ts'
import { createWall, uploadCovers, type Wall, wrongWall } from './walls.ts'

const KILLS = 16
const WORKERS = 2
const WALLS = ['one', 'Two', 'three']
const PROJECTS = 8
/** Changes and atlases before a kill, at most. */
const MOST_STEPS = 12

describe.skipIf(isMissing({ fault: 'kill -9' }))('collections', () => {
  it(`keep every acknowledged change and the place of every frame over ${KILLS} kills`, async () => {
    const chance = newChance()
    const storageDir = join(await temporaryFolder(), 'storage')
    const server = await createServer({ storageDir, workers: WORKERS, env: { LOCK_STALE_MS: '2000' } })
    await server.start()
    const projects = await uploadCovers(server.request, PROJECTS)
    const walls = WALLS.map((name) => createWall(name, server.request, projects, chance))
    let isOver = false
    const work = async (wall: Wall) => {
      while (!isOver) await wall.step()
    }
    const work0 = Promise.all(walls.map(work))
    const done = () => walls.reduce((sum, wall) => sum + wall.done(), 0)
    let everything = 0

    for (let kills = 0; kills < KILLS; kills++) {
      const enough = done() + chance.number(MOST_STEPS)
      while (done() < enough) await sleep(5)
      await sleep(chance.number(20))
      const [worker] = server.workers()
      if (chance.number(3) > 0 && worker !== undefined) {
        send([worker], 'SIGKILL')
        await server.ready()
      } else {
        everything++
        await server.kill()
        await server.start()
      }
    }
    isOver = true
    await work0
    await server.kill()
    await server.start()
    const findings = walls.flatMap((wall) => wall.findings)
    for (const wall of walls) findings.push(...(await wrongWall(server.request, wall.known())))
    say(`collections: ${KILLS - everything} kills of a worker, ${everything} of everything, ${done()} answers`)
    expect(findings).toEqual([])
    expect(done()).toBeGreaterThan(KILLS)
  })
})
