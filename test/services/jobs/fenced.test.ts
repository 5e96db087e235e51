// Ends of jobs by a process that was taken for dead after its claim.

import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createJobEndings } from '../../../src/services/jobs/ending.ts'
import { NO_OBSERVER } from '../../../src/telemetry/observer.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { silent } from '../../support/store/file-store.ts'
import { acceptJob, openJobs } from '../../support/store/jobs.ts'

it('a claim is not finished out of a later staging area', async () => {
  const opened = await openJobs(await temporaryFolder())
  const { store, jobs, storageDir } = opened
  const endings = createJobEndings({ store, jobs, log: silent, observer: NO_OBSERVER, now: () => new Date() })
  const job = await acceptJob(opened)
  const claim = await jobs.claim(job.job_id, job.project_id)
  if (!claim) return expect.unreachable('the job waits')
  await rename(join(storageDir, '.tmp', claim.owner), join(storageDir, '.tmp', 'killed000000.left'))
  const stage = await store.stage(job.project_id)
  const finished = endings.finish(claim, stage, { state: 'cancelled' })
  await expect(finished).rejects.toMatchObject({ code: 'store_unavailable' })
  expect(await jobs.find(job.job_id)).toMatchObject({ state: 'running', job: { finished_at: null } })
  await jobs.putBack(claim, false)
  const again = await jobs.claim(job.job_id, job.project_id)
  if (!again) return expect.unreachable('the job waits again')
  expect(await endings.finish(again, stage, { state: 'cancelled' })).toMatchObject({ state: 'cancelled' })
  await stage.discard()
})
