// Webhooks as files: lost answers, damage, leases of killed processes.

import { mkdir, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createFileWebhookStore } from '../../../src/stores/webhooks/file-webhook-store.ts'
import { newDelivery, webhooksContract } from '../../contracts/webhooks.ts'
import { type DiskCall, failing, losingAnswer } from '../../support/disk/calls.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { newWebhook } from '../../support/webhooks/webhook.ts'

vi.mock('node:fs/promises', async (original) => (await import('../../support/disk/calls.ts')).watched(await original()))

const isCreation = ({ name }: DiskCall) => name === 'link'

for (const code of ['EEXIST', 'EIO'])
  webhooksContract(`webhooks in a folder that can answer ${code} to what it does`, async () => {
    const storageDir = await temporaryFolder()
    const another = () => createFileWebhookStore({ storageDir })
    return { store: another(), another, loseAnswers: (count) => losingAnswer(isCreation, code, count) }
  })

const openStore = async () => {
  const storageDir = await temporaryFolder()
  return { storageDir, store: createFileWebhookStore({ storageDir }) }
}

describe('the folder of webhooks', () => {
  it('can be read by the user of the server alone', async () => {
    const { storageDir, store } = await openStore()
    await store.create(newWebhook())
    expect((await stat(join(storageDir, '.webhooks'))).mode & 0o077).toBe(0)
  })

  it('is not followed where it is a symbolic link', async () => {
    const { storageDir, store } = await openStore()
    await symlink(await temporaryFolder(), join(storageDir, '.webhooks'))
    await expect(store.create(newWebhook())).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(store.takeLease()).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('on a full disk refuses a change, which can be repeated', async () => {
    const { store } = await openStore()
    const webhook = newWebhook()
    await store.create(webhook)
    const stop = failing(({ name }) => name === 'open' || name === 'write', 'ENOSPC')
    await expect(store.cursors.advance(webhook.id, 'shop', 0, { revision: 1, events: 0 })).rejects.toMatchObject({
      code: 'storage_full',
    })
    stop()
    expect(await store.cursors.read(webhook.id, 'shop')).toBeUndefined()
    expect(await store.cursors.advance(webhook.id, 'shop', 0, { revision: 1, events: 0 })).toBe(1)
  })

  it('passes over a delivery that a power cut left empty', async () => {
    const { storageDir, store } = await openStore()
    const { id } = newWebhook()
    await store.create(newWebhook({ id }))
    await store.deliveries.add(id, newDelivery('first'))
    await writeFile(join(storageDir, '.webhooks', 'deliveries', id, '2.json'), '')
    await store.deliveries.add(id, newDelivery('third'))
    expect((await store.deliveries.list(id)).map((delivery) => [delivery.id, delivery.type])).toEqual([
      [3, 'third'],
      [1, 'first'],
    ])
  })

  it('gives the lease of a killed process to another one, once it is stale', async () => {
    const { storageDir } = await openStore()
    const store = createFileWebhookStore({ storageDir, leaseStaleMs: 2000 })
    const lock = join(storageDir, '.webhooks', 'deliverer.lock')
    await mkdir(lock, { recursive: true })
    expect(await store.takeLease()).toBeUndefined()
    const longAgo = new Date(Date.now() - 60_000)
    await utimes(lock, longAgo, longAgo)
    const lease = await store.takeLease()
    expect(lease?.isHeld()).toBe(true)
    await lease?.release()
  })
})
