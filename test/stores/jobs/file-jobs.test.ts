import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { jobsContract } from '../../contracts/jobs.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openJobs } from '../../support/store/jobs.ts'

jobsContract('a folder of jobs', async () => {
  const storageDir = await temporaryFolder()
  const another = () => openJobs(storageDir)
  return {
    ...(await another()),
    another,
    // As a sweep begins.
    kill: (store) => rename(join(storageDir, '.tmp', store.owner()), join(storageDir, '.tmp', 'killed000000.left')),
  }
})
