// A process that is stopped behind each of its system calls in turn, while others write on beyond the age of its lock.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emptyProject } from '../../src/core/project/state.ts'
import { memoryFolder } from '../support/disk/memory-folder.ts'
import { say } from '../support/faults/say.ts'
import { isMissing } from '../support/needs.ts'
import { openFileStore } from '../support/store/file-store.ts'
import { straysAfterSweep } from '../support/store/strays.ts'
import { inParallel } from './injection/in-parallel.ts'
import { explain } from './model/explain.ts'
import { stopAtRandom } from './stopped/at-random.ts'
import { mixture, prepareBase } from './stopped/base.ts'
import { PROJECT, runStopped, type StopRun } from './stopped/run.ts'

/** Segments at the same time: most of each is waiting for the lock to grow stale. */
const PARALLEL = 8

const LOOKING = ['openat', 'getdents64']
const CHANGING = ['getdents64', 'mkdir', 'link', 'unlink', 'rename', 'rmdir', 'fsync']

/**
 * One revision meanwhile takes the number of the writer's. After 40 it was used and removed again, so that the writer
 * finds it free. After 66 the newest no longer remembers whether the writer's was part of the history. Some changes come
 * to nothing, so there are more of them. 127 images and one more fill a run, a list of 140 has one.
 */
const STOPS = [
  { kind: 'primary', images: 3, meanwhile: 1, revisions: 1, thread: 'pool', calls: [...CHANGING, 'openat'] },
  { kind: 'primary', images: 3, meanwhile: 52, revisions: 40, thread: 'pool', calls: [...CHANGING, 'openat'] },
  { kind: 'primary', images: 3, meanwhile: 52, revisions: 40, thread: 'main', calls: LOOKING },
  { kind: 'primary', images: 3, meanwhile: 90, revisions: 66, thread: 'pool', calls: CHANGING },
  { kind: 'delete', images: 3, meanwhile: 52, revisions: 40, thread: 'pool', calls: CHANGING },
  { kind: 'add', images: 127, meanwhile: 52, revisions: 40, thread: 'pool', calls: CHANGING },
  { kind: 'order', images: 140, meanwhile: 90, revisions: 66, thread: 'pool', calls: CHANGING },
  { kind: 'read', images: 140, meanwhile: 90, revisions: 66, thread: 'pool', calls: LOOKING },
  { kind: 'read', images: 140, meanwhile: 90, revisions: 66, thread: 'main', calls: LOOKING },
] as const

describe.skipIf(isMissing({ fault: 'stopped processes', programs: { strace: 'strace' } }))('a process stopped', () => {
  it.each(STOPS)(
    'over "$kind" in a list of $images, in its $thread thread, while others make $meanwhile changes, loses none and makes none twice',
    async ({ kind, images, meanwhile, revisions, thread, calls }) => {
      const parent = await memoryFolder()
      const base = await prepareBase(join(parent, 'base'), images)
      const findings: string[] = []
      const stopAtEach = async (call: string): Promise<StopRun[]> => {
        const runs: StopRun[] = []
        for (let n = 1; ; n++) {
          const folder = join(parent, `${call}-${n}`)
          const step = { kind, pick: 5, title: null }
          const run = await runStopped({ base, folder, step, call, n, thread, meanwhile: mixture(meanwhile) })
          findings.push(...run.findings.map((finding) => `stopped behind ${call} ${n}: ${finding}`))
          await rm(folder, { recursive: true })
          if (!run.stopped) return runs
          runs.push(run)
        }
      }
      const runs = (await inParallel(PARALLEL, calls, stopAtEach)).flat()
      const unknown = runs.filter(({ outcome }) => outcome === 'store_unavailable').length
      say(
        `${kind}, ${images} images, ${thread} thread, ${meanwhile} changes meanwhile: stopped at ${runs.length} calls, ${unknown} unknown`,
      )
      expect(findings).toEqual([])
      const counts = runs.flatMap(({ revisionsMeanwhile }) => revisionsMeanwhile ?? [])
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(revisions)
    },
  )
})

describe.skipIf(isMissing({ fault: 'processes stopped at random' }))('four processes that are stopped in turn', () => {
  it('give linearizable answers', async () => {
    const storageDir = await memoryFolder()
    const { history, stops } = await stopAtRandom({ storageDir, processes: 4, clients: 3, stops: 8 })
    const unknown = history.filter(({ result }) => 'error' in result && result.error === 'store_unavailable').length
    say(`stopped at random: ${stops} times beyond the age of a lock, ${history.length} operations, ${unknown} unknown`)
    expect(explain(history, emptyProject(PROJECT, new Date(0).toISOString()))).toEqual([])
    // What was swept away under a process that lives is removed by the next process.
    await openFileStore(storageDir)
    expect(await straysAfterSweep(storageDir)).toEqual([])
  })
})
