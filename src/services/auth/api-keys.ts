// API keys: creates, lists, revokes and authenticates them.

import { type Principal, type Role, unauthenticated } from '../../core/auth/access.ts'
import { type FixedKey, fixedKeyId, hashOf, isSecret, looksLikeKey, newKey, parseKey } from '../../core/auth/api-key.ts'
import type { KeyRecord, Keys, ListedKey } from '../../stores/accounts/keys.ts'
import { type Authenticator, bearerOf } from './credentials.ts'

export interface ApiKeysOptions {
  keys: Keys
  /** Fixed keys, of the environment. @default none */
  fixed?: readonly FixedKey[]
  /** Milliseconds since 1970. @default Date.now */
  now?(): number
}

export interface NewKey {
  name: string
  role: Role
  /** Projects that the key is valid for. @default all */
  projects?: readonly string[]
  /** @default never */
  expiresAt?: Date
}

/** Authenticates by `X-API-Key: <key>` and `Authorization: Bearer <key>`. */
export interface ApiKeys extends Authenticator {
  /** @returns the key, which is stored nowhere, and its record */
  create(wanted: NewKey): Promise<{ key: string; record: KeyRecord }>
  list(): Promise<ListedKey[]>
  /** Principal of a key that is valid now, by its id; undefined where there is none. */
  principal(id: string): Promise<Principal | undefined>
  /** False where there is no such key. */
  revoke(id: string): Promise<boolean>
}

export const createApiKeys = ({ keys, fixed = [], now = Date.now }: ApiKeysOptions): ApiKeys => {
  /** Ids of fixed keys, computed at first use: each takes some 50 ms. */
  const fixedIds = new Map<FixedKey, Promise<string>>()
  /** Fixed keys by the hash of their secret; `'unknown'` before the first use. */
  const fixedPrincipals = new Map<string, Principal | 'unknown'>(fixed.map(({ sha256 }) => [sha256, 'unknown']))

  const idOf = (key: FixedKey): Promise<string> => {
    const id = fixedIds.get(key) ?? fixedKeyId(key)
    fixedIds.set(key, id)
    return id
  }

  /** Compares with every key, so that the time does not depend on the match. */
  const findFixed = async (text: string): Promise<Principal | undefined> => {
    const found = fixed[fixed.map(({ sha256 }) => isSecret(text, sha256)).indexOf(true)]
    if (!found) return undefined
    const principal: Principal = { kind: 'key', id: await idOf(found), role: found.role }
    fixedPrincipals.set(found.sha256, principal)
    return principal
  }

  const findStored = async (text: string, atMs = now()): Promise<Principal> => {
    const parsed = parseKey(text)
    const record = parsed && (await keys.find(parsed.id))
    if (!parsed || !record || !isSecret(parsed.secret, record.sha256))
      throw unauthenticated('The API key is not valid.')
    if (isExpired(record, atMs)) throw unauthenticated(`The API key was valid until ${record.expires_at}.`)
    return principalOf(record)
  }

  const recallStored = (text: string, share: boolean | undefined): Principal | 'unknown' => {
    const parsed = parseKey(text)
    const record = parsed && keys.current(parsed.id, share)
    const isValid = record && isSecret(parsed.secret, record.sha256) && !isExpired(record, now())
    return isValid ? principalOf(record) : 'unknown'
  }

  return {
    async create({ name, role, projects, expiresAt }) {
      const { id, key, sha256 } = newKey()
      const record: KeyRecord = {
        id,
        name,
        role,
        projects: projects ? [...projects] : null,
        sha256,
        created_at: new Date(now()).toISOString(),
        expires_at: expiresAt?.toISOString() ?? null,
      }
      await keys.add(record)
      return { key, record }
    },

    list: () => keys.list(),

    async principal(id) {
      for (const key of fixed) if ((await idOf(key)) === id) return { kind: 'key', id, role: key.role }
      const record = await keys.find(id)
      return record && !isExpired(record, now()) ? principalOf(record) : undefined
    },

    revoke: (id) => keys.revoke(id, new Date(now()).toISOString()),

    async authenticate(request) {
      const own = request.header('x-api-key')
      if (own !== undefined) return (await findFixed(own)) ?? findStored(own, request.receivedMs)
      const text = bearerOf(request)
      if (text === undefined) return undefined
      return (await findFixed(text)) ?? (looksLikeKey(text) ? findStored(text, request.receivedMs) : undefined)
    },

    recall(request) {
      const own = request.header('x-api-key')
      const text = own ?? bearerOf(request)
      if (text === undefined) return undefined
      const known = fixed.length > 0 ? fixedPrincipals.get(hashOf(text).toString('hex')) : undefined
      return known ?? (own !== undefined || looksLikeKey(text) ? recallStored(text, request.share) : undefined)
    },
  }
}

const isExpired = ({ expires_at }: KeyRecord, atMs: number): boolean =>
  expires_at !== null && atMs >= Date.parse(expires_at)

const principalOf = ({ id, role, projects }: KeyRecord): Principal => ({
  kind: 'key',
  id,
  role,
  ...(projects === null ? {} : { projects }),
})
