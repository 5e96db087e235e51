// Buckets of a real engine, which the tests share; see test/support/vitest/ceph.ts.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { inject, onTestFinished } from 'vitest'
import { randomIds } from '../../../src/core/random-id.ts'
import { type Bucket, type BucketOptions, createBucket } from '../../../src/stores/s3/client/bucket.ts'
import { CEPH_KEYS } from '../processes/ceph.mjs'

const ceph = inject('ceph')

/** False where this machine has no Ceph: its tests are skipped. */
export const hasCeph = ceph !== undefined

/** Resolves with the URL of the engine once it runs. */
export const cephEndpoint = async (): Promise<string> => {
  if (!ceph) throw new Error('this machine has no Ceph')
  while (!existsSync(join(ceph.folder, 'started'))) {
    const failed = join(ceph.folder, 'failed')
    if (existsSync(failed)) throw new Error(readFileSync(failed, 'utf8'))
    await setTimeout(50)
  }
  return ceph.endpoint
}

const newName = randomIds(12)

/** Options of a bucket that does not exist yet. */
export const cephOptions = async (): Promise<BucketOptions & { endpoint: string }> => ({
  endpoint: await cephEndpoint(),
  bucket: `test-${newName()}`,
  region: 'us-east-1',
  credentials: () => Promise.resolve(CEPH_KEYS),
})

/** A client that is closed at the end of the test. */
export const openBucket = (options: BucketOptions): Bucket => {
  const bucket = createBucket(options)
  onTestFinished(() => bucket.close())
  return bucket
}

/** A new bucket, and the options by which others open it too. */
export const newBucket = async (
  changed: Partial<BucketOptions> = {},
): Promise<{ bucket: Bucket; options: BucketOptions }> => {
  const options = { ...(await cephOptions()), ...changed }
  const bucket = openBucket(options)
  await bucket.create()
  return { bucket, options }
}
