import { describe } from 'vitest'
import { assetContract } from '../../contracts/assets.ts'
import { storeContract } from '../../contracts/store.ts'
import { hasCeph } from '../../support/s3/ceph.ts'
import { s3StoreFixture } from '../../support/s3/store.ts'

describe.skipIf(!hasCeph)('over Ceph', () => {
  storeContract('the store in a bucket', s3StoreFixture)
  assetContract('the store in a bucket', s3StoreFixture)
})
