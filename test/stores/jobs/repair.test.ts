// Jobs of a process that is gone, while the disk fails.

import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { type DiskCall, failing } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { acceptJob, openJobs } from '../../support/store/jobs.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))

/** Three jobs that a process had claimed which is gone, and another process. */
const abandoned = async () => {
  const storageDir = await temporaryFolder()
  const [dead, other] = [await openJobs(storageDir), await openJobs(storageDir)]
  const ids: string[] = []
  for (let count = 0; count < 3; count++) {
    const job = await acceptJob(dead)
    await dead.jobs.claim(job.job_id, 'Game')
    ids.push(job.job_id)
  }
  // As a sweep begins.
  await rename(join(storageDir, '.tmp', dead.store.owner()), join(storageDir, '.tmp', 'killed000000.left'))
  return { jobs: other.jobs, ids }
}

const adopted = async ({ jobs }: Awaited<ReturnType<typeof abandoned>>): Promise<string[]> =>
  (await jobs.adopt()).map(({ claim }) => claim.job.job_id).sort()

const readsRecord =
  (jobId = '') =>
  ({ name, path }: DiskCall) =>
    name === 'readFile' && path.includes('/records/') && path.includes(jobId)

it.each([0, 1, 2])('takes over the others where one job cannot be read, and that one later: job %i', async (at) => {
  const found = await abandoned()
  const { ids } = found
  const mend = failing(readsRecord(ids[at]), 'EIO')
  expect(await adopted(found)).toEqual(ids.filter((id) => id !== ids[at]))
  await expect(found.jobs.adopt()).rejects.toMatchObject({ code: 'store_unavailable' })
  mend()
  expect(await adopted(found)).toEqual([ids[at]])
  expect(await adopted(found)).toEqual([])
})

it('reports a disk that lets no job be taken over, and takes over all of them later', async () => {
  const found = await abandoned()
  const mend = failing(readsRecord(), 'EMFILE')
  await expect(found.jobs.adopt()).rejects.toMatchObject({ code: 'store_unavailable' })
  mend()
  expect(await adopted(found)).toEqual(found.ids)
})
