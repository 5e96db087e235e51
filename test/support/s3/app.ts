// The API over a store in a bucket of Ceph.

import { onTestFinished } from 'vitest'
import type { TintypeOptions } from '../../../src/index.ts'
import { openApp, type TestApp } from '../app.ts'
import { temporaryFolder } from '../disk/folder.ts'
import { heldToDocument } from '../openapi/answers.ts'
import { CEPH_KEYS } from '../processes/ceph.mjs'
import { cephOptions } from './ceph.ts'

/** Options of a store in a bucket that does not exist yet. */
export const sharedBucket = async (): Promise<TintypeOptions> => {
  const { endpoint, bucket } = await cephOptions()
  return {
    store: `s3://${bucket}/store`,
    s3Endpoint: endpoint,
    s3CreateBucket: true,
    s3Credentials: CEPH_KEYS,
    staleSeconds: 1,
  }
}

/** The API as one more machine has it, closed at the end of the test. @param options with those of {@link sharedBucket} */
export const openBucketApp = async (options: TintypeOptions): Promise<TestApp> => {
  const bucketCacheDir = options.bucketCacheDir ?? (await temporaryFolder())
  const tintype = await openApp(undefined, { ...options, bucketCacheDir })
  onTestFinished(() => tintype.close())
  return { ...tintype, app: heldToDocument(tintype.app), storageDir: bucketCacheDir }
}
