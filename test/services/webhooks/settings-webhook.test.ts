import { describe, expect, it } from 'vitest'
import { afterFailure, switchedOff } from '../../../src/core/webhooks/back-off.ts'
import { newSecret, type OffReason, SETTINGS_WEBHOOK, type Webhook } from '../../../src/core/webhooks/model.ts'
import { followSettings } from '../../../src/services/webhooks/settings-webhook.ts'
import { createFileWebhookStore } from '../../../src/stores/webhooks/file-webhook-store.ts'
import { temporaryFolder } from '../../support/disk/folder.ts'
import { AT } from '../../support/webhooks/webhook.ts'

const START = Date.parse(AT)
const FIRST = { url: 'https://first.example/hook', secret: newSecret() }
const OTHER = { ...FIRST, url: 'https://other.example/hook' }

const openStore = async () => createFileWebhookStore({ storageDir: await temporaryFolder() })

/** The webhook of {@link FIRST} after a change, and after a start with other settings. */
const restarted = async (change: (webhook: Webhook) => Webhook, settings = OTHER, nowMs = START) => {
  const store = await openStore()
  await followSettings(store, FIRST, () => START)
  const before = await store.change(SETTINGS_WEBHOOK, change)
  await followSettings(store, settings, () => nowMs)
  return { before, webhook: await store.get(SETTINGS_WEBHOOK) }
}

const failed = (webhook: Webhook) => afterFailure(webhook, 500, START, 0.5)
const off = (reason: OffReason) => (webhook: Webhook) => switchedOff(webhook, reason, START)

describe('the webhook of the settings', () => {
  it('is made from them, and removed where they name none', async () => {
    const store = await openStore()
    await followSettings(store, undefined)
    expect(store.mayHaveAny()).toBe(false)
    await followSettings(store, FIRST, () => START)
    expect(await store.get(SETTINGS_WEBHOOK)).toMatchObject({ url: FIRST.url, enabled: true, created_at: AT })
    await followSettings(store, undefined)
    expect(await store.get(SETTINGS_WEBHOOK)).toBeUndefined()
  })

  it('stays as it is where they are the same', async () => {
    const { before, webhook } = await restarted(failed, FIRST)
    expect(webhook).toEqual(before)
    expect(webhook?.failures).toBe(1)
  })

  it('keeps its failures with another secret', async () => {
    const secret = newSecret()
    const { webhook } = await restarted(failed, { ...FIRST, secret })
    expect(webhook).toMatchObject({ failures: 1, secrets: [{ secret, expires_at: null }] })
    expect(webhook?.next_attempt_at).not.toBeNull()
  })

  it('begins without failures at another URL, which deliveries notice also where the clock was set back', async () => {
    const { before, webhook } = await restarted(failed, OTHER, START - 60_000)
    const anew = { url: OTHER.url, failures: 0, failing_since: null, next_attempt_at: null, enabled: true }
    expect(webhook).toMatchObject(anew)
    expect(Date.parse(webhook?.updated_at ?? '')).toBeGreaterThan(Date.parse(before?.updated_at ?? ''))
  })

  it.each(['gone', 'failing'] as const)('is on again at another URL where its receiver was %s', async (reason) => {
    expect((await restarted(off(reason), FIRST)).webhook).toMatchObject({ enabled: false, off_reason: reason })
    expect((await restarted(off(reason))).webhook).toMatchObject({ url: OTHER.url, enabled: true, off_reason: null })
  })

  it('stays off at another URL where a request switched it off', async () => {
    const { webhook } = await restarted(off('request'))
    expect(webhook).toMatchObject({ url: OTHER.url, enabled: false, off_reason: 'request' })
  })
})
