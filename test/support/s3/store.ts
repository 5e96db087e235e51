// Stores in a bucket of Ceph, for tests.

import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type BucketOptions, createBucket } from '../../../src/stores/s3/client/bucket.ts'
import { createS3Store, type S3StoreOptions } from '../../../src/stores/s3/s3-store.ts'
import type { StoreFixture } from '../../contracts/store.ts'
import { filesIn, temporaryFolder } from '../disk/folder.ts'
import { silent } from '../store/file-store.ts'
import { newBucket } from './ceph.ts'

/** A store that is open, closed at the end of the test. Its client is its own. */
export const openS3Store = async (bucket: BucketOptions, workDir: string, options: Partial<S3StoreOptions> = {}) => {
  const store = createS3Store({
    bucket: createBucket(bucket),
    workDir,
    log: silent,
    staleMs: 0,
    pollMs: 500,
    ...options,
  })
  await store.open()
  onTestFinished(() => store.close())
  return store
}

/** Two processes of one machine share a work folder; those of two have their own. */
export const s3StoreFixture = async (options: Partial<S3StoreOptions> = {}): Promise<StoreFixture> => {
  const { options: own, bucket } = await newBucket({ prefix: 'store/' })
  const workDir = join(await temporaryFolder(), 'work')
  return {
    store: await openS3Store(own, workDir, options),
    another: () => openS3Store(own, workDir, options),
    leftovers: async () => [
      // Without the lease of the process, which ends with it, and the mark of the format.
      ...(await bucket.listAll('')).objects
        .map(({ key }) => key)
        .filter((key) => !key.startsWith('.owners/') && key !== '.tintype.json'),
      ...(await filesIn(join(workDir, '.tmp'))).filter((path) => !path.endsWith('owner.json')),
    ],
    close: async () => {},
  }
}
