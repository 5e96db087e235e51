// A job that is being prepared or opened again, beside a process that starts, and where its own process ends at any call
// to the disk.

import { AsyncLocalStorage } from 'node:async_hooks'
import { existsSync } from 'node:fs'
import { readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { Job } from '../../../src/core/jobs/job.ts'
import { newJob } from '../../contracts/jobs.ts'
import { watchDisk } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openJobs, stageUpload } from '../../support/store/jobs.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))
vi.mock('node:fs', async (original) => (await import('../../support/disk/calls.ts')).watchedSyncs(await original()))

/** Two processes, and a staging area of the first with an upload. */
const prepared = async () => {
  const storageDir = await temporaryFolder()
  const [one, other] = [await openJobs(storageDir), await openJobs(storageDir)]
  const stage = await stageUpload(one.store)
  return { storageDir, one, other, stage, job: newJob(stage.imageId) }
}

/** Ends a process as a sweep does, and withdraws what it held. */
const endAndWithdraw = async ({ storageDir, one, other }: Awaited<ReturnType<typeof prepared>>) => {
  await rename(join(storageDir, '.tmp', one.store.owner()), join(storageDir, '.tmp', 'killed000000.left'))
  const own = await other.store.stage('Game')
  for (const { claim } of await other.jobs.adopt()) await other.jobs.withdraw(claim.job.job_id, own)
  await own.discard()
}

const leftIn = async (storageDir: string): Promise<string[]> => {
  const entries = await readdir(join(storageDir, '.jobs'), { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

describe('a job that is being prepared', () => {
  it('is not repaired by another process, whatever it has written so far', async () => {
    const { one, other, stage, job } = await prepared()
    const looking = new AsyncLocalStorage<true>()
    let looks = 0
    const stop = watchDisk({
      async before() {
        if (looking.getStore()) return
        looks++
        await looking.run(true, () => other.jobs.repair())
      },
    })
    await one.jobs.prepare(job, stage)
    stop()
    expect(looks).toBeGreaterThan(5)
    expect(await other.jobs.waiting()).toEqual([])
  })

  it('leaves no file behind, at whichever call its process ends', async () => {
    let calls = 0
    for (let last = 0, isWhole = false; !isWhole; last++) {
      const all = await prepared()
      const { storageDir, one, stage, job } = all
      calls = 0
      const stop = watchDisk({
        before() {
          if (++calls > last) throw new Error('the process has ended')
        },
      })
      isWhole = await one.jobs.prepare(job, stage).then(
        () => true,
        () => false,
      )
      stop()
      await endAndWithdraw(all)
      expect(await leftIn(storageDir), `after ${last} calls`).toEqual([])
    }
    expect(calls).toBeGreaterThan(5)
  })
})

describe('a job that ended before its admission was durable', () => {
  it('is known to no reader after a power cut, and has failed once it is taken over', async () => {
    const all = await prepared()
    const { storageDir, one, other, stage, job } = all
    await one.jobs.prepare(job, stage)
    // The cut kept the end of an attempt, and undid the moves of the marker.
    const failed = { ...job, state: 'failed', finished_at: job.created_at } as const
    const record = join(storageDir, '.jobs/records', job.created_at.slice(0, 10), `${job.job_id}.json`)
    await writeFile(record, JSON.stringify(failed))
    expect(await other.jobs.list({ limit: 10 })).toEqual([])
    await endAndWithdraw(all)
    expect(await other.jobs.list({ limit: 10 })).toMatchObject([{ state: 'failed', job: { job_id: job.job_id } }])
    expect(await readdir(join(storageDir, '.jobs/failed'))).toHaveLength(1)
  })
})

describe('a failed job that is being opened again', () => {
  it('has failed as before, at whichever call its process ends', async () => {
    let calls = 0
    for (let last = 0, isWhole = false; !isWhole; last++) {
      const all = await prepared()
      const { one, other, stage, job } = all
      const failed = { ...job, state: 'failed', finished_at: job.created_at } as const
      await one.jobs.prepare(job, stage)
      await one.jobs.admit(job.job_id)
      const claim = await one.jobs.claim(job.job_id, job.project_id)
      if (!claim) throw new Error('expected a job that waits')
      await one.jobs.finish(claim, failed, stage)
      await one.jobs.settle(claim)
      const again = await one.store.stage('Game')
      calls = 0
      const stop = watchDisk({
        before() {
          if (++calls > last) throw new Error('the process has ended')
        },
      })
      const reopened: Job = { ...failed, state: 'accepted', image_id: again.imageId, retries: 1 }
      isWhole = await one.jobs.reopen(reopened, again).then(
        () => true,
        () => false,
      )
      stop()
      await endAndWithdraw(all)
      const seen = await other.jobs.find(job.job_id)
      expect(seen, `after ${last} calls`).toMatchObject({ state: 'failed', job: { finished_at: job.created_at } })
      expect(await other.jobs.withUpload(job.job_id, async (path) => existsSync(path))).toBe(true)
    }
    expect(calls).toBeGreaterThan(3)
  })
})
