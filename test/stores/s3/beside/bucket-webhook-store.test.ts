// Webhooks in a bucket.

import { describe, expect, it, vi } from 'vitest'
import type { BucketOptions } from '../../../../src/stores/s3/client/bucket.ts'
import { createBucketWebhookStore } from '../../../../src/stores/webhooks/bucket-webhook-store.ts'
import { webhooksContract } from '../../../contracts/webhooks.ts'
import { hasCeph, newBucket, openBucket } from '../../../support/s3/ceph.ts'
import { createLosingLink } from '../../../support/s3/losing.ts'

/** Webhooks as several processes have them. A dead one holds no lease. */
const shared = async (changed: Partial<BucketOptions> = {}) => {
  const { options } = await newBucket({ prefix: 'store/', ...changed })
  const alive = new Set<string>()
  let count = 0
  const another = () => {
    const name = `process${++count}`
    const store = createBucketWebhookStore({
      bucket: openBucket(options),
      leases: {
        hold: async () => void alive.add(name),
        isAlive: async (owner) => alive.has(owner),
      },
      owner: () => name,
      staleMs: 50,
    })
    return { store, kill: () => alive.delete(name) }
  }
  return { another }
}

describe.skipIf(!hasCeph)('over Ceph', () => {
  webhooksContract('webhooks in a bucket', async () => {
    const link = createLosingLink()
    const { another } = await shared({ send: link.send })
    return { store: another().store, another: () => another().store, loseAnswers: link.loseAnswers }
  })

  it('the lease of a process that died goes to another one, and a process that only slept sees it', async () => {
    const { another } = await shared()
    const [sleeper, other] = [another(), another()]
    const lease = await sleeper.store.takeLease()
    expect(await other.store.takeLease()).toBeUndefined()
    sleeper.kill()
    const next = await other.store.takeLease()
    expect(next?.isHeld()).toBe(true)
    await vi.waitUntil(() => !lease?.isHeld(), 60_000)
    await lease?.release()
    expect(next?.isHeld()).toBe(true)
    await next?.release()
  })
})
