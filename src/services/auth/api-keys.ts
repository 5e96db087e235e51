// API keys: creates, lists, revokes and authenticates them.

import { type Principal, type Role, unauthenticated } from '../../core/auth/access.ts'
import { type FixedKey, fixedKeyId, isSecret, looksLikeKey, newKey, parseKey } from '../../core/auth/api-key.ts'
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

export interface ApiKeys {
  /** @returns the key, which is stored nowhere, and its record */
  create(wanted: NewKey): Promise<{ key: string; record: KeyRecord }>
  list(): Promise<ListedKey[]>
  /** False where there is no such key. */
  revoke(id: string): Promise<boolean>
  /** Accepts `X-API-Key: <key>` and `Authorization: Bearer <key>`. */
  authenticate: Authenticator
}

export const createApiKeys = ({ keys, fixed = [], now = Date.now }: ApiKeysOptions): ApiKeys => {
  /** Ids of fixed keys, computed at first use: each takes some 50 ms. */
  const fixedIds = new Map<FixedKey, Promise<string>>()

  /** Compares with every key, so that the time does not depend on the match. */
  const findFixed = async (text: string): Promise<Principal | undefined> => {
    const found = fixed[fixed.map(({ sha256 }) => isSecret(text, sha256)).indexOf(true)]
    if (!found) return undefined
    const id = fixedIds.get(found) ?? fixedKeyId(found)
    fixedIds.set(found, id)
    return { kind: 'key', id: await id, role: found.role }
  }

  const findStored = async (text: string, atMs = now()): Promise<Principal> => {
    const parsed = parseKey(text)
    const record = parsed && (await keys.find(parsed.id))
    if (!parsed || !record || !isSecret(parsed.secret, record.sha256))
      throw unauthenticated('The API key is not valid.')
    if (record.expires_at !== null && atMs >= Date.parse(record.expires_at))
      throw unauthenticated(`The API key was valid until ${record.expires_at}.`)
    const { id, role, projects } = record
    return { kind: 'key', id, role, ...(projects === null ? {} : { projects }) }
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

    revoke: (id) => keys.revoke(id, new Date(now()).toISOString()),

    async authenticate(request) {
      const own = request.header('x-api-key')
      if (own !== undefined) return (await findFixed(own)) ?? findStored(own, request.receivedMs)
      const text = bearerOf(request)
      if (text === undefined) return undefined
      return (await findFixed(text)) ?? (looksLikeKey(text) ? findStored(text, request.receivedMs) : undefined)
    },
  }
}
