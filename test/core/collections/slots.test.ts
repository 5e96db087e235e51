// Slot tables of collections: their audiences.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atlasSizeOf } from '../../../src/core/atlas/size.ts'
import { slotsOf } from '../../../src/core/atlas/slots.ts'
import type { SlotTables } from '../../../src/core/atlas/tables.ts'
import { mayRead, type Principal, requireReadable } from '../../../src/core/auth/access.ts'
import { followCovers } from '../../../src/core/collections/slots.ts'
import { emptyProject, type ReadableState } from '../../../src/core/project/state.ts'

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
