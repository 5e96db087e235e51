// An identity provider on this machine: keys that it publishes, and tokens that it signs.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { onTestFinished } from 'vitest'

export const ISSUER = 'https://id.example.com/'
export const OUR_AUDIENCE = 'https://img.example.com'

/** Made once for a file of tests: it takes a while. */
let pair: ReturnType<typeof generateKeyPair> | undefined

export interface TestIssuer {
  /** Where its keys are. */
  url: string
  /** Signs with the key that it publishes, unless another one is given. */
  sign(claims: JWTPayload, header?: Partial<JWTHeaderParameters>, key?: CryptoKey): Promise<string>
  /** Number of requests for its keys. */
  requests(): number
  /** Answers 500 from now on, or the keys again. */
  fail(isDown: boolean): void
  /** What it publishes, for those who would use a public key as a secret. */
  publicJwk: { n?: string; kty?: string }
}

export const createIssuer = async (nowMs: () => number = Date.now): Promise<TestIssuer> => {
  pair ??= generateKeyPair('RS256', { extractable: true })
  const { publicKey, privateKey } = await pair
  const publicJwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  let requests = 0
  let isDown = false
  const server = createServer((_, response) => {
    requests++
    if (isDown) response.writeHead(500).end('{}')
    else response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys: [publicJwk] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a TCP server')

  return {
    url: `http://127.0.0.1:${address.port}/keys`,
    sign: (claims, header, key = privateKey) => {
      const seconds = Math.floor(nowMs() / 1000)
      const payload = { iss: ISSUER, aud: OUR_AUDIENCE, sub: 'ada', iat: seconds, exp: seconds + 600, ...claims }
      return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key)
    },
    requests: () => requests,
    fail: (down) => {
      isDown = down
    },
    publicJwk,
  }
}
