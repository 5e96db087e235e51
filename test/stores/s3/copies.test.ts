import { describe } from 'vitest'
import { copyContract } from '../../contracts/copy.ts'
import { hasCeph } from '../../support/s3/ceph.ts'
import { bucketToCopy, folderToCopy } from '../../support/store/copies.ts'

describe.skipIf(!hasCeph)('over Ceph', () => {
  copyContract('of a folder in a bucket', async () => ({ source: await folderToCopy(), target: await bucketToCopy() }))
  copyContract('of a bucket in a folder', async () => ({ source: await bucketToCopy(), target: await folderToCopy() }))
  copyContract('of a bucket in a bucket', async () => ({ source: await bucketToCopy(), target: await bucketToCopy() }))
})
