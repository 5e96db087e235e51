// Entries of the catalogue: the lists of each kind of principal, in order, as projects change.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { Principal, ProjectAccess } from '../../../src/core/auth/access.ts'
import { OPEN_ACCESS } from '../../../src/core/auth/access.ts'
import { comparePositions, type Position, PROJECT_SORTS, positionOf, tagKey } from '../../../src/core/project-query.ts'
import type { CataloguePage } from '../../../src/stores/catalogue/catalogue.ts'
import { createEntries, type Entries } from '../../../src/stores/catalogue/entries.ts'
import type { Entry } from '../../../src/stores/catalogue/rows.ts'
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
const TAGS = ['a', 'b']

const entryOf = (id: string, stamp: number, access: ProjectAccess | undefined): Entry => ({
  id,
  title: undefined,
  createdMs: 0,
  updatedMs: 0,
  stamp,
  access,
  tags: [],
})

/** Ids of a page in one turn. */
const idsOf = (entries: Entries, by: Principal, page: CataloguePage): string[] =>
  entries.list(by, page).found.map(({ id }) => id)

describe('entries', () => {
  it('are listed for the principals that may list them, sorted by UTF-16 code units', () => {
    const entries = createEntries()
    entries.set(entryOf('b', 1, OPEN_ACCESS))
    entries.set(entryOf('a', 1, closed('ada', { bob: 'viewer' })))
    entries.set(entryOf('Z', 1, closed(null)))
    entries.set(entryOf('_', 1, { ...OPEN_ACCESS, owner_id: 'ada' }))
    entries.set(entryOf('gone', 1, undefined))
    expect(idsOf(entries, ANONYMOUS, ALL)).toEqual(['_', 'b'])
    expect(idsOf(entries, ADA, ALL)).toEqual(['_', 'a'])
    expect(idsOf(entries, BOB, ALL)).toEqual(['a'])
    expect(idsOf(entries, { kind: 'user', id: 'constructor' }, ALL)).toEqual([])
    for (const by of [ADMIN, OPEN]) expect(idsOf(entries, by, ALL)).toEqual(['Z', '_', 'a', 'b'])
  })

  it('are those that a second principal may read too, of all that the first may list', () => {
    const entries = createEntries()
    entries.set(entryOf('a', 1, { ...OPEN_ACCESS, owner_id: 'ada' }))
    entries.set(entryOf('b', 1, closed('ada')))
    entries.set(entryOf('c', 1, closed('ada', { bob: 'viewer' })))
    entries.set(entryOf('d', 1, OPEN_ACCESS))
    entries.set(entryOf('gone', 1, undefined))
    const both = (by: Principal, readableBy: Principal) => idsOf(entries, by, { readableBy, ...ALL }).join('')
    expect([both(ADA, ADA), both(ADA, BOB), both(ADA, ANONYMOUS), both(ADA, ADMIN)]).toEqual(['abc', 'ac', 'a', 'abc'])
    expect([both(OPEN, BOB), both(OPEN, ANONYMOUS), both(BOB, ANONYMOUS)]).toEqual(['acd', 'ad', ''])
    expect(both(OPEN, { ...ADMIN, projects: ['b'] })).toBe('abd')
    expect(idsOf(entries, ADA, { readableBy: BOB, limit: 1 })).toEqual(['a'])
  })

  it('are paged behind an id, whether it is listed or not', () => {
    const entries = createEntries()
    for (const id of ['b', 'd', 'f']) entries.set(entryOf(id, 1, OPEN_ACCESS))
    entries.set(entryOf('e', 1, closed(null)))
    const page = (after: string, limit = 2) => idsOf(entries, ANONYMOUS, { after: { key: '', id: after }, limit })
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
      else entries.set(entryOf(id, n, rules[chance.number(rules.length)]))
      if (n % 7 === 0) for (const by of principals) idsOf(entries, by, ALL)
      if (n % 50 > 0) continue
      const fresh = createEntries()
      for (const entry of entries.all()) fresh.set(entry)
      for (const by of principals) expect(idsOf(entries, by, ALL)).toEqual(idsOf(fresh, by, ALL))
    }
    const ids = [...entries.all()].map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)].sort())
  })

  it('are in each order as a plain sort of them, page by page and with a search, over changes at random', () => {
    const chance = newChance()
    const entries = createEntries()
    const rules = [OPEN_ACCESS, OPEN_ACCESS, closed('ada'), closed(null, { ada: 'viewer' }), undefined]
    const titles = [undefined, '', 'Émile', 'emile', 'EMIL', 'Zoo', '日本', 'ß', 'z'.repeat(60)]
    const narrow: Principal = { ...ADMIN, projects: ['p3', 'p1', 'p7', 'p3', 'none'] }
    const may = (by: Principal, { id, access }: Entry) =>
      access !== undefined &&
      (by.kind === 'key'
        ? (by.projects?.includes(id) ?? true)
        : by.kind === 'anonymous'
          ? access.visibility === 'public'
          : access.owner_id === 'ada' || access.members.ada !== undefined)
    for (let n = 0; n < 600; n++) {
      const id = `p${chance.number(40)}`
      if (chance.number(8) === 0) entries.delete(id)
      else
        entries.set({
          id,
          title: titles[chance.number(titles.length)],
          // Times of one second, of one millisecond, and before 1970.
          createdMs: 1_700_000_000_000 + chance.number(5) * 250,
          updatedMs: chance.number(3000) - 1000,
          stamp: n,
          access: rules[chance.number(rules.length)],
          tags: TAGS.filter(() => chance.number(2) === 0).map(tagKey),
        })
      if (n % 9 > 0) continue
      for (const sort of PROJECT_SORTS)
        for (const by of [ANONYMOUS, ADMIN, ADA, narrow])
          for (const [q, ...tags] of [
            [undefined],
            ['MIL'],
            ['P1'],
            [undefined, 'a'],
            ['P1', 'b', 'a'],
            [undefined, 'c'],
          ]) {
            const plain = [...entries.all()]
              .filter((entry) => may(by, entry) && tags.every((tag) => entry.tags.includes(tagKey(tag ?? ''))))
              .filter(
                ({ id: each, title = '' }) =>
                  q === undefined || /mil/i.test(q === 'MIL' ? title : '') || (q === 'P1' && each.includes('p1')),
              )
              .map((entry) => positionOf(sort, entry))
              .sort(comparePositions)
            const pages: Position[] = []
            for (let after: Position | undefined; ; after = pages.at(-1)) {
              const page = { sort, tags: tags.flatMap((tag) => tag ?? []), after, limit: 7 }
              const { found, rest } = entries.list(by, q === undefined ? page : { ...page, q })
              pages.push(...found)
              expect(rest).toBeUndefined()
              if (found.length < 7) break
            }
            expect(pages, `${sort} ${by.kind} ${q} ${tags}`).toEqual(plain)
          }
    }
  })

  it('keep their times to the millisecond', () => {
    const entries = createEntries()
    for (const ms of [0, 1, 999, 1000, -1, -1001, 1_732_790_000_123, 2 ** 41 + 7]) {
      const entry = { ...entryOf('a', 1, OPEN_ACCESS), createdMs: ms, updatedMs: ms + 1 }
      entries.set(entry)
      expect(entries.get('a')).toEqual(entry)
    }
  })

  it('are walked 20,000 in a turn, and the next turn goes on behind them', () => {
    const entries = createEntries()
    for (let n = 0; n < 45_000; n++)
      entries.set(entryOf(String(n).padStart(5, '0'), 1, n % 10_000 === 9999 ? OPEN_ACCESS : closed(null)))
    for (const sort of PROJECT_SORTS) {
      const turns: string[][] = []
      for (let after: Position | undefined; ; ) {
        const { found, rest } = entries.list(ANONYMOUS, { sort, q: '9', after, limit: 100 })
        turns.push(found.map(({ id }) => id))
        if (!rest) break
        after = rest
      }
      expect(turns).toEqual([['09999', '19999'], ['29999', '39999'], []])
    }
  })

  it('find the projects of a user with many among all, and sort those of one with few', () => {
    const entries = createEntries()
    for (let n = 0; n < 2500; n++)
      entries.set({ ...entryOf(`p${n}`, 1, closed(n < 2200 ? 'ada' : 'bob')), createdMs: 2500 - n, title: `t${n % 2}` })
    const first = (by: Principal) => idsOf(entries, by, { sort: 'created', limit: 2 })
    expect([first(ADA), first(BOB)]).toEqual([
      ['p0', 'p1'],
      ['p2200', 'p2201'],
    ])
  })

  it('are sorted anew after more changes than are merged', () => {
    const entries = createEntries()
    const set = (n: number, updatedMs: number) => entries.set({ ...entryOf(`p${n}`, 1, OPEN_ACCESS), updatedMs })
    for (let n = 0; n < 3000; n++) set(n, n)
    const first = () => idsOf(entries, ANONYMOUS, { sort: 'updated', limit: 2 })
    expect(first()).toEqual(['p2999', 'p2998'])
    for (let n = 0; n < 2000; n++) set(n, 5000 - n)
    expect(first()).toEqual(['p0', 'p1'])
  })

  it('take at most 300 bytes of memory a project, each with an owner and a title of its own, in every order', () => {
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
      entries.set({
        id: id ?? '',
        title: Buffer.from(`Title of project ${n}`).toString('latin1'),
        createdMs: 1.7e12 + n,
        updatedMs: 1.8e12 + n,
        stamp: 1.7e12 + n + 0.25,
        access: { owner_id: owner ?? '', visibility: 'public', members: {} },
        tags: [],
      })
    }
    for (const by of [ANONYMOUS, ADMIN, ADA]) for (const sort of PROJECT_SORTS) entries.list(by, { ...ALL, sort })
    const bytes = (heap() - before) / count
    expect([...entries.all()]).toHaveLength(count)
    expect(bytes).toBeGreaterThan(50)
    expect(bytes).toBeLessThan(300)
  })

  it('share equal lists of tags', () => {
    const entries = createEntries()
    for (const id of ['a', 'b']) entries.set({ ...entryOf(id, 1, OPEN_ACCESS), tags: TAGS.map(tagKey) })
    expect(entries.get('a')?.tags).toEqual(TAGS.map(tagKey))
    expect(entries.get('a')?.tags).toBe(entries.get('b')?.tags)
  })

  it('share equal access rules', () => {
    const entries = createEntries()
    for (const id of ['a', 'b']) entries.set(entryOf(id, 1, closed('ada', { bob: 'viewer' })))
    for (const id of ['c', 'd']) entries.set(entryOf(id, 1, { ...OPEN_ACCESS, members: {} }))
    expect(entries.get('a')?.access?.members).toBe(entries.get('b')?.access?.members)
    expect(entries.get('c')?.access?.members).toBe(OPEN_ACCESS.members)
    expect(entries.get('e')).toBeUndefined()
  })
})
