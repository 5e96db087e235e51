// Tokens that are forged, stolen, expired, or issued for another audience.

import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { expect, it } from 'vitest'
import { signedInSchema } from '../../src/http/schemas/accounts.ts'
import { createSessionTokens } from '../../src/services/auth/session-tokens.ts'
import { createFileAccountStore } from '../../src/stores/accounts/file-account-store.ts'
import { postJson, register } from '../support/attacks/target.ts'
import { describeAttacks } from '../support/attacks/under-attack.ts'
import { ISSUER, OUR_AUDIENCE } from '../support/auth/issuer.ts'

const pair = generateKeyPair('RS256', { extractable: true })
const attackers = generateKeyPair('RS256', { extractable: true })

/** An identity provider on this machine, which ends with this process. */
const startIssuer = async (): Promise<Record<string, string>> => {
  const key = { ...(await exportJWK((await pair).publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  const server = createServer((_, response) => response.end(JSON.stringify({ keys: [key] })))
  await once(server.listen(0, '127.0.0.1').unref(), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a TCP server')
  return { JWKS_URL: `http://127.0.0.1:${address.port}/keys`, JWKS_ISSUER: ISSUER, JWKS_AUDIENCE: OUR_AUDIENCE }
}

const seconds = () => Math.floor(Date.now() / 1000)
const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')

describeAttacks(
  'tokens',
  (attacked) => {
    const statusOf = async (token: string, path = '/auth/me'): Promise<number> => {
      const answer = await attacked().target.ask(path, { headers: { Authorization: `Bearer ${token}` } })
      if (answer.status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
      return answer.status
    }
    /** Whether they authenticate, and authorize what is Ada's. */
    const expectRefused = async (tokens: Record<string, string>) => {
      for (const [what, token] of Object.entries(tokens))
        for (const path of ['/auth/me', '/projects/closed/images', '/projects/closed/thumbnail'])
          expect([await statusOf(token, path), what]).toEqual([401, what])
    }
    const foreign = async (
      claims: JWTPayload = {},
      header: Partial<JWTHeaderParameters> = {},
      key: Parameters<SignJWT['sign']>[0] | undefined = undefined,
    ) => {
      const payload = { iss: ISSUER, aud: OUR_AUDIENCE, sub: 'grace', iat: seconds(), exp: seconds() + 600, ...claims }
      return new SignJWT(payload)
        .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
        .sign(key ?? (await pair).privateKey)
    }
    const claimsOf = (token: string): JWTPayload =>
      JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

    it('of a user and of the issuer are valid, as a control for the other tests', async () => {
      const { ada } = attacked().target
      expect(await statusOf(ada.accessToken, '/projects/closed/images')).toBe(200)
      expect(await statusOf(await foreign())).toBe(200)
      expect(await statusOf(await foreign(), '/projects/closed/images')).toBe(404)
    })

    it('without a signature (`alg: none`) are refused', async () => {
      const { ada } = attacked().target
      const own = claimsOf(ada.accessToken)
      const theirs = { iss: ISSUER, aud: OUR_AUDIENCE, sub: ada.id, exp: seconds() + 600 }
      const tokens: Record<string, string> = {}
      for (const alg of ['none', 'None', 'NONE', 'nOnE', '', 'HS256', 'RS256'])
        for (const [whose, claims] of Object.entries({ own, theirs }))
          tokens[`${alg} ${whose}`] = `${encoded({ alg, typ: 'at+jwt', kid: 'one' })}.${encoded(claims)}.`
      const [head, body] = ada.accessToken.split('.')
      await expectRefused({ ...tokens, 'our own, cut': `${head}.${body}.`, 'our own, null': `${head}.${body}.AAAA` })
    })

    it('signed by HS256 with the public key, or with an empty key, are refused', async () => {
      const { ada } = attacked().target
      const { publicKey } = await pair
      const pem = await exportSPKI(publicKey)
      const jwk = await exportJWK(publicKey)
      const secrets = { PEM: pem, 'PEM, trimmed': pem.trim(), modulus: jwk.n ?? '', JWK: JSON.stringify(jwk), dot: '.' }
      const tokens: Record<string, string> = {}
      for (const [what, secret] of Object.entries(secrets)) {
        for (const claims of [{ iss: ISSUER, aud: OUR_AUDIENCE, sub: ada.id }, claimsOf(ada.accessToken)]) {
          const text = `${encoded({ alg: 'HS256', typ: 'at+jwt', kid: 'one' })}.${encoded({ ...claims, exp: seconds() + 600 })}`
          const signature = createHmac('sha256', secret).update(text).digest('base64url')
          tokens[`${what} ${claims.iss}`] = `${text}.${signature}`
        }
      }
      await expectRefused(tokens)
    })

    it('with their own key, or with a URL of one, are refused', async () => {
      const { publicKey, privateKey } = await attackers
      const jwk = await exportJWK(publicKey)
      await expectRefused({
        'another private key': await foreign({}, {}, privateKey),
        'a key in the head': await foreign({}, { jwk }, privateKey),
        'an address of a key': await foreign({}, { jku: 'http://127.0.0.1:1/keys' }, privateKey),
        'an unknown key': await foreign({}, { kid: 'two' }, privateKey),
        'a key that is a file': await foreign({}, { kid: '../../../../dev/null' }, privateKey),
      })
    })

    it('of another issuer, for another audience, or of another time are refused', async () => {
      const { ada } = attacked().target
      const good = { iss: ISSUER }
      await expectRefused({
        'another issuer': await foreign({ iss: 'https://evil.example.com/' }),
        'an issuer without its slash': await foreign({ iss: ISSUER.slice(0, -1) }),
        'no issuer': await foreign({ iss: undefined }),
        'ours as the issuer': await foreign({ iss: 'tintype', aud: 'tintype', sub: ada.id }),
        'another audience': await foreign({ aud: 'https://other.example.com' }),
        'no audience': await foreign({ aud: undefined }),
        expired: await foreign({ ...good, exp: seconds() - 60 }),
        'without an end': await foreign({ exp: undefined }),
        'not yet valid': await foreign({ nbf: seconds() + 600 }),
        'without a subject': await foreign({ sub: undefined }),
        'an empty subject': await foreign({ sub: '' }),
      })
    })

    it('of another issuer never stand for a local user or key, whatever their subject is', async () => {
      const { ada, ask } = attacked().target
      for (const sub of [
        ada.id,
        `ext:${ada.id}`,
        '../../users',
        'env-1',
        '__proto__',
        'ada@example.com',
        'x'.repeat(900),
      ]) {
        const headers = { Authorization: `Bearer ${await foreign({ sub })}` }
        expect((await ask('/projects/closed/images', { headers })).status, sub).toBe(404)
        const me: unknown = await (await ask('/auth/me', { headers })).json()
        expect(me).toMatchObject({ kind: 'user', id: expect.stringMatching(/^ext:/), user: null, role: null })
      }
    })

    it('issued here are valid for one purpose, one store and 15 minutes', async () => {
      const { ada, storageDir } = attacked().target
      const store = createFileAccountStore({ storageDir })
      const { sid, gen } = claimsOf(ada.accessToken)
      const session = { id: String(sid), userId: ada.id, generation: Number(gen) }
      const tokensAt = (now: number, secret = store.ensureSecret) =>
        createSessionTokens({ secret, ensureSecret: secret, now: () => now })
      expect(await statusOf(await tokensAt(Date.now()).access(session))).toBe(200)
      const ours = tokensAt(Date.now())
      await expectRefused({
        expired: await tokensAt(Date.now() - 901_000).access(session),
        'another store': await tokensAt(Date.now(), async () => Buffer.alloc(32)).access(session),
        'a session that never was': await ours.access({ ...session, id: '0'.repeat(20) }),
        'a session of the way up': await ours.access({ ...session, id: '../../users' }),
        'before a change of password': await ours.access({ ...session, generation: session.generation + 1 }),
        'another user': await ours.access({ ...session, userId: '0'.repeat(20) }),
        'a refresh token': ada.refreshToken,
        'a value against forged requests': await ours.csrf(session.id),
      })
      const { ask } = attacked().target
      for (const token of [ada.accessToken, await ours.csrf(session.id), ada.refreshToken.replace('_1_', '_2_')])
        expect([400, 401]).toContain((await ask('/auth/refresh', postJson({ refresh_token: token }))).status)
      expect(await statusOf(ada.accessToken)).toBe(200)
    })

    it('for renewal that are used twice end the session, for the thief and the user (RFC 9700 section 4.14.2)', async () => {
      const { target } = attacked()
      const eve = await register(target, 'eve')
      const renew = (refresh_token: string | undefined) => target.ask('/auth/refresh', postJson({ refresh_token }))
      const between = signedInSchema.parse(await (await renew(eve.refreshToken)).json())
      const renewed = signedInSchema.parse(await (await renew(between.refresh_token)).json())
      expect(await statusOf(renewed.access_token ?? '')).toBe(200)
      expect((await renew(eve.refreshToken)).status).toBe(401)
      expect((await renew(renewed.refresh_token)).status).toBe(401)
      for (const token of [eve.accessToken, renewed.access_token ?? '']) expect(await statusOf(token)).toBe(401)
    })

    it('for renewal that are used many times at once give one next token, which an older one ends', async () => {
      const { target } = attacked()
      const { refreshToken } = await register(target, 'mallory')
      const renew = (refresh_token = refreshToken) => target.ask('/auth/refresh', postJson({ refresh_token }))
      const answers = await Promise.all(Array.from({ length: 20 }, () => renew()))
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
      const tokens = await Promise.all(answers.map(async (answer) => signedInSchema.parse(await answer.json())))
      const numbers = tokens.map(({ refresh_token }) => refresh_token?.split('_').slice(0, 3).join('_'))
      expect(new Set(numbers).size).toBe(1)
      expect((await renew(tokens[0]?.refresh_token)).status).toBe(200)
      expect((await renew()).status).toBe(401)
      for (const { access_token = '' } of tokens) expect(await statusOf(access_token)).toBe(401)
    })
  },
  { env: startIssuer },
)
