// Settings of access: authentication, accounts, limits, proxies and origins.

import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'

const load = (env: Record<string, string> = {}) => loadConfig({ env, envFile: false }).config

const ISSUER = {
  JWKS_URL: 'https://id.example.com/keys',
  JWKS_ISSUER: 'https://id.example.com/',
  JWKS_AUDIENCE: 'https://img.example.com',
}

describe('settings of limits', () => {
  it('are off by default, except for signing in', () => {
    const config = load()
    expect(config).toMatchObject({
      rateLimit: 0,
      rateLimitWrites: 'auto',
      rateLimitWindow: 60,
      signInLimit: 10,
      allowedOrigins: [],
      maxImagesPerProject: 0,
      maxBytesPerOwner: 0,
    })
    expect(config.trustProxy('127.0.0.1')).toBe(false)
  })

  it('are parsed in the documented form', () => {
    const env = {
      RATE_LIMIT: '100',
      RATE_LIMIT_WRITES: '0',
      RATE_LIMIT_WINDOW: '1',
      TRUST_PROXY: 'loopback,10.0.0.0/8',
      ALLOWED_ORIGINS: 'https://a.example,https://b.example',
      RATE_LIMIT_REDIS: 'rediss://user:p%40ss@redis.example:6380/2',
      MAX_BYTES_PER_OWNER: '2GiB',
    }
    const config = load(env)
    expect(config).toMatchObject({
      rateLimit: 100,
      rateLimitWrites: 0,
      rateLimitWindow: 1,
      rateLimitRedis: 'rediss://user:p%40ss@redis.example:6380/2',
      allowedOrigins: ['https://a.example', 'https://b.example'],
      maxBytesPerOwner: 2 * 2 ** 30,
    })
    expect(['127.0.0.1', '10.1.2.3', '11.1.2.3'].map(config.trustProxy)).toEqual([true, true, false])
    expect(load({ ALLOWED_ORIGINS: '*' }).allowedOrigins).toBe('*')
  })

  it.each([
    ['RATE_LIMIT', '-1'],
    ['RATE_LIMIT_WRITES', 'none'],
    ['RATE_LIMIT_WINDOW', '0'],
    ['RATE_LIMIT_WINDOW', '86401'],
    ['SIGN_IN_LIMIT', 'ten'],
    ['TRUST_PROXY', 'true'],
    ['ALLOWED_ORIGINS', 'shop.example'],
    ['MAX_BYTES_PER_OWNER', '1 parsec'],
  ])('are refused by name: %s=%s', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(new RegExp(`^${name}: expected .*, got "${value}"$`))
  })
})

describe('API keys', () => {
  it('leave the settings as roles and hashes', () => {
    const { apiKeys } = load({ API_KEYS: 'reader:sixteen-letters!, sixteen-letters?' })
    expect(apiKeys.map(({ role }) => role)).toEqual(['reader', 'admin'])
    expect(JSON.stringify(apiKeys)).not.toContain('sixteen')
  })

  it.each([
    ['sixteen-letters!,hunter2', 'API key 2: expected at least 16 characters, got 7'],
    ['roader:sixteen-letters!', 'API key 1: expected admin, writer, reader before the colon'],
    [',', 'API key 1: expected at least 16 characters, got 1'],
  ])('that are wrong are reported in one sentence without the key', (text, sentence) => {
    expect(() => load({ API_KEYS: text })).toThrow(new RegExp(`^API_KEYS: ${sentence}$`))
  })
})

const OIDC = {
  OIDC_ISSUER: 'https://id.example.com/realms/one',
  OIDC_CLIENT_ID: 'tintype',
  OIDC_CLIENT_SECRET: 'the secret of this server',
  PUBLIC_URL: 'https://pictures.example.com',
}

describe('settings of sign-in by a provider', () => {
  it('are absent by default, and parsed together', () => {
    expect(load().oidc).toBeUndefined()
    const expected = {
      issuer: OIDC.OIDC_ISSUER,
      clientId: 'tintype',
      clientSecret: OIDC.OIDC_CLIENT_SECRET,
      name: '',
      publicUrl: OIDC.PUBLIC_URL,
    }
    expect(load(OIDC).oidc).toEqual(expected)
    expect(load({ ...OIDC, OIDC_NAME: 'Müller & Söhne' }).oidc).toEqual({ ...expected, name: 'Müller & Söhne' })
    for (const url of ['http://127.0.0.1:9000', 'http://localhost/oidc', 'http://[::1]:9000'])
      expect(load({ ...OIDC, OIDC_ISSUER: url }).oidc?.issuer).toBe(url)
  })

  it.each([
    [
      'OIDC_ISSUER',
      [
        'id.example.com',
        'http://id.example.com',
        'https://a:b@id.example.com',
        'https://a.example/?b',
        'https://a.example/#b',
      ],
    ],
    ['OIDC_CLIENT_ID', ['tinätype', 'x'.repeat(1001)]],
    ['OIDC_CLIENT_SECRET', ['a\tb', 'x'.repeat(1001)]],
    ['OIDC_NAME', ['a\nb', 'x'.repeat(101)]],
  ])('%s is refused with the expected value', (name, values) => {
    for (const value of values)
      expect(() => load({ ...OIDC, [name]: value }), value).toThrow(new RegExp(`^${name}: expected (?:a|an|the) `))
    const longest = name === 'OIDC_ISSUER' ? OIDC.OIDC_ISSUER : 'x'.repeat(name === 'OIDC_NAME' ? 100 : 1000)
    expect(load({ ...OIDC, [name]: longest }).oidc).toBeDefined()
  })

  it('never repeat the secret', () => {
    expect(() => load({ ...OIDC, OIDC_CLIENT_SECRET: 'not\tprintable' })).toThrow(/got something else$/)
  })

  it('report each missing one', () => {
    expect(() => load({ OIDC_NAME: 'Example Inc.' })).toThrow(
      /^OIDC_ISSUER: expected a value, because OIDC_NAME is set, got nothing\nOIDC_CLIENT_ID: .*\nOIDC_CLIENT_SECRET: .*\nPUBLIC_URL: /,
    )
    for (const name of Object.keys(OIDC))
      expect(() => load({ ...OIDC, [name]: '' }), name).toThrow(new RegExp(`^${name}: expected a value, because OIDC_`))
  })
})

describe('settings of accounts', () => {
  it('keep registration closed and trust no issuer by default', () => {
    expect(load()).toMatchObject({ registration: 'closed', issuer: undefined })
    expect(load({ REGISTRATION: 'invite', ...ISSUER })).toMatchObject({
      registration: 'invite',
      issuer: { url: ISSUER.JWKS_URL, issuer: ISSUER.JWKS_ISSUER, audience: ISSUER.JWKS_AUDIENCE },
    })
  })

  it('are refused with the expected value', () => {
    expect(() => load({ REGISTRATION: 'yes' })).toThrow(/REGISTRATION: expected one of open, invite, closed, got "yes"/)
    for (const url of ['http://id.example.com/keys', 'id.example.com', 'https://user:secret@id.example.com/'])
      expect(() => load({ ...ISSUER, JWKS_URL: url })).toThrow(/JWKS_URL: expected an https URL/)
  })

  it('report each missing one of the three issuer settings', () => {
    const { JWKS_URL, JWKS_ISSUER } = ISSUER
    expect(() => load({ JWKS_URL })).toThrow(
      /^JWKS_ISSUER: expected a value, because JWKS_URL is set, got nothing\nJWKS_AUDIENCE: expected/,
    )
    expect(() => load({ JWKS_URL, JWKS_ISSUER })).toThrow(/^JWKS_AUDIENCE:.* JWKS_URL and JWKS_ISSUER/)
    expect(() => load({ JWKS_ISSUER })).toThrow(/^JWKS_URL:/)
  })
})
