// Webhooks: a new one, its owner, its secrets and the times of its changes.

import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/core/auth/access.ts'
import {
  changeTime,
  isSameOwner,
  isWebhookId,
  newSecret,
  newWebhook,
  newWebhookId,
  ownerOf,
  rotated,
  type WebhookOwner,
  webhookSchema,
} from '../../../src/core/webhooks/model.ts'

const AT = '2026-05-04T09:30:00.000Z'
const GIVEN = {
  id: newWebhookId(),
  url: 'https://shop.example/hook',
  events: ['image.added' as const],
  project_id: 'shop',
  owner: { kind: 'user' as const, id: 'ada' },
}

describe('a new webhook', () => {
  it('is on, was never tried, and signs with its secret', () => {
    const secret = newSecret()
    const webhook = newWebhook({ ...GIVEN, secret }, AT)
    expect(webhook).toEqual({
      ...GIVEN,
      secrets: [{ secret, expires_at: null }],
      enabled: true,
      off_reason: null,
      failing_since: null,
      failures: 0,
      next_attempt_at: null,
      created_at: AT,
      updated_at: AT,
    })
    expect(webhookSchema.parse(JSON.parse(JSON.stringify(webhook)))).toEqual(webhook)
  })

  it('has an id of its own; that of the settings has a name', () => {
    expect(newWebhookId()).not.toBe(newWebhookId())
    expect([newWebhookId(), 'settings'].every(isWebhookId)).toBe(true)
    for (const text of ['', 'setting', 'settings2', 'a'.repeat(15), 'a'.repeat(17), 'A'.repeat(16), '../settings'])
      expect([text, isWebhookId(text)]).toEqual([text, false])
  })
})

describe('a rotation', () => {
  const [first, second] = [newSecret(), newSecret()]
  const nowMs = Date.parse(AT) + 1000

  it('keeps the secret before it for a day', () => {
    expect(rotated(newWebhook({ ...GIVEN, secret: first }, AT), second, nowMs)).toMatchObject({
      secrets: [
        { secret: second, expires_at: null },
        { secret: first, expires_at: '2026-05-05T09:30:01.000Z' },
      ],
      updated_at: '2026-05-04T09:30:01.000Z',
    })
  })

  it('gives a webhook without a secret its first one', () => {
    const without = { ...newWebhook({ ...GIVEN, secret: first }, AT), secrets: [] }
    expect(rotated(without, second, nowMs).secrets).toEqual([{ secret: second, expires_at: null }])
  })
})

it('a change is later than the one before it, also within a millisecond or with a clock set back', () => {
  const atMs = Date.parse(AT)
  expect(changeTime({ updated_at: AT }, atMs + 2)).toBe('2026-05-04T09:30:00.002Z')
  expect(changeTime({ updated_at: AT }, atMs)).toBe('2026-05-04T09:30:00.001Z')
  expect(changeTime({ updated_at: AT }, atMs - 5000)).toBe('2026-05-04T09:30:00.001Z')
})

describe('the owner of a webhook', () => {
  it.each<[Principal, WebhookOwner]>([
    [
      { kind: 'user', id: 'ada', links: [] },
      { kind: 'user', id: 'ada' },
    ],
    [
      { kind: 'key', id: 'k1', role: 'admin' },
      { kind: 'key', id: 'k1' },
    ],
    [{ kind: 'unrestricted' }, { kind: 'unrestricted' }],
    [{ kind: 'anonymous' }, { kind: 'unrestricted' }],
  ])('of %j is %j', (by, owner) => {
    expect(ownerOf(by)).toEqual(owner)
  })

  it('is the same one by kind and id alone', () => {
    const owners: WebhookOwner[] = [
      { kind: 'unrestricted' },
      { kind: 'user', id: 'ada' },
      { kind: 'user', id: 'bob' },
      { kind: 'key', id: 'ada' },
    ]
    for (const [at, one] of owners.entries())
      expect(owners.map((other) => isSameOwner({ ...one }, other))).toEqual(owners.map((_, each) => each === at))
  })
})
