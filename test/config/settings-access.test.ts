import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'

const load = (env: Record<string, string> = {}) => loadConfig({ env, envFile: '/nowhere/.env' })

describe('the settings of limits', () => {
  it('are off where nothing is said, but for signing in', () => {
    expect(load()).toMatchObject({
      rateLimit: 0,
      rateLimitWrites: 'auto',
      rateLimitWindow: 60,
      signInLimit: 10,
      trustProxy: '',
      allowedOrigins: '',
      maxImagesPerProject: 0,
      maxBytesPerOwner: 0,
    })
  })

  it('are read as they are written', () => {
    const env = {
      RATE_LIMIT: '100',
      RATE_LIMIT_WRITES: '0',
      RATE_LIMIT_WINDOW: '1',
      TRUST_PROXY: 'loopback,10.0.0.0/8',
      ALLOWED_ORIGINS: 'https://a.example,https://b.example',
      MAX_BYTES_PER_OWNER: '2GiB',
    }
    expect(load(env)).toMatchObject({
      rateLimit: 100,
      rateLimitWrites: 0,
      rateLimitWindow: 1,
      trustProxy: 'loopback,10.0.0.0/8',
      allowedOrigins: 'https://a.example,https://b.example',
      maxBytesPerOwner: 2 * 2 ** 30,
    })
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
