// Entries of the catalogue: the lists of each kind of principal, in order, as projects change.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { Principal, ProjectAccess } from '../../../src/core/auth/access.ts'
import { OPEN_ACCESS } from '../../../src/core/auth/access.ts'
import { createEntries } from '../../../src/stores/catalogue/entries.ts'
import { newChance } from '../../support/chance.ts'

const ANONYMOUS: Principal = { kind: 'anonymous' }
const ADMIN: Principal = { kind: 'key', id: 'k', role: 'reader' }
const OPEN: Principal = { kind: 'unrestricted' }
const ADA: Principal = { kind: 'user', id: 'ada' }
const BOB: Principal = { kind: 'user', id: 'bob' }

const closed = (owner_id: string | null, members: ProjectAccess['members'] = {}): ProjectAccess => ({
  owner_id,
  visibility: 'private',
  members,
})

const ALL = { limit: 1000 }

describe('entries', () => {
  it('are listed for the principals that may list them, sorted by UTF-16 code units', () => {
    const entries = createEntries()
    entries.set('b', 1, OPEN_ACCESS)
    entries.set('a', 1, closed('ada', { bob: 'viewer' }))
    entries.set('Z', 1, closed(null))
    entries.set('_', 1, { ...OPEN_ACCESS, owner_id: 'ada' })
    entries.set('gone', 1, undefined)
    expect(entries.list(ANONYMOUS, ALL)).toEqual(['_', 'b'])
    expect(entries.list(ADA, ALL)).toEqual(['_', 'a'])
    expect(entries.list(BOB, ALL)).toEqual(['a'])
    expect(entries.list({ kind: 'user', id: 'constructor' }, ALL)).toEqual([])
    for (const by of [ADMIN, OPEN]) expect(entries.list(by, ALL)).toEqual(['Z', '_', 'a', 'b'])
  })

  it('are paged behind an id, whether it is listed or not', () => {
    const entries = createEntries()
    for (const id of ['b', 'd', 'f']) entries.set(id, 1, OPEN_ACCESS)
    entries.set('e', 1, closed(null))
    const page = (after: string, limit = 2) => entries.list(ANONYMOUS, { after, limit })
    expect([page('a'), page('b'), page('c'), page('d'), page('e'), page('f'), page('b', 1)]).toEqual([
      ['b', 'd'],
      ['d', 'f'],
      ['d', 'f'],
      ['f'],
      ['f'],
      [],
      ['d'],
    ])
  })

  it('keep lists in memory equal to new ones, over changes at random', () => {
    const chance = newChance()
    const entries = createEntries()
    const principals = [ANONYMOUS, ADMIN, ADA, BOB]
    const rules = [OPEN_ACCESS, closed('ada'), closed('bob', { ada: 'editor' }), closed(null), undefined]
    for (let n = 0; n < 2000; n++) {
      const id = `p${chance.number(50)}`
      if (chance.number(10) === 0) entries.delete(id)
      else entries.set(id, n, rules[chance.number(rules.length)])
      if (n % 7 === 0) for (const by of principals) entries.list(by, ALL)
      if (n % 50 > 0) continue
      const fresh = createEntries()
      for (const { id, stamp, access } of entries.all()) fresh.set(id, stamp, access)
      for (const by of principals) expect(entries.list(by, ALL)).toEqual(fresh.list(by, ALL))
    }
    const ids = entries.all().map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)].sort())
  })

  it('take at most 300 bytes of memory a project, each with an owner of its own', () => {
    setFlagsFromString('--expose-gc')
    const collect: unknown = runInNewContext('gc')
    const heap = () => {
      if (typeof collect === 'function') collect()
      return process.memoryUsage().heapUsed
    }
    const before = heap()
    const entries = createEntries()
    const count = 30_000
    for (let n = 0; n < count; n++) {
      const [id, owner] = [`customer-project-${n}`, `owner-of-${n}-0123456`].map((text) =>
        Buffer.from(text).toString('latin1'),
      )
      entries.set(id ?? '', 1.7e12 + n + 0.25, { owner_id: owner ?? '', visibility: 'public', members: {} })
    }
    for (const by of [ANONYMOUS, ADMIN, ADA]) entries.list(by, ALL)
    const bytes = (heap() - before) / count
    expect(entries.all()).toHaveLength(count)
    expect(bytes).toBeGreaterThan(50)
    expect(bytes).toBeLessThan(300)
  })

  it('share equal access rules', () => {
    const entries = createEntries()
    for (const id of ['a', 'b']) entries.set(id, 1, closed('ada', { bob: 'viewer' }))
    for (const id of ['c', 'd']) entries.set(id, 1, { ...OPEN_ACCESS, members: {} })
    expect(entries.get('a')?.access).toBe(entries.get('b')?.access)
    expect(entries.get('c')?.access).toBe(OPEN_ACCESS)
    expect(entries.get('e')).toBeUndefined()
  })
})
