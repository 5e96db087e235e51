// Room for one owner's uploads: reserved until they have ended, however they end.

import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bytesOfImage } from '../../../src/core/project/quota.ts'
import { createLedger, type LedgerContent } from '../../../src/stores/quota/ledger.ts'
import { createOwnerQuota } from '../../../src/stores/quota/owner-quota.ts'
import type { Store } from '../../../src/stores/store.ts'
import { fill, recordOf } from '../../contracts/store.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openFileStore } from '../../support/store/file-store.ts'

const NOBODY = 'nobody'
const USED_UP = expect.objectContaining({ code: 'quota_exceeded' })

/** The quota as two processes have it. */
const two = async (maxBytes: number) => {
  const storageDir = await temporaryFolder()
  const [store, other] = [await openFileStore(storageDir), await openFileStore(storageDir)]
  const quotaOf = (each: Store) => createOwnerQuota({ storageDir, store: each, maxBytes })
  return { storageDir, store, other, quota: quotaOf(store), otherQuota: quotaOf(other) }
}

const bytes = bytesOfImage(recordOf('0'.repeat(20)))

describe('room that is reserved', () => {
  it('is counted by every process until the stage is discarded', async () => {
    const { store, other, quota, otherQuota } = await two(10)
    const [a, b] = [await store.stage('shop'), await other.stage('toys')]
    await quota.reserve(NOBODY, 'shop', a, 6)
    await expect(otherQuota.reserve(NOBODY, 'toys', b, 5)).rejects.toEqual(USED_UP)
    await otherQuota.reserve(NOBODY, 'toys', b, 4)
    await a.discard()
    const c = await store.stage('shop')
    await expect(quota.reserve(NOBODY, 'shop', c, 7)).rejects.toEqual(USED_UP)
    await quota.reserve(NOBODY, 'shop', c, 6)
    await Promise.all([b.discard(), c.discard()])
  })

  it('is counted once when the image is stored, before and after its stage is gone', async () => {
    const { store, quota, otherQuota, other } = await two(bytes * 2)
    const stage = await store.stage('shop')
    await quota.reserve(NOBODY, 'shop', stage, bytes)
    await fill(stage)
    await stage.publish()
    await store.commit('shop', { type: 'add_image', image: recordOf(stage.imageId) }, { stage })
    const next = await other.stage('shop')
    await expect(otherQuota.reserve(NOBODY, 'shop', next, bytes + 1)).rejects.toEqual(USED_UP)
    await stage.discard()
    await expect(otherQuota.reserve(NOBODY, 'shop', next, bytes + 1)).rejects.toEqual(USED_UP)
    await otherQuota.reserve(NOBODY, 'shop', next, bytes)
    await next.discard()
  })

  it('is free again once the folder of a process that died is swept', async () => {
    const { store, quota, other, otherQuota } = await two(10)
    const stage = await store.stage('shop')
    await quota.reserve(NOBODY, 'shop', stage, 10)
    const next = await other.stage('shop')
    await expect(otherQuota.reserve(NOBODY, 'shop', next, 1)).rejects.toEqual(USED_UP)
    // What a sweep does first with the folder of an owner that is gone.
    const owner = dirname(dirname(stage.uploadPath))
    await rename(owner, `${owner}.left`)
    await otherQuota.reserve(NOBODY, 'shop', next, 10)
    await next.discard()
  })

  it('is of each owner by itself', async () => {
    const { store, quota } = await two(10)
    const [a, b] = [await store.stage('shop'), await store.stage('toys')]
    await quota.reserve('user:a', 'shop', a, 10)
    await quota.reserve('user:b', 'toys', b, 10)
    await Promise.all([a.discard(), b.discard()])
  })

  it('is never more than there is, with many at once in two processes', async () => {
    const { storageDir, store, other, quota, otherQuota } = await two(70)
    const stages = await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? store : other).stage(`p${n % 5}`)))
    const taken = await Promise.allSettled(
      stages.map((stage, n) => (n % 2 ? quota : otherQuota).reserve(NOBODY, `p${n % 5}`, stage, 10)),
    )
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(7)
    const reasons = taken.flatMap((each) => (each.status === 'rejected' ? each.reason.code : []))
    expect(new Set(reasons)).toEqual(new Set(['quota_exceeded']))
    const usage = join(storageDir, '.accounts', 'usage')
    expect(await readdir(usage)).toHaveLength(1)
    await Promise.all(stages.map((stage) => stage.discard()))
  })

  it('is found again by looking at the projects where the ledger is damaged', async () => {
    const { storageDir, store, quota, other, otherQuota } = await two(bytes)
    const stage = await store.stage('shop')
    await quota.reserve(NOBODY, 'shop', stage, bytes)
    await fill(stage)
    await stage.publish()
    await store.commit('shop', { type: 'add_image', image: recordOf(stage.imageId) }, { stage })
    await stage.discard()
    const [owner = ''] = await readdir(join(storageDir, '.accounts', 'usage'))
    await writeFile(join(storageDir, '.accounts', 'usage', owner, '9.json'), '{"owner":')
    const next = await other.stage('toys')
    await expect(otherQuota.reserve(NOBODY, 'toys', next, 1)).rejects.toEqual(USED_UP)
    await next.discard()
  })
})

describe('the ledger', () => {
  const content = (image: string): LedgerContent => ({
    owner: NOBODY,
    projects: [],
    reservations: [{ project: 'shop', image, bytes: 1, folder: 'x/y' }],
  })

  it('lets one writer follow an entry, and tells one that slept for long that it was overtaken', async () => {
    const folder = await temporaryFolder()
    const ledger = createLedger(join(folder, 'usage'))
    const own = join(folder, 'own')
    await mkdir(own)
    const has = (image: string) => (newer: LedgerContent) => newer.reservations.some((each) => each.image === image)
    const slept = await ledger.read(NOBODY)
    expect(slept.number).toBe(0)
    expect(await ledger.append(slept, content('a'), own, has('a'))).toBe(true)
    expect(await ledger.append(slept, content('b'), own, has('b'))).toBe(false)
    for (let n = 0; n < 30; n++) {
      const base = await ledger.read(NOBODY)
      expect(await ledger.append(base, content(`c${n}`), own, has(`c${n}`))).toBe(true)
    }
    // Its number is free by now: the files of before are removed.
    expect(await ledger.append(slept, content('b'), own, has('b'))).toBe(false)
    expect(await ledger.read(NOBODY)).toMatchObject({ number: 31, content: content('c29') })
    const [name = ''] = await readdir(join(folder, 'usage'))
    expect(await readdir(join(folder, 'usage', name))).toHaveLength(16)
  })
})
