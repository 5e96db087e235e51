// Views and the table of API keys.

import { describe, expect, it } from 'vitest'
import { keyTable, keyView } from '../../../src/cli/commands/key-report.ts'
import type { ListedKey } from '../../../src/stores/accounts/keys.ts'

const NOW = '2026-11-28T12:00:00.000Z'
const NOW_MS = Date.parse(NOW)

const key: ListedKey = {
  id: 'abcdefghijkl',
  name: 'shop',
  role: 'writer',
  projects: null,
  sha256: '0'.repeat(64),
  created_at: '2026-11-01T08:00:00.000Z',
  expires_at: null,
  revoked_at: null,
}
const stateOf = (change: Partial<ListedKey>) => keyView({ ...key, ...change }, NOW_MS).state

describe('the view of a key', () => {
  it('has every field but the hash and the time of its revocation', () => {
    expect(keyView(key, NOW_MS)).toEqual({
      id: 'abcdefghijkl',
      name: 'shop',
      role: 'writer',
      projects: null,
      created_at: '2026-11-01T08:00:00.000Z',
      expires_at: null,
      state: 'valid',
    })
  })

  it('is valid until the millisecond of its expiry', () => {
    expect(stateOf({ expires_at: null })).toBe('valid')
    expect(stateOf({ expires_at: '2026-11-28T12:00:00.001Z' })).toBe('valid')
    expect(stateOf({ expires_at: NOW })).toBe('expired')
    expect(stateOf({ expires_at: '2026-11-28T11:59:59.999Z' })).toBe('expired')
  })

  it('is revoked, whether it has expired or not', () => {
    expect(stateOf({ revoked_at: NOW })).toBe('revoked')
    expect(stateOf({ revoked_at: NOW, expires_at: NOW })).toBe('revoked')
  })
})

describe('the table of keys', () => {
  it('explains how to create one where there is none', () => {
    expect(keyTable([])).toBe('no keys; "tintype key create --name <purpose>" creates one\n')
  })

  it('aligns its columns by the longest cell, without spaces at the end', () => {
    const limited = { projects: ['shop', 'game'], expires_at: '2026-12-24T18:30:59.000Z', name: 'deploy of the shop' }
    const keys = [key, { ...key, ...limited }, { ...key, revoked_at: NOW, role: 'admin' as const }]
    expect(keyTable(keys.map((each) => keyView(each, NOW_MS)))).toBe(
      [
        'id            name                role    projects   created     expires           state',
        'abcdefghijkl  shop                writer  all        2026-11-01  never             valid',
        'abcdefghijkl  deploy of the shop  writer  shop game  2026-11-01  2026-12-24 18:30  valid',
        'abcdefghijkl  shop                admin   all        2026-11-01  never             revoked',
        '',
      ].join('\n'),
    )
  })
})
