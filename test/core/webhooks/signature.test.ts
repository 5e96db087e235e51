import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { isSecretText, newSecret, rotated, validSecrets } from '../../../src/core/webhooks/model.ts'
import { signedHeaders } from '../../../src/core/webhooks/signature.ts'
import { newWebhook } from '../../support/webhooks/webhook.ts'

const MESSAGE = { id: 'evt_1', body: '{"type":"image.added","data":{"title":"Grüße"}}' }
const DAY_MS = 86_400_000

const isValid = (secret: string, headers: Record<string, string>, body = MESSAGE.body): boolean => {
  try {
    new Webhook(secret).verify(body, headers)
    return true
  } catch {
    return false
  }
}

describe('a signed message', () => {
  it('is verified by the library of Standard Webhooks', () => {
    const secret = newSecret()
    const headers = signedHeaders(MESSAGE, [secret], Date.now())
    expect(isValid(secret, headers)).toBe(true)
    expect(isValid(newSecret(), headers)).toBe(false)
    expect(isValid(secret, headers, MESSAGE.body.replace('added', 'deleted'))).toBe(false)
    expect(isValid(secret, { ...headers, 'webhook-id': 'evt_2' })).toBe(false)
  })

  it('is signed by both secrets for a day after a rotation', () => {
    const [first, second, third] = [newSecret(), newSecret(), newSecret()]
    const now = Date.now()
    const once = rotated(newWebhook({ secrets: [{ secret: first, expires_at: null }] }), second, now)
    expect(validSecrets(once, now + DAY_MS - 1)).toEqual([second, first])
    expect(validSecrets(once, now + DAY_MS)).toEqual([second])
    const headers = signedHeaders(MESSAGE, validSecrets(once, now), now)
    expect([first, second].map((secret) => isValid(secret, headers))).toEqual([true, true])
    expect(validSecrets(rotated(once, third, now), now)).toEqual([third, second])
  })
})

it('a secret is whsec_ and the base64 of 24 to 64 bytes', () => {
  const of = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`
  expect([23, 24, 64, 65].map((bytes) => isSecretText(of(bytes)))).toEqual([false, true, true, false])
  expect(isSecretText(newSecret())).toBe(true)
  for (const text of ['', 'whsec_', of(24).slice(6), `${of(24)}!`, of(32).replace('=', '')])
    expect(isSecretText(text), text).toBe(false)
})
