// API keys as every store keeps them: the permissions of a key and the hash of its secret, never the key itself.
// test/contracts/keys.ts checks these promises.
//
// Revoked keys stay, so that a store that had keys once does not become open with the last one.

import type { Role } from '../../core/auth/access.ts'

export interface KeyRecord {
  /** 12 of `0-9 a-z`, never used again. */
  id: string
  name: string
  role: Role
  /** The only projects that it is valid for; null for all. */
  projects: string[] | null
  /** Hash of the secret, in hex. */
  sha256: string
  /** ISO 8601, in UTC. */
  created_at: string
  /** ISO 8601, in UTC; null for never. */
  expires_at: string | null
}

export interface ListedKey extends KeyRecord {
  /** ISO 8601, in UTC; null where it is valid. */
  revoked_at: string | null
}

/** Every call throws TintypeError `store_unavailable` or `storage_full` where the store fails. */
export interface Keys {
  /** Durable when it resolves. */
  add(record: KeyRecord): Promise<void>
  /** Undefined where there is no such key, or any process has revoked it. */
  find(id: string): Promise<KeyRecord | undefined>
  /**
   * {@link Keys.find} without a wait, for a key in memory that no process has revoked. Undefined says nothing.
   *
   * @param share see {@link Store.current}
   * @throws errors of the system
   */
  current(id: string, share?: boolean): KeyRecord | undefined
  /** Durable when it resolves, and effective in every process at once. False where there is no such key. */
  revoke(id: string, revokedAt: string): Promise<boolean>
  /** All keys, revoked ones too, oldest first. */
  list(): Promise<ListedKey[]>
}
