// Jobs in a file store, each opened as by a process of its own.

import type { Job } from '../../../src/core/jobs/job.ts'
import type { FileStoreOptions } from '../../../src/stores/file/file-store.ts'
import { createFileJobs } from '../../../src/stores/jobs/file-jobs.ts'
import type { Stage, Store } from '../../../src/stores/store.ts'
import { newJob } from '../../contracts/jobs.ts'
import { openFileStore, silent } from './file-store.ts'

export type OpenJobs = Awaited<ReturnType<typeof openJobs>>

/** A store that is open, closed at the end of the test, and its jobs. */
export const openJobs = async (storageDir: string, options: Partial<FileStoreOptions> = {}) => {
  const store = await openFileStore(storageDir, options)
  return { storageDir, store, jobs: createFileJobs({ storageDir, store, log: silent }) }
}

/** A staging area with an upload. */
export const stageUpload = async (store: Store): Promise<Stage> => {
  const stage = await store.stage('Game')
  await stage.receive(bytes())
  return stage
}

/** Accepts a job. */
export const acceptJob = async ({ store, jobs }: OpenJobs): Promise<Job> => {
  const stage = await stageUpload(store)
  const job = newJob(stage.imageId)
  await jobs.prepare(job, stage)
  await jobs.admit(job.job_id)
  await stage.discard()
  return job
}

async function* bytes() {
  yield Buffer.from('bytes')
}
