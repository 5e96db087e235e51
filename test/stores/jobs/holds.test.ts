// Jobs that a process holds: another one takes them over, or it claims them again, while its earlier work still goes on.

import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { FinishedJob } from '../../../src/core/jobs/job.ts'
import { createHolds } from '../../../src/stores/jobs/holds.ts'
import type { Adopted, Claim } from '../../../src/stores/jobs/job-store.ts'
import type { PlacedMarker } from '../../../src/stores/jobs/markers.ts'
import { newJob } from '../../contracts/jobs.ts'
import { beforeCall, type DiskCall } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { silent } from '../../support/store/file-store.ts'
import { acceptJob, type OpenJobs, openJobs } from '../../support/store/jobs.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))
vi.mock('node:fs', async (original) => (await import('../../support/disk/calls.ts')).watchedSyncs(await original()))

/** Claims the one job that waits. */
const claimOne = async ({ jobs }: OpenJobs): Promise<Claim> => {
  const [one] = await jobs.waiting()
  const claim = one && (await jobs.claim(one.jobId, one.projectId))
  return claim ?? expect.unreachable('expected a job that waits')
}

/** Takes a process for dead, as a sweep begins. It goes on all the same. */
const takeForDead = ({ storageDir, store }: OpenJobs): Promise<void> =>
  rename(join(storageDir, '.tmp', store.owner()), join(storageDir, '.tmp', 'killed000000.left'))

/** Lets a process that was taken for dead begin a new workspace. */
const renew = async ({ store }: OpenJobs): Promise<void> => (await store.stage('Game')).discard()

const end = async ({ store, jobs }: OpenJobs, claim: Claim): Promise<void> => {
  const stage = await store.stage('Game')
  const { created_at: at } = claim.job
  const job: FinishedJob = { ...claim.job, state: 'failed', finished_at: at }
  await jobs.finish(claim, job, stage)
  await jobs.settle(claim)
  await stage.discard()
}

const markersIn = async ({ storageDir }: OpenJobs) => ({
  running: await readdir(join(storageDir, '.jobs', 'running')),
  failed: await readdir(join(storageDir, '.jobs', 'failed')).catch(() => []),
})

describe('a job', () => {
  it('stays held by a claim of its own process that comes before its acceptance has ended', async () => {
    const opened = await openJobs(await temporaryFolder())
    const claims: Claim[] = []
    const isAdmitted = ({ name, path }: DiskCall) => name === 'sync' && path.endsWith('/.jobs/queued')
    beforeCall(isAdmitted, async () => claims.push(await claimOne(opened)))
    const { job_id: jobId } = await acceptJob(opened)
    const claim = claims[0] ?? expect.unreachable('the folder of waiting jobs is synced')
    expect(await opened.jobs.adopt()).toEqual([])
    await end(opened, claim)
    expect(await markersIn(opened)).toEqual({ running: [], failed: [`${jobId}.0@!game`] })
  })

  it('stays held by the second claim of a process, whatever becomes of the first', async () => {
    const storageDir = await temporaryFolder()
    const [one, other] = [await openJobs(storageDir), await openJobs(storageDir)]
    const { job_id: jobId } = await acceptJob(one)
    const first = await claimOne(one)
    await takeForDead(one)
    for (const { claim } of await other.jobs.adopt()) await other.jobs.putBack(claim, true)
    await renew(one)
    const second = await claimOne(one)
    expect(second.attempt).toBe(2)
    await one.jobs.putBack(first, false)
    await one.jobs.settle(first)
    expect(await one.jobs.find(jobId)).toMatchObject({ state: 'running', attempts: 2 })
    const stage = await one.store.stage('Game')
    const ended: FinishedJob = { ...first.job, state: 'cancelled', finished_at: first.job.created_at }
    await expect(one.jobs.finish(first, ended, stage)).rejects.toMatchObject({ code: 'store_unavailable' })
    await stage.discard()
    expect(await one.jobs.adopt()).toEqual([])
    await end(one, second)
    expect(await markersIn(one)).toEqual({ running: [], failed: [`${jobId}.0@!game`] })
  })

  it('waits again where its process takes over the jobs of others while it puts the job back', async () => {
    const opened = await openJobs(await temporaryFolder())
    const { jobs } = opened
    await acceptJob(opened)
    await takeForDead(opened)
    // Under the old name, as by a process that has not seen yet that it was swept.
    const claim = await claimOne(opened)
    await renew(opened)
    const isPutBack = ({ name, path, to }: DiskCall) =>
      name === 'rename' && path.includes('/running/') && to.includes('/queued/')
    const adopted: Adopted[] = []
    beforeCall(isPutBack, async () => adopted.push(...(await jobs.adopt())))
    await jobs.putBack(claim, false)
    for (const each of adopted) await jobs.putBack(each.claim, true)
    expect((await markersIn(opened)).running).toEqual([])
    expect((await claimOne(opened)).attempt).toBe(1)
  })
})

describe('a hold', () => {
  const marker: PlacedMarker = {
    folder: 'running',
    jobId: newJob('').job_id,
    projectId: 'Game',
    attempts: 1,
    owner: 'a',
  }
  const open = () => createHolds({ move: async () => true }, silent)

  it('begins before the marker is taken, and ends with a marker that could not be', async () => {
    const holds = open()
    const seen: boolean[] = []
    const takeNone = async () => {
      seen.push(holds.has(marker.jobId))
      return undefined
    }
    await holds.take(marker.jobId, takeNone)
    seen.push(holds.has(marker.jobId))
    await expect(holds.take(marker.jobId, () => Promise.reject(new Error('EIO')))).rejects.toThrow('EIO')
    seen.push(holds.has(marker.jobId))
    expect(seen).toEqual([true, false, false])
  })

  it('ends by its own marker alone', async () => {
    const holds = open()
    const later = { ...marker, attempts: 2 }
    holds.hold(marker)
    holds.hold(later)
    await holds.letGo(marker, async () => {})
    expect(holds.held.get(marker.jobId)).toBe(later)
    await holds.letGo(later, async () => {})
    expect(holds.has(marker.jobId)).toBe(false)
  })
})
