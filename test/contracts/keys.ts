// What every store of API keys must do. One passes by ~10 lines: see test/stores/accounts/file-keys.test.ts.

import { describe, expect, it, vi } from 'vitest'
import type { KeyRecord, Keys } from '../../src/stores/accounts/keys.ts'

export interface KeysFixture {
  keys: Keys
  /** The same keys as another process has them. */
  another(): Keys
  /** True where what another process revokes may count for some seconds where nothing is read. @default false */
  isStale?: boolean
}

const recordOf = (id: string, created_at = '2026-05-04T09:30:00.000Z'): KeyRecord => ({
  id,
  name: 'ci',
  role: 'writer',
  projects: ['shop'],
  sha256: 'a'.repeat(64),
  created_at,
  expires_at: null,
})

const LATER = '2026-06-01T00:00:00.000Z'

export const keysContract = (name: string, open: () => Promise<KeysFixture>): void => {
  describe(`${name} keeps the promises of API keys`, () => {
    it('finds a key in every process, and lists keys oldest first', async () => {
      const { keys, another } = await open()
      expect(await keys.list()).toEqual([])
      const [first, second] = [recordOf('aaaaaaaaaaa1', LATER), recordOf('aaaaaaaaaaa2')]
      for (const record of [first, second]) await keys.add(record)
      for (const each of [keys, another()]) {
        expect(await each.find(first.id)).toEqual(first)
        expect(await each.list()).toEqual([second, first].map((record) => ({ ...record, revoked_at: null })))
      }
    })

    it('revokes a key in every process at once and for good, and keeps it in the list', async () => {
      const { keys, another } = await open()
      const record = recordOf('aaaaaaaaaaa1')
      await keys.add(record)
      const other = another()
      expect(await other.find(record.id)).toEqual(record)
      expect(await keys.revoke(record.id, LATER)).toBe(true)
      expect(await other.revoke(record.id, '2027-01-01T00:00:00.000Z')).toBe(true)
      await other.add(record)
      for (const each of [keys, other, another()]) {
        expect(await each.find(record.id)).toBeUndefined()
        expect(await each.list()).toEqual([{ ...record, revoked_at: LATER }])
      }
    })

    it('remembers a key that was found, until any process revokes it', async () => {
      const { keys, another, isStale } = await open()
      const record = recordOf('aaaaaaaaaaa1')
      const other = another()
      await other.add(record)
      expect(keys.current(record.id)).toBeUndefined()
      await keys.find(record.id)
      expect(keys.current(record.id)).toEqual(record)
      await other.find(record.id)
      await other.revoke(record.id, LATER)
      expect(other.current(record.id)).toBeUndefined()
      if (isStale) await vi.waitUntil(() => !keys.current(record.id), 60_000)
      expect(keys.current(record.id)).toBeUndefined()
    })

    it('finds no other id, and none that could be a path', async () => {
      const { keys } = await open()
      for (const id of ['bbbbbbbbbbbb', '../secret', '', 'constructor', 'x'.repeat(5000)]) {
        expect(await keys.find(id)).toBeUndefined()
        expect(await keys.revoke(id, LATER)).toBe(false)
      }
    })
  })
}
