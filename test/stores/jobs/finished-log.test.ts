import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { acceptJob, type OpenJobs, openJobs } from '../../support/store/jobs.ts'

/** Accepts a job and ends it. @returns its id */
const finish = async (opened: OpenJobs): Promise<string> => {
  const { store, jobs } = opened
  const { job_id: jobId } = await acceptJob(opened)
  const claim = await jobs.claim(jobId, 'Game')
  if (!claim) throw new Error('expected a job that waits')
  const stage = await store.stage('Game')
  await jobs.finish(claim, { ...claim.job, state: 'failed', finished_at: claim.job.created_at }, stage)
  await jobs.settle(claim)
  await stage.discard()
  return jobId
}

describe('the log of finished jobs', () => {
  it('takes no other file for an entry, and no other folder for one of its own', async () => {
    const storageDir = await temporaryFolder()
    const opened = await openJobs(storageDir)
    const first = await finish(opened)
    const finished = join(storageDir, '.jobs', 'finished')
    // As a restore from a backup can leave them.
    for (const name of ['0001.json', '007.json', '9', '9.json.bak', '1000.json', '0.json'])
      await writeFile(join(finished, '0', name), 'stray')
    await mkdir(join(finished, '00'))
    await mkdir(join(finished, '5.json'))
    await writeFile(join(finished, '00', '8.json'), 'stray')
    const another = await openJobs(storageDir)
    expect(await another.jobs.newestFinished()).toBe(1)
    const second = await finish(another)
    const entries = await another.jobs.finishedAfter(0, 10)
    expect(entries.map(({ cursor, job }) => [cursor, job.job_id])).toEqual([
      [1, first],
      [2, second],
    ])
    const later = Date.now() + 86_400_000
    expect(await another.jobs.prune({ finishedBeforeMs: later, keysBeforeMs: later })).toBe(1)
    expect((await another.jobs.finishedAfter(0, 10)).map(({ cursor }) => cursor)).toEqual([2])
  })

  it('goes on in the folder of the next thousand', async () => {
    const storageDir = await temporaryFolder()
    const opened = await openJobs(storageDir)
    await finish(opened)
    const finished = join(storageDir, '.jobs', 'finished')
    await rename(join(finished, '0', '1.json'), join(finished, '0', '999.json'))
    const another = await openJobs(storageDir)
    await finish(another)
    await mkdir(join(finished, '10'))
    expect(await another.jobs.newestFinished()).toBe(1000)
    expect((await another.jobs.finishedAfter(0, 10)).map(({ cursor }) => cursor)).toEqual([999, 1000])
  })
})
