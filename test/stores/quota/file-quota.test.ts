// Quotas of owners whose ledgers are files.

import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { bytesOfImage } from '../../../src/core/project/quota.ts'
import { createFileQuota } from '../../../src/stores/quota/file-quota.ts'
import type { Stage, Store } from '../../../src/stores/store.ts'
import { quotaContract } from '../../contracts/quota.ts'
import { fill, recordOf } from '../../contracts/store.ts'
import { beforeCall, type DiskCall, losingAnswer } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { openFileStore } from '../../support/store/file-store.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))

const NO_OWNER = 'nobody'
const EXCEEDED = expect.objectContaining({ code: 'quota_exceeded' })

/** The quota as two processes have it. */
const two = async (maxBytes: number) => {
  const storageDir = await temporaryFolder()
  const [store, other] = [await openFileStore(storageDir), await openFileStore(storageDir)]
  const quotaOf = (each: Store) => createFileQuota({ storageDir, store: each, maxBytes })
  const abandon = async (stage: Stage) => {
    // What a sweep does first with the folder of an owner that is gone.
    const owner = dirname(dirname(stage.uploadPath))
    await rename(owner, `${owner}.left`)
  }
  return { storageDir, store, other, quota: quotaOf(store), otherQuota: quotaOf(other), abandon }
}

const isCreation = ({ name, to }: DiskCall) => name === 'link' && to.includes('usage')

const bytes = bytesOfImage(recordOf('0'.repeat(20)))

quotaContract('quotas in a folder', two)

describe('the ledger of an owner', () => {
  it('is rebuilt from the projects where the ledger is damaged', async () => {
    const { storageDir, store, quota, other, otherQuota } = await two(bytes)
    const stage = await store.stage('shop')
    await quota.reserve(NO_OWNER, 'shop', stage, bytes)
    await fill(stage)
    await stage.publish()
    await store.commit('shop', { type: 'add_image', image: recordOf(stage.imageId) }, { stage })
    await stage.discard()
    const [owner = ''] = await readdir(join(storageDir, '.accounts', 'usage'))
    await writeFile(join(storageDir, '.accounts', 'usage', owner, '9.json'), '{"owner":')
    const next = await other.stage('toys')
    await expect(otherQuota.reserve(NO_OWNER, 'toys', next, 1)).rejects.toEqual(EXCEEDED)
    await next.discard()
  })

  it('is one folder of at most 16 entries for each owner', async () => {
    const { storageDir, store, quota } = await two(1000)
    const stages = await Promise.all(Array.from({ length: 20 }, () => store.stage('shop')))
    for (const stage of stages) await quota.reserve(NO_OWNER, 'shop', stage, 10)
    const usage = join(storageDir, '.accounts', 'usage')
    const [owner = '', ...others] = await readdir(usage)
    expect(others).toEqual([])
    expect((await readdir(join(usage, owner))).sort()).toEqual(
      Array.from({ length: 16 }, (_, n) => `${n + 5}.json`).sort(),
    )
    await Promise.all(stages.map((stage) => stage.discard()))
  })

  it('counts reservations of others for a suspended writer, until its number was used and removed again', async () => {
    const { store, other, quota, otherQuota } = await two(200)
    const stages = await Promise.all(Array.from({ length: 20 }, () => other.stage('shop')))
    const [first, late] = [await store.stage('shop'), await store.stage('shop')]
    await quota.reserve(NO_OWNER, 'shop', first, 10)
    beforeCall(isCreation, async () => {
      for (const stage of stages.slice(0, 18)) await otherQuota.reserve(NO_OWNER, 'shop', stage, 10)
    })
    await quota.reserve(NO_OWNER, 'shop', late, 10)
    await expect(otherQuota.reserve(NO_OWNER, 'shop', stages[19] ?? late, 1)).rejects.toEqual(EXCEEDED)
    await Promise.all([first, late, ...stages].map((stage) => stage.discard()))
  })

  it.each(['EEXIST', 'EIO'])('reserves once where the disk loses the answer (%s)', async (code) => {
    const { store, quota, other, otherQuota } = await two(20)
    const [stage, next] = [await store.stage('shop'), await other.stage('shop')]
    losingAnswer(isCreation, code)
    await quota.reserve(NO_OWNER, 'shop', stage, 10)
    await otherQuota.reserve(NO_OWNER, 'shop', next, 10)
    await Promise.all([stage.discard(), next.discard()])
  })

  it('of an older version continues, without tokens in its entries', async () => {
    const { storageDir, store, quota, other, otherQuota } = await two(20)
    const [stage, next] = [await store.stage('shop'), await other.stage('shop')]
    await quota.reserve(NO_OWNER, 'shop', stage, 10)
    const usage = join(storageDir, '.accounts', 'usage')
    const [owner = ''] = await readdir(usage)
    const { commits: _, ...old } = JSON.parse(await readFile(join(usage, owner, '1.json'), 'utf8'))
    await writeFile(join(usage, owner, '1.json'), `${JSON.stringify(old)}\n`)
    await expect(otherQuota.reserve(NO_OWNER, 'shop', next, 11)).rejects.toEqual(EXCEEDED)
    await otherQuota.reserve(NO_OWNER, 'shop', next, 10)
    await Promise.all([stage.discard(), next.discard()])
  })
})
