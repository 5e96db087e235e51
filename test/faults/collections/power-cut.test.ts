// A power cut under changes of collections: what was acknowledged stays, and no frame of an atlas moves.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { newChance } from '../../support/chance.ts'
import {
  aMinuteLater,
  createCrashDisk,
  type DiskCopy,
  FILE_SYSTEMS,
  mountsCopiesOf,
} from '../../support/disk/crash-disk.ts'
import { openToRequests } from '../../support/faults/open.ts'
import { say } from '../../support/faults/say.ts'
import { isMissing } from '../../support/needs.ts'
import { createServer } from '../../support/processes/server-tree.ts'
import { createWall, type Known, uploadCovers, type Wall, wrongWall } from './walls.ts'

/** Of each file system. */
const CUTS = 6
const WALLS = ['one', 'Two', 'three']
const PROJECTS = 6
/** Changes and atlases before a cut, at most. */
const MOST_STEPS = 10
const PROGRAMS = {
  mount: 'mount',
  losetup: 'mount',
  'mkfs.ext4': 'e2fsprogs',
  'mkfs.xfs': 'xfsprogs',
  'mkfs.btrfs': 'btrfs-progs',
}

describe.each(FILE_SYSTEMS)('a power cut on %s', (fileSystem) => {
  const fault = `power cut on ${fileSystem} under collections`
  const missing = isMissing({ fault, programs: PROGRAMS, root: true }) || !mountsCopiesOf(fileSystem, fault)

  it.skipIf(missing)('loses no acknowledged change of a collection, and moves no frame', async () => {
    const chance = newChance()
    const disk = await createCrashDisk(fileSystem)
    const server = await createServer({
      storageDir: join(disk.folder, 'storage'),
      workers: 2,
      env: { LOCK_STALE_MS: '2000', MIN_FREE_BYTES: '1' },
    })
    await server.start()
    const projects = await uploadCovers(server.request, PROJECTS)
    const walls = WALLS.map((name) => createWall(name, server.request, projects, chance))
    let isOver = false
    const work = async (wall: Wall) => {
      while (!isOver) await wall.step()
    }
    const working = Promise.all(walls.map(work))
    const done = () => walls.reduce((sum, wall) => sum + wall.done(), 0)

    const findings: string[] = []
    for (let cuts = 1; cuts <= CUTS; cuts++) {
      const enough = done() + chance.number(MOST_STEPS)
      while (done() < enough) await sleep(5)
      const goOn = await server.stop()
      const known = walls.map((wall) => wall.known())
      const copy = await disk.copyFlushed()
      goOn()
      findings.push(...(await wrongCopy(copy, known)).map((line) => `cut ${cuts}: ${line}`))
    }
    isOver = true
    await working
    findings.push(...walls.flatMap((wall) => wall.findings))
    say(`${fault}: ${CUTS} cuts under ${done()} answers`)
    expect(findings).toEqual([])
    expect(done()).toBeGreaterThan(CUTS)
  })
})

/** The store after the cut, in this process. */
const wrongCopy = async (copy: DiskCopy, known: readonly Known[]): Promise<string[]> => {
  const storageDir = join(copy.folder, 'storage')
  await aMinuteLater(storageDir)
  const { request, close } = await openToRequests(storageDir)
  try {
    const findings: string[] = []
    for (const each of known) findings.push(...(await wrongWall(request, each)))
    return findings
  } finally {
    await close()
    await copy.discard()
  }
}
