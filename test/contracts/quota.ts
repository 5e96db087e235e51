// What every store of quotas must do. One passes by ~13 lines: see test/stores/quota/file-quota.test.ts.

import { describe, expect, it } from 'vitest'
import { bytesOfImage } from '../../src/core/project/quota.ts'
import type { OwnerQuota } from '../../src/stores/quota/quota.ts'
import type { Stage, Store } from '../../src/stores/store.ts'
import { fill, recordOf } from './store.ts'

/** One store and its quota as two processes have them. */
export interface QuotaFixture {
  store: Store
  quota: OwnerQuota
  other: Store
  otherQuota: OwnerQuota
  /** Sweeps the staging area behind a process that is gone. */
  abandon(stage: Stage): Promise<void>
}

const NO_OWNER = 'nobody'
const EXCEEDED = expect.objectContaining({ code: 'quota_exceeded' })

const bytes = bytesOfImage(recordOf('0'.repeat(20)))

export const quotaContract = (name: string, two: (maxBytes: number) => Promise<QuotaFixture>): void => {
  describe(`${name} keeps the promises of quotas: what is reserved`, () => {
    it('is counted by every process until the staging area is discarded', async () => {
      const { store, other, quota, otherQuota } = await two(10)
      const [a, b] = [await store.stage('shop'), await other.stage('toys')]
      await quota.reserve(NO_OWNER, 'shop', a, 6)
      await expect(otherQuota.reserve(NO_OWNER, 'toys', b, 5)).rejects.toEqual(EXCEEDED)
      await otherQuota.reserve(NO_OWNER, 'toys', b, 4)
      await a.discard()
      const c = await store.stage('shop')
      await expect(quota.reserve(NO_OWNER, 'shop', c, 7)).rejects.toEqual(EXCEEDED)
      await quota.reserve(NO_OWNER, 'shop', c, 6)
      await Promise.all([b.discard(), c.discard()])
    })

    it('is counted once when the image is stored, before and after its staging area is gone', async () => {
      const { store, quota, otherQuota, other } = await two(bytes * 2)
      const stage = await store.stage('shop')
      await quota.reserve(NO_OWNER, 'shop', stage, bytes)
      await fill(stage)
      await stage.publish()
      await store.commit('shop', { type: 'add_image', image: recordOf(stage.imageId) }, { stage })
      const next = await other.stage('shop')
      await expect(otherQuota.reserve(NO_OWNER, 'shop', next, bytes + 1)).rejects.toEqual(EXCEEDED)
      await stage.discard()
      await expect(otherQuota.reserve(NO_OWNER, 'shop', next, bytes + 1)).rejects.toEqual(EXCEEDED)
      await otherQuota.reserve(NO_OWNER, 'shop', next, bytes)
      await next.discard()
    })

    it('is free again once the staging area of a process that has ended is swept', async () => {
      const { store, quota, other, otherQuota, abandon } = await two(10)
      const stage = await store.stage('shop')
      await quota.reserve(NO_OWNER, 'shop', stage, 10)
      const next = await other.stage('shop')
      await expect(otherQuota.reserve(NO_OWNER, 'shop', next, 1)).rejects.toEqual(EXCEEDED)
      await abandon(stage)
      await otherQuota.reserve(NO_OWNER, 'shop', next, 10)
      await next.discard()
    })

    it('counts for each owner separately', async () => {
      const { store, quota } = await two(10)
      const [a, b] = [await store.stage('shop'), await store.stage('toys')]
      await quota.reserve('user:a', 'shop', a, 10)
      await quota.reserve('user:b', 'toys', b, 10)
      await Promise.all([a.discard(), b.discard()])
    })

    it('never exceeds the quota, with many at once in two processes', async () => {
      const { store, other, quota, otherQuota } = await two(70)
      const stages = await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? store : other).stage(`p${n % 5}`)))
      const taken = await Promise.allSettled(
        stages.map((stage, n) => (n % 2 ? quota : otherQuota).reserve(NO_OWNER, `p${n % 5}`, stage, 10)),
      )
      expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(7)
      const reasons = taken.flatMap((each) => (each.status === 'rejected' ? each.reason.code : []))
      expect(new Set(reasons)).toEqual(new Set(['quota_exceeded']))
      await Promise.all(stages.map((stage) => stage.discard()))
    })
  })
}
