import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe } from 'vitest'
import { createBucketQuota } from '../../../../src/stores/quota/bucket-quota.ts'
import type { Stage } from '../../../../src/stores/store.ts'
import { quotaContract } from '../../../contracts/quota.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { hasCeph, newBucket } from '../../../support/s3/ceph.ts'
import { openS3Store } from '../../../support/s3/store.ts'

/** The quota as two processes of one machine have it. */
const two = async (maxBytes: number) => {
  const { options, bucket } = await newBucket()
  const workDir = join(await temporaryFolder(), 'work')
  const [store, other] = [await openS3Store(options, workDir), await openS3Store(options, workDir)]
  const quotaOf = (each: typeof store) => createBucketQuota({ bucket, store: each, maxBytes })
  const abandon = async (stage: Stage) => {
    // What a sweep does first with the folder of an owner that is gone; its lease ends by itself.
    const owner = dirname(dirname(stage.uploadPath))
    await rename(owner, `${owner}.left`)
    await bucket.remove(`.owners/${owner.slice(owner.lastIndexOf('/') + 1)}.json`)
  }
  return { store, other, quota: quotaOf(store), otherQuota: quotaOf(other), abandon }
}

describe.skipIf(!hasCeph)('over Ceph', () => {
  quotaContract('quotas in a bucket', two)
})
