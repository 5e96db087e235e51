import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { isAllowedAddress, isAllowedHost } from '../../src/core/webhooks/destination.ts'

const URL = 'https://shop.example/hooks/tintype'
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

const load = (env: Record<string, string>) => loadConfig({ env, envFile: false }).config

describe('the settings of webhooks', () => {
  it('name a receiver and its secret, both or none', () => {
    expect(load({}).webhook).toBeUndefined()
    expect(load({ WEBHOOK_URL: URL, WEBHOOK_SECRET: SECRET }).webhook).toEqual({ url: URL, secret: SECRET })
    expect(() => load({ WEBHOOK_URL: URL })).toThrow(
      /^WEBHOOK_SECRET: expected a value, because WEBHOOK_URL is set, got nothing$/,
    )
    expect(() => load({ WEBHOOK_SECRET: SECRET })).toThrow(
      /^WEBHOOK_URL: expected a value, because WEBHOOK_SECRET is set, got nothing$/,
    )
  })

  it('are refused in another form, without the secret in the message', () => {
    expect(() => load({ WEBHOOK_URL: 'shop.example', WEBHOOK_SECRET: SECRET })).toThrow(
      /^WEBHOOK_URL: expected an http or https URL .*, got "shop\.example"$/,
    )
    expect(() => load({ WEBHOOK_URL: URL, WEBHOOK_SECRET: 'whsec_c2hvcnQ=' })).toThrow(
      /^WEBHOOK_SECRET: expected whsec_ and the base64 of 24 to 64 bytes, got something else$/,
    )
  })

  it('name hosts and networks of the own network', () => {
    const { webhookAllow } = load({ WEBHOOK_ALLOW: '10.1.0.0/16, receiver.internal' })
    expect([isAllowedAddress('10.1.2.3', webhookAllow), isAllowedAddress('10.2.2.3', webhookAllow)]).toEqual([
      true,
      false,
    ])
    expect(isAllowedHost('receiver.internal', webhookAllow)).toBe(true)
    expect(() => load({ WEBHOOK_ALLOW: '10.1' })).toThrow(
      /^WEBHOOK_ALLOW: expected addresses, networks .*, got "10\.1"$/,
    )
  })
})
