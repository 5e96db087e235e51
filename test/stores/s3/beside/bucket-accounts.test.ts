// Accounts and keys in a bucket.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type BucketAccounts, createBucketAccounts } from '../../../../src/stores/accounts/bucket-accounts.ts'
import type { BucketOptions } from '../../../../src/stores/s3/client/bucket.ts'
import { accountsContract, newUser } from '../../../contracts/accounts.ts'
import { keysContract } from '../../../contracts/keys.ts'
import { linksContract } from '../../../contracts/links.ts'
import { hasCeph, newBucket, openBucket } from '../../../support/s3/ceph.ts'
import { createLosingLink } from '../../../support/s3/losing.ts'
import { lost, scripted } from '../../../support/s3/scripted.ts'

const STALE_MS = 1500

/** Accounts as several processes have them, each with a client of its own. */
const shared = async (changed: Partial<BucketOptions> = {}) => {
  const { options } = await newBucket({ prefix: 'store/', ...changed })
  const another = (staleMs = STALE_MS): BucketAccounts => {
    const accounts = createBucketAccounts({ bucket: openBucket(options), staleMs })
    onTestFinished(accounts.close)
    return accounts
  }
  return { another }
}

const KEY = { name: 'ci', role: 'admin', projects: null, created_at: '2026-05-04T09:30:00.000Z' } as const
const newKey = (id: string) => ({ ...KEY, id, sha256: 'a'.repeat(64), expires_at: null })

describe.skipIf(!hasCeph)('over Ceph', () => {
  accountsContract('accounts in a bucket', async () => {
    const link = createLosingLink()
    const { another } = await shared({ send: link.send })
    return { store: another().store, another: () => another().store, loseAnswers: link.loseAnswers, isStale: true }
  })

  keysContract('keys in a bucket', async () => {
    const { another } = await shared()
    return { keys: another().keys, another: () => another().keys, isStale: true }
  })

  linksContract('share links in a bucket', async () => {
    const { another } = await shared()
    return { links: another().links, another: () => another().links, isStale: true }
  })

  describe('a store in a bucket', () => {
    it.each([
      ['key', ({ keys }: BucketAccounts) => keys.add(newKey('aaaaaaaaaaa1'))],
      ['user', ({ store }: BucketAccounts) => store.users.create(newUser())],
    ])('has an owner once it has a %s: here at once, on other servers soon, and for good', async (_, make) => {
      const { another } = await shared()
      const [own, other] = [another(), another(100)]
      for (const each of [own, other]) {
        await each.open()
        expect(each.isClaimed()).toBe(false)
      }
      await make(own)
      expect(own.isClaimed()).toBe(true)
      await vi.waitUntil(() => other.isClaimed(), 60_000)
      const later = another()
      await later.open()
      expect(later.isClaimed()).toBe(true)
    })

    it('forgets sessions that were not renewed for long', async () => {
      const { another } = await shared()
      const { store } = another()
      const id = await store.sessions.begin({ user_id: 'x'.repeat(16), generation: 0, created_at: KEY.created_at })
      await store.sweep(3_600_000)
      expect(await store.sessions.isAlive(id)).toBe(true)
      await store.sweep(-3_600_000)
      expect(await store.sessions.isAlive(id)).toBe(false)
    })
  })
})

it('nothing is open before the bucket has answered, nor where it does not', async () => {
  const { options } = scripted(() => {
    throw lost()
  })
  const accounts = createBucketAccounts({ bucket: openBucket({ ...options, deadlineMs: 10 }), staleMs: 10 })
  expect(accounts.isClaimed).toThrow(expect.objectContaining({ code: 'store_unavailable' }))
  await expect(accounts.open()).rejects.toMatchObject({ code: 'store_unavailable' })
  expect(accounts.isClaimed).toThrow(expect.objectContaining({ code: 'store_unavailable' }))
})
