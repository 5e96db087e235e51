import { describe } from 'vitest'
import { KEPT, watchContract } from '../../contracts/watch.ts'
import { hasCeph } from '../../support/s3/ceph.ts'
import { s3StoreFixture } from '../../support/s3/store.ts'

describe.skipIf(!hasCeph)('over Ceph', () => {
  watchContract('the store in a bucket', () => s3StoreFixture({ keptRevisions: { ...KEPT, ageMs: 0, minAgeMs: 0 } }))
})
