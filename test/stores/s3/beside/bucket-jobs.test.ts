// Jobs in a bucket.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createBucketJobs } from '../../../../src/stores/jobs/bucket/bucket-jobs.ts'
import { jobsContract, newJob } from '../../../contracts/jobs.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { hasCeph, newBucket, openBucket } from '../../../support/s3/ceph.ts'
import { openS3Store } from '../../../support/s3/store.ts'
import { silent } from '../../../support/store/file-store.ts'

/** Jobs as several machines have them. */
const fixture = async () => {
  const { options, bucket } = await newBucket({ prefix: 'store/' })
  const folders = new Map<string, string>()
  const another = async () => {
    const workDir = join(await temporaryFolder(), 'work')
    const store = await openS3Store(options, workDir)
    folders.set(store.owner(), workDir)
    const shared = { leases: store.leases, owner: store.owner, workDir, staleMs: 60_000, log: silent }
    return { store, jobs: createBucketJobs({ bucket: openBucket(options), ...shared }) }
  }
  return {
    ...(await another()),
    bucket,
    another,
    // As a machine that is gone, whose lease is old.
    async kill({ owner }: { owner(): string }) {
      const name = owner()
      await rm(join(folders.get(name) ?? '', '.tmp', name), { recursive: true, force: true })
      await bucket.remove(`.owners/${name}.json`)
    },
  }
}

describe.skipIf(!hasCeph)('over Ceph', () => {
  jobsContract('jobs in a bucket', fixture)

  it('nothing is in the bucket of a job that has ended, but its log and its place among the finished ones', async () => {
    const { store, jobs, bucket } = await fixture()
    const stage = await store.stage('Game')
    await stage.receive(
      (async function* () {
        yield Buffer.from('bytes')
      })(),
    )
    const job = newJob(stage.imageId)
    await jobs.prepare(job, stage)
    await jobs.admit(job.job_id)
    const claim = await jobs.claim(job.job_id, job.project_id)
    if (!claim) throw new Error('expected a claim')
    await jobs.finish(claim, { ...job, state: 'succeeded', finished_at: job.created_at }, stage)
    await jobs.settle(claim)
    await stage.discard()
    const keys = (await bucket.listAll('.jobs/')).objects.map(({ key }) => key.split('/').slice(0, 2).join('/'))
    expect(keys).toEqual(['.jobs/finished', '.jobs/log'])
  })
})
