// API keys as text: `tt_<id>_<secret>`, and fixed keys of the environment.

import { hash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { TintypeError } from '../errors.ts'
import { randomIds } from '../random-id.ts'
import { partsOf } from '../text.ts'
import { ROLES, type Role } from './access.ts'

/** Shortest secret of a fixed key, in characters. */
export const MIN_SECRET_LENGTH = 16

/** Longest name of a key, in characters. */
export const MAX_KEY_NAME_LENGTH = 100

const PREFIX = 'tt_'

/** The secret is 32 random bytes in base64url. */
const KEY = /^tt_([0-9a-z]{12})_([A-Za-z0-9_-]{43})$/

export const KEY_ID = /^[0-9a-z]{12}$/

const newKeyId: () => string = randomIds(12)

/** A new key as it is sent, its id, and the hash that is stored. */
export const newKey = (): { id: string; key: string; sha256: string } => {
  const id = newKeyId()
  const secret = randomBytes(32).toString('base64url')
  return { id, key: `${PREFIX}${id}_${secret}`, sha256: hashOf(secret).toString('hex') }
}

/** True for text in the form of a key, complete or not. */
export const looksLikeKey = (text: string): boolean => text.startsWith(PREFIX)

export const parseKey = (text: string): { id: string; secret: string } | undefined => {
  const [, id, secret] = KEY.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

/** SHA-256 of a secret: 256 random bits need no slow hash. */
export const hashOf = (secret: string): Buffer => hash('sha256', secret, 'buffer')

/** Compares in constant time. @param sha256 of the valid secret, in hex */
export const isSecret = (secret: string, sha256: string): boolean =>
  timingSafeEqual(hashOf(secret), Buffer.from(sha256, 'hex'))

/** A fixed key, given by the environment. */
export interface FixedKey {
  role: Role
  sha256: string
}

const slowHash = promisify<string, string, number, Buffer>(scrypt)

/**
 * Id of a fixed key, derived from its secret: independent of its position in the list, and equal in every process. The
 * id is stored in projects and shown, and secrets can be weak, so a slow hash makes each guess cost 16 MiB and some 50
 * ms.
 */
export const fixedKeyId = async ({ sha256 }: FixedKey): Promise<string> =>
  `env-${(await slowHash(sha256, 'tintype: id of a fixed key', 6)).toString('hex')}`

/**
 * Parses fixed keys, in a list or separated by commas: `role:secret`, or `secret` for an admin.
 *
 * @throws TintypeError `invalid_parameter` with the number of the invalid key, without its text
 */
export const parseFixedKeys = (keys: readonly string[] | string): FixedKey[] => {
  const texts = typeof keys === 'string' ? partsOf(keys, ',') : keys.map((text) => text.trim()).filter(Boolean)
  return texts.map((text, at) => {
    // Letters before a colon are always a role: a misspelt one must not give an admin key.
    const [, word, rest] = /^([a-z]+):(.*)$/i.exec(text) ?? []
    const role = word === undefined ? 'admin' : ROLES.find((each) => each === word)
    const secret = rest ?? text
    const wrong =
      role === undefined
        ? `expected ${ROLES.join(', ')} before the colon`
        : secret.length < MIN_SECRET_LENGTH
          ? `expected at least ${MIN_SECRET_LENGTH} characters, got ${secret.length}`
          : /\s/.test(secret)
            ? 'expected a secret without spaces'
            : undefined
    if (role === undefined || wrong !== undefined)
      throw new TintypeError('invalid_parameter', `API key ${at + 1}: ${wrong}.`, { details: { field: 'apiKeys' } })
    return { role, sha256: hashOf(secret).toString('hex') }
  })
}
