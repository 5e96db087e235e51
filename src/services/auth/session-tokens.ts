// Session tokens: a short-lived access token, a refresh token for one renewal, and a CSRF token.

import { createHmac, hash } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { isEqual } from '../../core/auth/constant-time.ts'
import { hasCanonicalSignature } from '../../core/auth/jwt-form.ts'
import { createBoundedMap } from '../../core/bounded-map.ts'

export interface SessionTokensOptions {
  /** 32 bytes from which the keys are derived; undefined before they are made. */
  secret(): Promise<Buffer | undefined>
  /** Makes the secret where it is missing. */
  ensureSecret(): Promise<Buffer>
  /** Milliseconds since 1970. */
  now(): number
}

/** Claims of an access token. */
export interface Session {
  /** Id of the session. */
  id: string
  userId: string
  /** Generation of the user when the session began; a newer one ends it. */
  generation: number
}

export interface RefreshToken {
  sessionId: string
  /** Counts the refresh tokens of the session from 1. */
  number: number
  /** Milliseconds since 1970. */
  expiresAt: number
}

export type SessionTokens = ReturnType<typeof createSessionTokens>

/** `iss` of our tokens; a foreign issuer is a URL. */
export const OWN_ISSUER = 'tintype'
const AUDIENCE = 'tintype'

/** `typ` of access tokens (RFC 9068), so that another token signed with the key is not accepted as one. */
const ACCESS_TYPE = 'at+jwt'

/** Life of an access token, in seconds. */
export const ACCESS_SECONDS = 900

/** Life of a refresh token, in seconds: 30 days. */
export const REFRESH_SECONDS = 2_592_000

/** Verified access tokens kept in memory. */
const CACHED_TOKENS = 1000

const claimsSchema = z.object({ sub: z.string(), sid: z.string(), gen: z.int(), exp: z.int() })

const REFRESH_FORM = /^ttr_([0-9a-z]{20})_(\d{1,9})_(\d{10})_([\w-]{43})$/

export const createSessionTokens = ({ secret, ensureSecret, now }: SessionTokensOptions) => {
  /** By the hash of the token, so that no token is kept. */
  const known = createBoundedMap<{ session: Session; expiresAt: number }>(CACHED_TOKENS)
  const seconds = () => Math.floor(now() / 1000)

  return {
    async access({ id, userId, generation }: Session): Promise<string> {
      return new SignJWT({ sid: id, gen: generation })
        .setProtectedHeader({ alg: 'HS256', typ: ACCESS_TYPE })
        .setSubject(userId)
        .setIssuer(OWN_ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(seconds())
        .setExpirationTime(seconds() + ACCESS_SECONDS)
        .sign(keyFor('access', await ensureSecret()))
    },

    /** Undefined where the token was not issued here, was changed or has expired. The session may have ended. */
    async readAccess(token: string, atMs = now()): Promise<Session | undefined> {
      const key = hash('sha256', token, 'base64')
      const found = known.get(key)
      if (found) return atMs < found.expiresAt ? found.session : undefined
      const root = await secret()
      if (!root || !hasCanonicalSignature(token)) return undefined
      try {
        const { payload } = await jwtVerify(token, keyFor('access', root), {
          algorithms: ['HS256'],
          typ: ACCESS_TYPE,
          issuer: OWN_ISSUER,
          audience: AUDIENCE,
          currentDate: new Date(atMs),
        })
        const { sub, sid, gen, exp } = claimsSchema.parse(payload)
        const session = { id: sid, userId: sub, generation: gen }
        known.set(key, { session, expiresAt: exp * 1000 })
        return session
      } catch {
        return undefined
      }
    },

    /** {@link readAccess} without a wait, for a token that was verified before and has not expired. */
    recallAccess(token: string): Session | undefined {
      const found = known.get(hash('sha256', token, 'base64'))
      return found && now() < found.expiresAt ? found.session : undefined
    },

    /** Self-contained and signed: nothing usable is on the disk. */
    async refresh(sessionId: string, number: number): Promise<string> {
      const content = `${sessionId}_${number}_${seconds() + REFRESH_SECONDS}`
      return `ttr_${content}_${seal('refresh', content, await ensureSecret())}`
    },

    /** Undefined where the token was not issued here. It may have been used or have expired. */
    async readRefresh(token: string): Promise<RefreshToken | undefined> {
      const [, sessionId, number, expires, sealed] = REFRESH_FORM.exec(token) ?? []
      const root = await secret()
      if (!root || sessionId === undefined || sealed === undefined) return undefined
      if (!isEqual(sealed, seal('refresh', `${sessionId}_${number}_${expires}`, root))) return undefined
      return { sessionId, number: Number(number), expiresAt: Number(expires) * 1000 }
    },

    /** The CSRF token of a session, readable for pages of this origin alone. */
    csrf: async (sessionId: string): Promise<string> => seal('csrf', sessionId, await ensureSecret()),
  }
}

type Purpose = 'access' | 'refresh' | 'csrf' | 'reset' | 'oidc' | 'place' | 'place_nonce'

/** Derives a key for each purpose, so that no token is valid for another purpose. */
export const keyFor = (purpose: Purpose, secret: Buffer): Uint8Array =>
  new Uint8Array(createHmac('sha256', secret).update(`tintype-${purpose}-1`).digest())

/** MAC of a text, as base64url of 43 characters. */
export const seal = (purpose: Purpose, content: string, secret: Buffer): string =>
  createHmac('sha256', keyFor(purpose, secret)).update(content).digest('base64url')
