// Slot tables of collections: their audiences.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atlasSizeOf } from '../../../src/core/atlas/size.ts'
import { newTable, type SlotTable, slotsOf } from '../../../src/core/atlas/slots.ts'
import type { SlotTables } from '../../../src/core/atlas/tables.ts'
import { mayRead, type Principal, requireReadable } from '../../../src/core/auth/access.ts'
import { followCovers } from '../../../src/core/collections/slots.ts'
import { emptyProject, type ReadableState } from '../../../src/core/project/state.ts'
import { parsePresets } from '../../../src/core/transform/presets.ts'

const NOW = '2026-01-01T00:00:00.000Z'
const HOUR_MS = 3_600_000
const START_MS = Date.parse(NOW)
const SIZE = atlasSizeOf('game', new Map())

const ADMIN: Principal = { kind: 'unrestricted' }
const ANYONE: Principal = { kind: 'anonymous' }
const ADA: Principal = { kind: 'user', id: 'ada' }
const EVE: Principal = { kind: 'user', id: 'eve' }

/** A project that everybody sees, or the named user alone. */
const project = (id: string, owner?: string): ReadableState =>
  requireReadable(
    { ...emptyProject(id, NOW), deleted: false, ...(owner ? { owner_id: owner, visibility: 'private' as const } : {}) },
    ADMIN,
  )

/** Places by project id, after a request of a principal. */
const seenBy = (tables: SlotTables | undefined, by: Principal, all: readonly ReadableState[], nowMs = START_MS) => {
  const visible = all.filter((each) => mayRead(each, by))
  const followed = followCovers(tables, { by, size: SIZE, visible, nowMs })
  const { placed } = followed
  const slots = placed ? slotsOf(placed.table) : []
  return { ...followed, places: new Map(slots.map(({ id, page, x, y }) => [id.slice(1), `${page} ${x} ${y}`])), placed }
}

describe('the tables of a collection', () => {
  it('give each audience places of its own, without gaps for what it does not see', () => {
    const all = [project('a'), project('secret', 'ada'), project('b'), project('-1')]
    const open = seenBy(undefined, ANYONE, all)
    expect([...open.places.keys()]).toEqual(['a', 'b', '-1'])
    expect([...open.places.values()]).toEqual(['0 2 2', '0 56 2', '0 110 2'])
    const ada = seenBy(open.tables, ADA, all)
    expect(ada.places.get('secret')).toBe('0 164 2')
    expect(seenBy(ada.tables, ANYONE, all)).toMatchObject({ places: open.places, placed: open.placed })
    // Who sees the same shares the table of all, and its revision tells of no other one.
    const eve = seenBy(ada.tables, EVE, all)
    expect([eve.tables, eve.placed]).toEqual([ada.tables, open.placed])
    expect(seenBy(ada.tables, ADMIN, all).places.get('secret')).toBe('0 164 2')
  })

  it('free the place of a project that is not seen any more, and use it again after a day', () => {
    const [a, b, c] = [project('a'), project('b'), project('c')]
    const { tables } = seenBy(undefined, ANYONE, [a, b])
    const hidden = seenBy(tables, ANYONE, [project('a', 'ada'), b])
    expect([...hidden.places.keys()]).toEqual(['b'])
    const soon = seenBy(hidden.tables, ANYONE, [b, c], START_MS + 23 * HOUR_MS)
    expect([...soon.places]).toEqual([
      ['b', '0 56 2'],
      ['c', '0 110 2'],
    ])
    const later = seenBy(hidden.tables, ANYONE, [b, c], START_MS + 24 * HOUR_MS)
    expect(later.places.get('c')).toBe('0 2 2')
  })

  it('change nothing where an audience sees what it saw', () => {
    const all = [project('a'), project('b')]
    const { tables } = seenBy(undefined, ANYONE, all)
    expect(seenBy(tables, ANYONE, [...all].reverse()).tables).toBe(tables)
    expect(seenBy(tables, ADMIN, all).tables).toBe(tables)
  })

  it('are no more than the revision of a collection can hold: further audiences see the order of the list', () => {
    let tables: SlotTables | undefined
    const of = (index: number) =>
      seenBy(tables, { kind: 'user', id: `u${index}` }, [project('a'), project('b', `u${index}`)])
    for (let index = 0; index < 32; index++) tables = of(index).tables
    expect(Object.keys(tables ?? {})).toHaveLength(32)
    expect(of(32)).toMatchObject({ tables, placed: undefined })
    expect(of(5).places.size).toBe(2)
    const more = { by: ANYONE, size: SIZE, visible: [project('a')], nowMs: START_MS }
    expect(followCovers(tables, { ...more, sizes: ['game'] }).placed).toBeUndefined()
    const [card] = [atlasSizeOf('card', parsePresets('card:w=9,h=9'))]
    const removed = followCovers(tables, { ...more, size: card, sizes: ['card'] })
    expect(Object.keys(removed.tables ?? {})).toEqual([removed.placed?.name])
  })

  it('move no frame of anybody, whatever comes and goes', () => {
    const step = fc.record({ hours: fc.nat(30), by: fc.nat(3), shown: fc.array(fc.nat(9), { maxLength: 10 }) })
    const people = [ANYONE, ADA, EVE, ADMIN]
    const projects = Array.from({ length: 10 }, (_, at) =>
      project(`p${at}`, at < 4 ? undefined : at < 7 ? 'ada' : 'eve'),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let tables: SlotTables | undefined
        let nowMs = START_MS
        const before = new Map<string, Map<string, string>>()
        for (const { hours, by: at, shown } of steps) {
          nowMs += hours * HOUR_MS
          const by = people[at] ?? ANYONE
          const all = projects.filter((_, index) => shown.includes(index))
          const found = seenBy(tables, by, all, nowMs)
          tables = found.tables
          const { places } = found
          expect([...places.keys()].sort()).toEqual(
            all
              .filter((each) => mayRead(each, by))
              .map((p) => p.project_id)
              .sort(),
          )
          expect(new Set(places.values()).size).toBe(places.size)
          // Each table on its own: that of all is left for an own one once, with all of its frames.
          const known = before.get(found.placed?.name ?? '')
          for (const [id, place] of places) if (known?.has(id)) expect([id, place]).toEqual([id, known.get(id)])
          before.set(found.placed?.name ?? '', places)
        }
      }),
    )
  })
})

describe('the name of a table', () => {
  const secret = project('secret', 'ada')
  const nameFor = (by: Principal, visible: readonly ReadableState[] = [secret], size = SIZE) =>
    followCovers(undefined, { by, size, visible, nowMs: START_MS }).placed?.name
  const key = (id: string, projects?: string[]): Principal => ({ kind: 'key', id, role: 'reader', projects })

  it('is shared by all principals that may read every project', () => {
    for (const by of [ADMIN, key('k1'), key('k2')]) expect(nameFor(by)).toBe('game@all')
  })

  it('is that of the public where no private project is seen', () => {
    for (const by of [ANYONE, ADMIN, ADA, key('k1', ['a'])]) expect(nameFor(by, [project('a')])).toBe('game@public')
  })

  it('is one for each other principal, and does not tell its id', () => {
    const names = [ADA, EVE, key('ada', ['secret']), key('k2', ['secret'])].map((by) => nameFor(by) ?? '')
    expect(new Set(names).size).toBe(4)
    expect(names.filter((name) => !/^game@[0-9a-f]{16}$/.test(name))).toEqual([])
    expect(
      [ADA, EVE].map((by) => nameFor(by)),
      'in revisions: the same in every version',
    ).toEqual(['game@0392f5df9768b19b', 'game@04333a6c2751afc3'])
  })

  it('contains what decides the cells of a preset, of which a later definition replaces the table', () => {
    const small = atlasSizeOf('icon', parsePresets('icon:w=96,h=64'))
    const large = atlasSizeOf('icon', parsePresets('icon:w=97,h=64'))
    const following = (tables: SlotTables | undefined, size: typeof SIZE) =>
      followCovers(tables, { by: ANYONE, size, visible: [project('a')], nowMs: START_MS }).tables
    const before = following(following(undefined, SIZE), small)
    expect(Object.keys(before ?? {})).toEqual(['game@public', 'icon@public 96x64 cover lanczos3'])
    expect(Object.keys(following(before, large) ?? {})).toEqual(['game@public', 'icon@public 97x64 cover lanczos3'])
  })
})

it('the revision of a table counts its changes', () => {
  const first = seenBy(undefined, ANYONE, [project('a')])
  expect(first.placed?.table).toMatchObject({ revision: 1, slots: [':a'] })
  const second = seenBy(first.tables, ANYONE, [project('a'), project('b')])
  expect(second.placed?.table).toMatchObject({ revision: 2, replaced: [{ revision: 1, minute: START_MS / 60_000 }] })
})

it('the tables of a collection have at most 100,000 slots', () => {
  const tableOf = (count: number): SlotTable => ({
    ...newTable(SIZE.coverRule, [], { revision: 1, nowMs: START_MS }),
    slots: Array.from({ length: count }, (_, at) => `:${at}`),
  })
  const tables = (last: number): SlotTables => ({
    ...Object.fromEntries(['b', 'c', 'd', 'e'].map((size) => [`${size}@public`, tableOf(20_000)])),
    'f@public': tableOf(last),
  })
  expect(Object.keys(seenBy(tables(19_999), ANYONE, [project('a')]).tables ?? {})).toContain('game@public')
  const full = tables(20_000)
  expect(seenBy(full, ANYONE, [project('a')])).toMatchObject({ tables: full, placed: undefined })
})
