import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bytesOfImage } from '../../../../src/core/project/quota.ts'
import { createBucketQuota } from '../../../../src/stores/quota/bucket-quota.ts'
import type { OwnerQuota } from '../../../../src/stores/quota/quota.ts'
import type { Bucket, BucketOptions } from '../../../../src/stores/s3/client/bucket.ts'
import type { Stage, Store } from '../../../../src/stores/store.ts'
import { quotaContract } from '../../../contracts/quota.ts'
import { fill, recordOf } from '../../../contracts/store.ts'
import { temporaryFolder } from '../../../support/disk/folder.ts'
import { hasCeph, newBucket, openBucket } from '../../../support/s3/ceph.ts'
import { memoryOptions, startMemoryEngine } from '../../../support/s3/engine.ts'
import { openS3Store } from '../../../support/s3/store.ts'

const NO_OWNER = 'nobody'
const EXCEEDED = expect.objectContaining({ code: 'quota_exceeded' })

/** The quota as two processes of one machine have it. */
const two = async (maxBytes: number, options: BucketOptions) => {
  const bucket = openBucket(options)
  const workDir = join(await temporaryFolder(), 'work')
  const [store, other] = [await openS3Store(options, workDir), await openS3Store(options, workDir)]
  const quotaOf = (each: typeof store) => createBucketQuota({ bucket, store: each, maxBytes })
  const abandon = async (stage: Stage) => {
    // What a sweep does first with the folder of an owner that is gone; its lease ends by itself.
    const owner = dirname(dirname(stage.uploadPath))
    await rename(owner, `${owner}.left`)
    await bucket.remove(`.owners/${owner.slice(owner.lastIndexOf('/') + 1)}.json`)
  }
  return { bucket, store, other, quota: quotaOf(store), otherQuota: quotaOf(other), abandon }
}

const inMemory = async (maxBytes: number) => two(maxBytes, memoryOptions((await startMemoryEngine()).endpoint))

const bytes = bytesOfImage(recordOf('0'.repeat(20)))

/** Stores an image, and gives its id. */
const upload = async (store: Store, quota: OwnerQuota, projectId: string): Promise<string> => {
  const stage = await store.stage(projectId)
  try {
    await fill(stage)
    await quota.reserve(NO_OWNER, projectId, stage, bytes)
    await stage.publish()
    await store.commit(projectId, { type: 'add_image', image: recordOf(stage.imageId) }, { stage })
    return stage.imageId
  } finally {
    await stage.discard()
  }
}

describe.skipIf(!hasCeph)('over Ceph', () => {
  quotaContract('quotas in a bucket', async (maxBytes) => two(maxBytes, (await newBucket()).options))
})

quotaContract('quotas in a bucket in memory', inMemory)

describe('servers that keep sums of what an owner stores', () => {
  it('fill the quota to its end in turn, and no further', async () => {
    const { store, other, quota, otherQuota } = await inMemory(bytes * 12)
    for (let n = 0; n < 12; n++)
      await (n % 3 === 0 ? upload(other, otherQuota, `p${n % 4}`) : upload(store, quota, `p${n % 4}`))
    await expect(upload(store, quota, 'p0')).rejects.toEqual(EXCEEDED)
    await expect(upload(other, otherQuota, 'p9')).rejects.toEqual(EXCEEDED)
  })

  it('fill it to its end at once, and no further', async () => {
    const { store, other, quota, otherQuota } = await inMemory(bytes * 12)
    await upload(store, quota, 'p0')
    await upload(other, otherQuota, 'p1')
    const all = await Promise.allSettled(
      Array.from({ length: 16 }, (_, n) =>
        n % 2 ? upload(store, quota, `p${n % 4}`) : upload(other, otherQuota, `p${n % 4}`),
      ),
    )
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    for (const each of all) if (each.status === 'rejected') expect(each.reason).toEqual(EXCEEDED)
  })

  it('give what one of them has deleted to another one at once', async () => {
    const { store, other, quota, otherQuota } = await inMemory(bytes * 3)
    const ids = [await upload(store, quota, 'shop'), await upload(other, otherQuota, 'toys')]
    await upload(store, quota, 'shop')
    await expect(upload(other, otherQuota, 'toys')).rejects.toEqual(EXCEEDED)
    await store.commit('shop', { type: 'delete_image', imageId: ids[0] ?? '' })
    await upload(other, otherQuota, 'toys')
    await expect(upload(store, quota, 'shop')).rejects.toEqual(EXCEEDED)
  })

  it('count anew behind an entry of an older version, which has no count', async () => {
    const { bucket, store, other, quota } = await inMemory(bytes * 5)
    await upload(store, quota, 'shop')
    await upload(store, quota, 'shop')
    const older = createBucketQuota({ bucket: withoutCounts(bucket), store: other, maxBytes: bytes * 5 })
    await upload(other, older, 'toys')
    await upload(other, older, 'toys')
    await upload(store, quota, 'shop')
    await expect(upload(store, quota, 'shop')).rejects.toEqual(EXCEEDED)
  })
})

/** A bucket whose writer leaves out the count of granted bytes, as versions before it do. */
const withoutCounts = (bucket: Bucket): Bucket => ({
  ...bucket,
  putNew: (key, body) => bucket.putNew(key, JSON.stringify({ ...JSON.parse(String(body)), granted: undefined })),
})
