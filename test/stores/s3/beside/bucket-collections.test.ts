// Collections in a bucket.

import { describe } from 'vitest'
import { createBucketCollections } from '../../../../src/stores/collections/collections.ts'
import { createBucket } from '../../../../src/stores/s3/client/bucket.ts'
import { collectionsContract } from '../../../contracts/collections.ts'
import { hasCeph, newBucket } from '../../../support/s3/ceph.ts'

describe.skipIf(!hasCeph)('over Ceph', () => {
  collectionsContract('collections in a bucket', async () => {
    const { options } = await newBucket()
    return { another: () => createBucketCollections({ bucket: createBucket(options), staleMs: 0 }) }
  })
})
