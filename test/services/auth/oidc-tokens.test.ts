// Tokens of another issuer: which are believed, and which of the known tricks are not.

import { createHmac } from 'node:crypto'
import { exportJWK, exportSPKI, generateKeyPair, importJWK } from 'jose'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createOidcTokens } from '../../../src/services/auth/oidc-tokens.ts'
import type { Logger } from '../../../src/telemetry/logger.ts'
import { createIssuer, ISSUER, OUR_AUDIENCE, type TestIssuer } from '../../support/auth/issuer.ts'
import { otherSpellings } from '../../support/auth/spellings.ts'
import { silent } from '../../support/store/file-store.ts'

const trusting = (url: string, now?: () => number, log: Logger = silent) =>
  createOidcTokens({ url, issuer: ISSUER, audience: OUR_AUDIENCE, now, log })

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => value,
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const claimsOf = (issuer: TestIssuer) => issuer.sign({}).then((token) => token.split('.')[1] ?? '')

describe('a token of the issuer', () => {
  it('stands for its subject, and fetches the keys once', async () => {
    const issuer = await createIssuer()
    const tokens = trusting(issuer.url)
    expect(await tokens.userOf(await issuer.sign({}))).toBe('ext:ada')
    expect(await tokens.userOf(await issuer.sign({ sub: 'auth0|5f7c', aud: ['other', OUR_AUDIENCE] }))).toBe(
      'ext:auth0|5f7c',
    )
    expect(issuer.requests()).toBe(1)
  })

  it('has an id of at most 128 safe characters, whatever the subject is', async () => {
    const issuer = await createIssuer()
    const tokens = trusting(issuer.url)
    const idOf = async (sub: string) => tokens.userOf(await issuer.sign({ sub }))
    expect(await idOf('x'.repeat(124))).toBe(`ext:${'x'.repeat(124)}`)
    const subjects = ['x'.repeat(125), '../../etc', 'h:0', 'Ada Lovelace', '\u0000', '__proto__/x']
    const ids = await Promise.all(subjects.map(idOf))
    for (const id of ids) expect(id).toMatch(/^ext:h:[0-9a-f]{64}$/)
    expect(new Set(ids).size).toBe(subjects.length)
  })

  it('is valid until it expires, with a clock tolerance of five seconds', async () => {
    const clock = { ms: Date.UTC(2026, 4, 4) }
    const issuer = await createIssuer(() => clock.ms)
    const tokens = trusting(issuer.url, () => clock.ms)
    const token = await issuer.sign({})
    clock.ms += 604_000
    expect(await codeOf(tokens.userOf(token))).toBe('ext:ada')
    clock.ms += 1000
    expect(await codeOf(tokens.userOf(token))).toBe('unauthenticated')
    // For a request that came before.
    expect(await codeOf(tokens.userOf(token, clock.ms - 1000))).toBe('ext:ada')
  })
})

describe('a verified token', () => {
  it('is recalled without a wait until it expires', async () => {
    const clock = { ms: Date.now() }
    const issuer = await createIssuer(() => clock.ms)
    const tokens = trusting(issuer.url, () => clock.ms)
    const token = await issuer.sign({})
    expect(tokens.recall(token)).toBeUndefined()
    // The first one fetches the keys.
    await tokens.userOf(await issuer.sign({ sub: 'bo' }))
    await tokens.userOf(token)
    expect(tokens.recall(token)).toBe('ext:ada')
    expect(tokens.recall(`${token}x`)).toBeUndefined()
    clock.ms += 604_000
    expect(tokens.recall(token)).toBe('ext:ada')
    clock.ms += 1000
    expect(tokens.recall(token)).toBeUndefined()
  })

  it('is verified again once the keys were fetched again, as for a token of an unknown key', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const issuer = await createIssuer()
    const tokens = trusting(issuer.url)
    const token = await issuer.sign({})
    for (let time = 0; time < 2; time++) await tokens.userOf(token)
    expect(tokens.recall(token)).toBe('ext:ada')
    vi.setSystemTime(Date.now() + 31_000)
    await codeOf(tokens.userOf(await issuer.sign({}, { kid: 'another' })))
    expect(issuer.requests()).toBe(2)
    expect(tokens.recall(token)).toBeUndefined()
    await tokens.userOf(token)
    expect(tokens.recall(token)).toBe('ext:ada')
  })
})

describe('a refused token', () => {
  it('has another issuer, another audience, no subject or no expiry', async () => {
    const issuer = await createIssuer()
    const tokens = trusting(issuer.url)
    for (const claims of [
      { iss: 'https://evil.example.com/' },
      { iss: undefined },
      { aud: 'https://other.example.com' },
      { aud: undefined },
      { sub: undefined },
      { sub: '' },
      { exp: undefined },
      { exp: 1 },
      { nbf: 9_999_999_999 },
    ])
      expect(await codeOf(tokens.userOf(await issuer.sign(claims))), JSON.stringify(claims)).toBe('unauthenticated')
    expect(await codeOf(tokens.userOf(await issuer.sign({})))).toBe('ext:ada')
  })

  it('has a signature in another spelling', async () => {
    const issuer = await createIssuer()
    const tokens = trusting(issuer.url)
    const others = otherSpellings(await issuer.sign({}), 342)
    expect(others).toHaveLength(15)
    for (const other of others) expect(await codeOf(tokens.userOf(other))).toBe('unauthenticated')
  })

  it('has no signature', async () => {
    const issuer = await createIssuer()
    const tokens = trusting(issuer.url)
    const claims = await claimsOf(issuer)
    for (const alg of ['none', 'None', 'NONE', ''])
      for (const signature of ['', 'AAAA'])
        expect(await codeOf(tokens.userOf(`${base64url({ alg, kid: 'one' })}.${claims}.${signature}`))).toBe(
          'unauthenticated',
        )
    // Not even the keys were asked for.
    expect(issuer.requests()).toBe(0)
  })

  it('is signed with the public key as a secret', async () => {
    const issuer = await createIssuer()
    const tokens = trusting(issuer.url)
    const key = await importJWK(issuer.publicJwk, 'RS256', { extractable: true })
    if (key instanceof Uint8Array) throw new Error('expected a public key')
    const content = `${base64url({ alg: 'HS256', kid: 'one' })}.${await claimsOf(issuer)}`
    for (const secret of [await exportSPKI(key), JSON.stringify(issuer.publicJwk), issuer.publicJwk.n ?? '']) {
      const signature = createHmac('sha256', secret).update(content).digest('base64url')
      expect(await codeOf(tokens.userOf(`${content}.${signature}`))).toBe('unauthenticated')
    }
  })

  it('has its own key, or a URL of one', async () => {
    const issuer = await createIssuer()
    const tokens = trusting(issuer.url)
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    const evil = await createIssuer()
    const jwk = await exportJWK(publicKey)
    for (const header of [{}, { jwk }, { jku: evil.url }, { x5u: evil.url }])
      expect(await codeOf(tokens.userOf(await issuer.sign({}, header, privateKey)))).toBe('unauthenticated')
    expect(evil.requests()).toBe(0)
  })

  it('was changed after it was signed, or is no token', async () => {
    const issuer = await createIssuer()
    const tokens = trusting(issuer.url)
    const [header, claims, signature] = (await issuer.sign({})).split('.')
    const other = base64url({ ...JSON.parse(Buffer.from(claims ?? '', 'base64url').toString()), sub: 'root' })
    for (const token of [
      `${header}.${other}.${signature}`,
      `${header}.${claims}.`,
      'a.b.c',
      '',
      '..',
      'x'.repeat(9000),
    ])
      expect(await codeOf(tokens.userOf(token))).toBe('unauthenticated')
  })
})

describe('the keys of the issuer', () => {
  it('are not fetched repeatedly because of unknown key ids', async () => {
    const issuer = await createIssuer()
    const tokens = trusting(issuer.url)
    await tokens.userOf(await issuer.sign({}))
    for (let count = 0; count < 5; count++)
      expect(await codeOf(tokens.userOf(await issuer.sign({}, { kid: `made-up-${count}` })))).toBe('unauthenticated')
    expect(issuer.requests()).toBe(1)
  })

  it('answer 503 where they are unavailable, without a wait for each request', async () => {
    const issuer = await createIssuer()
    issuer.fail(true)
    const tokens = trusting(issuer.url)
    const token = await issuer.sign({})
    for (let count = 0; count < 3; count++) expect(await codeOf(tokens.userOf(token))).toBe('issuer_unavailable')
    expect(issuer.requests()).toBe(1)
  })

  it('are logged as unavailable once, whatever the number of waiting tokens', async () => {
    const issuer = await createIssuer()
    issuer.fail(true)
    const lines: unknown[] = []
    const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
    const tokens = trusting(issuer.url, undefined, log)
    const token = await issuer.sign({})
    await Promise.all(Array.from({ length: 5 }, () => codeOf(tokens.userOf(token))))
    expect(await codeOf(tokens.userOf(token))).toBe('issuer_unavailable')
    expect(lines).toEqual([expect.objectContaining({ level: 40, url: issuer.url })])
    expect(JSON.stringify(lines)).not.toContain(token)
  })

  it('are fetched from an https URL or this machine, and not from this server', () => {
    const create = (url: string, issuer = ISSUER) =>
      createOidcTokens({ url, issuer, audience: OUR_AUDIENCE, log: silent })
    for (const url of [
      'https://id.example.com/keys',
      'http://127.0.0.1:9/keys',
      'http://localhost/keys',
      'http://[::1]/k',
    ])
      expect(() => create(url)).not.toThrow()
    for (const url of [
      'http://id.example.com/keys',
      'ftp://id.example.com',
      'keys',
      '',
      'file:///etc/passwd',
      'https://a:b@c',
    ])
      expect(() => create(url)).toThrow(/JWKS_URL: expected an https URL/)
    expect(() => create('https://id.example.com/keys', 'tintype')).toThrow(/JWKS_ISSUER/)
  })
})
