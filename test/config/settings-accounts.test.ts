// The settings of accounts: what they take, and that the three of an issuer go together.

import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'

const load = (env: Record<string, string>) => loadConfig({ env, envFile: '/dev/null' })

const ISSUER = {
  JWKS_URL: 'https://id.example.com/keys',
  JWKS_ISSUER: 'https://id.example.com/',
  JWKS_AUDIENCE: 'https://img.example.com',
}

describe('settings of accounts', () => {
  it('keep registration closed and trust no issuer unless they say so', () => {
    expect(load({})).toMatchObject({ registration: 'closed', jwksUrl: '', jwksIssuer: '', jwksAudience: '' })
    expect(load({ REGISTRATION: 'invite', ...ISSUER })).toMatchObject({
      registration: 'invite',
      jwksUrl: ISSUER.JWKS_URL,
      jwksIssuer: ISSUER.JWKS_ISSUER,
      jwksAudience: ISSUER.JWKS_AUDIENCE,
    })
  })

  it('say what they take', () => {
    expect(() => load({ REGISTRATION: 'yes' })).toThrow(/REGISTRATION: expected one of open, invite, closed, got "yes"/)
    for (const url of ['http://id.example.com/keys', 'id.example.com', 'https://user:secret@id.example.com/'])
      expect(() => load({ ...ISSUER, JWKS_URL: url })).toThrow(/JWKS_URL: expected an https URL/)
  })

  it('report each of the three that is missing where another one is set', () => {
    const { JWKS_URL, JWKS_ISSUER } = ISSUER
    expect(() => load({ JWKS_URL })).toThrow(
      /^JWKS_ISSUER: expected a value, because JWKS_URL is set, got nothing\nJWKS_AUDIENCE: expected/,
    )
    expect(() => load({ JWKS_URL, JWKS_ISSUER })).toThrow(/^JWKS_AUDIENCE:.* JWKS_URL and JWKS_ISSUER/)
    expect(() => load({ JWKS_ISSUER })).toThrow(/^JWKS_URL:/)
  })
})
