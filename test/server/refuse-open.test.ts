// A server that strangers can reach, and the ways of access that let it start.

import { describe, expect, it } from 'vitest'
import { parseFixedKeys } from '../../src/core/auth/api-key.ts'
import { type OpenSettings, whyNotOpen } from '../../src/server/refuse-open.ts'
import { createApiKeys } from '../../src/services/auth/api-keys.ts'
import { createFileKeys } from '../../src/stores/accounts/file-keys.ts'
import { temporaryFolder } from '../support/disk/folder.ts'
import { runTintype } from '../support/processes/tintype.ts'

const settings = async (more: Partial<OpenSettings> = {}): Promise<OpenSettings> => ({
  host: '0.0.0.0',
  port: 8001,
  storageDir: await temporaryFolder(),
  auth: 'auto',
  apiKeys: [],
  registration: 'closed',
  issuer: undefined,
  oidc: undefined,
  ...more,
})

describe('tintype serve on another address than loopback', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1'])('does not start on %s without access control', async (host) => {
    expect(await whyNotOpen(await settings({ host }))).toBeDefined()
  })

  it.each([
    { host: '127.0.0.1' },
    { host: '127.8.9.1' },
    { host: 'localhost' },
    { host: '::1' },
    { auth: 'none' },
    { auth: 'required' },
    { apiKeys: parseFixedKeys('sixteen-letters!') },
    { registration: 'open' },
    { registration: 'invite' },
    { issuer: { url: 'https://id.example.com/keys', issuer: 'i', audience: 'a' } },
    {
      oidc: {
        issuer: 'https://id.example.com',
        clientId: 'i',
        clientSecret: 's',
        name: '',
        publicUrl: 'https://a.example',
      },
    },
  ] as const)('starts with %j', async (more) => {
    expect(await whyNotOpen(await settings(more))).toBeUndefined()
  })

  it('starts with a stored key', async () => {
    const wanted = await settings()
    const keys = createFileKeys({ storageDir: wanted.storageDir })
    await createApiKeys({ keys }).create({ name: 'me', role: 'admin' })
    expect(await whyNotOpen(wanted)).toBeUndefined()
  })

  it('names each solution and exits, as a worker and as a supervisor', async () => {
    for (const workers of ['1', '2']) {
      const run = await runTintype(['serve', '--port', '0', '--host', '0.0.0.0', '--workers', workers])
      expect(await run.ended).toBe(1)
      expect(run.stdout()).toBe('')
      for (const word of [
        'npm run --silent tintype -- key create',
        'API_KEYS=',
        'REGISTRATION=',
        'JWKS_URL',
        'AUTH=none',
        'HOST=127.0.0.1',
      ])
        expect(run.stderr()).toContain(word)
    }
  })

  it('names an invalid key of the environment in one line, without the key', async () => {
    const run = await runTintype(['serve', '--port', '0'], { env: { API_KEYS: 'reader:hunter2' } })
    expect(await run.ended).toBe(1)
    expect(run.stderr()).toMatch(/^tintype: API_KEYS: API key 1: expected at least 16 characters, got 7\n$/)
    expect(run.stderr()).not.toContain('hunter2')
  })
})
