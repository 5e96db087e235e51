// Access tokens of another issuer, such as a company's identity provider, checked by the keys that it publishes.

import { createHash, hash } from 'node:crypto'
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose'
import { z } from 'zod'
import { unauthenticated } from '../../core/auth/access.ts'
import { type Issuer, isKeyUrl, KEY_URL_RULE } from '../../core/auth/issuer.ts'
import { hasCanonicalSignature } from '../../core/auth/jwt-form.ts'
import { createBoundedMap } from '../../core/bounded-map.ts'
import { TintypeError } from '../../core/errors.ts'
import { invalidParameter } from '../../core/invalid-parameter.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { OWN_ISSUER } from './session-tokens.ts'

export interface OidcTokensOptions extends Issuer {
  log: Logger
  /** Milliseconds since 1970. @default Date.now */
  now?(): number
}

export interface OidcTokens {
  /**
   * Verifies a token and returns the id of its user: `ext:` and the subject.
   *
   * @param atMs time at which the token must be valid, in milliseconds since 1970. @default now
   * @throws TintypeError `unauthenticated`, `issuer_unavailable`
   */
  userOf(token: string, atMs?: number): Promise<string>
  /** {@link userOf} without a wait, for a token that was verified by the present keys. Undefined says nothing. */
  recall(token: string): string | undefined
}

/**
 * Accepted algorithms. Asymmetric signatures only: neither `none`, nor secrets that could be confused with a public
 * key.
 */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** Timeout of a request for keys, in milliseconds. */
const FETCH_MS = 5000
/** Shortest pause between requests for keys after a token with an unknown key, in milliseconds. */
const COOLDOWN_MS = 30_000
/** Age at which keys are requested again, so that withdrawn keys end, in milliseconds. */
const MAX_AGE_MS = 600_000
/** Pause after a failed request for keys, in which tokens are refused at once, in milliseconds. */
const GIVEN_UP_MS = 5000
/** Tolerated clock difference, in seconds. */
const TOLERANCE_S = 5

/** Subjects that are written as they are, short enough for an id of 128 characters. */
const PLAIN_SUBJECT = /^[A-Za-z0-9._@|+-]{1,124}$/

/** Verified tokens kept in memory. */
const CACHED_TOKENS = 1000

const claimsSchema = z.object({ sub: z.string().min(1).max(1000), exp: z.number() })

/** @throws TintypeError `invalid_parameter` where the URL is not allowed for keys, or issuer or audience are missing */
export const createOidcTokens = (options: OidcTokensOptions): OidcTokens => {
  const { url, issuer, audience, log, now = Date.now } = options
  if (!isKeyUrl(url)) throw invalidParameter('JWKS_URL', KEY_URL_RULE, url)
  // Without them, tokens for other services of the provider would be accepted.
  if (issuer === '') throw invalidParameter('JWKS_ISSUER', 'the issuer of the tokens', issuer)
  if (audience === '') throw invalidParameter('JWKS_AUDIENCE', 'the audience of tokens for this server', audience)
  if (issuer === OWN_ISSUER) throw invalidParameter('JWKS_ISSUER', 'the issuer of other tokens than ours', issuer)
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_MS,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: MAX_AGE_MS,
    [customFetch](url, init) {
      keysFetched++
      return fetch(url, init)
    },
  })
  /** Requests for keys: a token verified by keys that were fetched again since is verified again. */
  let keysFetched = 0
  /** By the hash of the token, so that no token is kept. */
  const known = createBoundedMap<{ userId: string; exp: number; keysFetched: number }>(CACHED_TOKENS)
  let failedAt = Number.NEGATIVE_INFINITY
  let loggedAt = Number.NEGATIVE_INFINITY

  /** Logs once for all tokens that wait for the keys. */
  const keysFailed = (error: unknown): void => {
    failedAt = performance.now()
    if (failedAt - loggedAt < GIVEN_UP_MS) return
    loggedAt = failedAt
    log.warn({ error, url }, 'could not fetch the keys of the token issuer; answering 503 to its tokens')
  }

  return {
    async userOf(token, atMs = now()) {
      if (!hasCanonicalSignature(token)) throw refused()
      if (!keys.fresh && performance.now() - failedAt < GIVEN_UP_MS) throw unavailable()
      // Counted before: keys may be fetched meanwhile.
      const fetched = keysFetched
      try {
        const { payload } = await jwtVerify(token, keys, {
          algorithms: ALGORITHMS,
          issuer,
          audience,
          requiredClaims: ['exp'],
          clockTolerance: TOLERANCE_S,
          currentDate: new Date(atMs),
        })
        const { sub, exp } = claimsSchema.parse(payload)
        const userId = userIdOf(sub)
        known.set(hash('sha256', token, 'base64'), { userId, exp, keysFetched: fetched })
        return userId
      } catch (error) {
        if (isRefusal(error)) throw refused()
        keysFailed(error)
        throw unavailable(error)
      }
    },

    recall(token) {
      const found = keys.fresh ? known.get(hash('sha256', token, 'base64')) : undefined
      if (found?.keysFetched !== keysFetched) return undefined
      return Math.floor(now() / 1000) - TOLERANCE_S < found.exp ? found.userId : undefined
    },
  }
}

/**
 * Hashes long subjects and those with other characters. No plain subject contains `:`, so that the two never collide.
 */
const userIdOf = (subject: string): string =>
  `ext:${PLAIN_SUBJECT.test(subject) ? subject : `h:${createHash('sha256').update(subject).digest('hex')}`}`

/** True where the token is invalid, false where the keys could not be fetched. */
const isRefusal = (error: unknown): boolean => {
  if (error instanceof z.ZodError) return true
  if (!(error instanceof errors.JOSEError)) return false
  return !(
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.constructor === errors.JOSEError
  )
}

const refused = (): TintypeError => unauthenticated('The token is not valid here, or has expired.')

const unavailable = (cause?: unknown): TintypeError =>
  new TintypeError('issuer_unavailable', 'The keys of the token issuer cannot be fetched now.', {
    cause,
    retryAfterSeconds: GIVEN_UP_MS / 1000,
  })
