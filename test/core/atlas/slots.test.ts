// Slot tables: any history of images that come and go.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BoxRule, Framed } from '../../../src/core/atlas/boxes.ts'
import { pagesOf } from '../../../src/core/atlas/pages.ts'
import {
  changedTable,
  EXTRUDED,
  followedGrid,
  isKept,
  MAX_SLOTS,
  newTable,
  PAGE_SIDE,
  REPLACED_MS,
  REUSED_AFTER_MS,
  type Slot,
  type SlotTable,
  slotsOf,
  slotTableSchema,
} from '../../../src/core/atlas/slots.ts'

const GRID: BoxRule = { kind: 'grid', width: 50, height: 50 }
const PACKED: BoxRule = { kind: 'packed' }
const HOUR_MS = 3_600_000
const START_MS = Date.UTC(2026, 0, 1)

const framed = (id: string, width = 400, height = 300): Framed => ({
  id,
  width,
  height,
  sizes: { thumb: { width, height } },
})

const side = fc.integer({ min: 1, max: 400 })
const step = fc.record({
  hours: fc.integer({ min: 0, max: 30 }),
  added: fc.array(fc.tuple(side, side), { maxLength: 4 }),
  /** Positions among the images of the moment. */
  removed: fc.array(fc.nat(), { maxLength: 3 }),
})

const overlap = (one: Slot, other: Slot): boolean =>
  one.page === other.page &&
  one.x - EXTRUDED < other.x + other.width + EXTRUDED &&
  other.x - EXTRUDED < one.x + one.width + EXTRUDED &&
  one.y - EXTRUDED < other.y + other.height + EXTRUDED &&
  other.y - EXTRUDED < one.y + one.height + EXTRUDED

describe.each([
  ['a grid', GRID],
  ['packed boxes', PACKED],
])('places in %s', (_, rule) => {
  it('never move or overlap, keep to the page, and are used again after a day at the earliest', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let table = newTable(rule, [], { revision: 1, nowMs: START_MS })
        let nowMs = START_MS
        let last = 0
        let present = new Map<string, Slot>()
        let freed: { slot: Slot; atMs: number }[] = []
        for (const [at, { hours, added, removed }] of steps.entries()) {
          nowMs += hours * HOUR_MS
          const ids = [...present.keys()]
          const gone = new Set(ids.length === 0 ? [] : removed.map((position) => ids[position % ids.length] ?? ''))
          const frames = added.map(([width, height]) => framed(`i${last++}`, width, height))
          const next = changedTable(table, { removed: [...gone], added: frames }, { revision: at + 2, nowMs })
          if (!next) throw new Error('the table was dropped')
          // As a revision stores it.
          table = slotTableSchema.parse(JSON.parse(JSON.stringify(next)))
          const slots = new Map(slotsOf(table).map((slot) => [slot.id, slot]))
          expect([...slots.keys()].sort()).toEqual(
            [...ids.filter((id) => !gone.has(id)), ...frames.map(({ id }) => id)].sort(),
          )
          for (const [id, slot] of present) if (!gone.has(id)) expect(slots.get(id)).toEqual(slot)
          for (const id of gone) freed.push({ slot: present.get(id) ?? { ...NOWHERE, id }, atMs: nowMs })
          freed = freed.filter(({ atMs }) => nowMs - atMs < REUSED_AFTER_MS)
          const all = [...slots.values()]
          for (const [position, one] of all.entries()) {
            expect(Math.min(one.x, one.y)).toBeGreaterThanOrEqual(EXTRUDED)
            expect(Math.max(one.x + one.width, one.y + one.height) + EXTRUDED).toBeLessThanOrEqual(PAGE_SIDE)
            expect(all.slice(position + 1).filter((other) => overlap(one, other))).toEqual([])
            expect(freed.filter(({ slot }) => overlap(one, slot)).map(({ slot }) => slot.id)).toEqual([])
          }
          present = slots
        }
      }),
      { numRuns: 60 },
    )
  })

  it('are used again after a day', () => {
    let table: SlotTable | undefined = newTable(rule, [framed('a'), framed('b')], { revision: 1, nowMs: START_MS })
    const [place] = slotsOf(table)
    table = changedTable(table, { removed: ['a'], added: [] }, { revision: 2, nowMs: START_MS })
    const early = table && changedTable(table, { removed: [], added: [framed('c')] }, at(3, REUSED_AFTER_MS - 1000))
    const late = table && changedTable(table, { removed: [], added: [framed('c')] }, at(3, REUSED_AFTER_MS))
    expect(early && slotsOf(early).find(({ id }) => id === 'c')).not.toMatchObject({ x: place?.x, y: place?.y })
    expect(late && slotsOf(late).find(({ id }) => id === 'c')).toEqual({ ...place, id: 'c' })
  })
})

const NOWHERE = { page: -1, x: 0, y: 0, width: 0, height: 0 }

const at = (revision: number, afterMs: number) => ({ revision, nowMs: START_MS + afterMs })

describe('a slot table', () => {
  it('stays the same object without a change, and is dropped beyond the most slots', () => {
    const table = newTable(GRID, [framed('a')], at(1, 0))
    expect(changedTable(table, { removed: ['b'], added: [framed('a')] }, at(2, 0))).toBe(table)
    const full = newTable(
      GRID,
      Array.from({ length: MAX_SLOTS }, (_, each) => framed(`i${each}`)),
      at(1, 0),
    )
    expect(changedTable(full, { removed: ['i0'], added: [] }, at(2, 0))?.slots).toHaveLength(MAX_SLOTS)
    expect(changedTable(full, { removed: [], added: [framed('more')] }, at(2, 0))).toBeUndefined()
  })

  it('keeps a revision for an hour after it was replaced', () => {
    const first = newTable(GRID, [framed('a')], at(1, 0))
    const second = changedTable(first, { removed: [], added: [framed('b')] }, at(5, 0)) ?? first
    expect([1, 2, 4, 5, 6].map((revision) => isKept(second, revision, START_MS))).toEqual([
      true,
      false,
      false,
      true,
      false,
    ])
    const lastMoment = START_MS + REPLACED_MS
    expect([isKept(second, 1, lastMoment), isKept(second, 5, lastMoment * 2)]).toEqual([true, true])
    expect(isKept(second, 1, lastMoment + 2 * 60_000)).toBe(false)
    const third = changedTable(second, { removed: [], added: [framed('c')] }, at(9, 2 * REPLACED_MS)) ?? second
    expect([1, 5, 9].map((revision) => isKept(third, revision, START_MS + 2 * REPLACED_MS))).toEqual([
      false,
      true,
      true,
    ])
    expect(third.replaced).toHaveLength(1)
  })

  it('fills a page of 1,369 icons, four of them on one of 4096 pixels', () => {
    const table = newTable(
      GRID,
      Array.from({ length: 1370 }, (_, each) => framed(`i${each}`)),
      at(1, 0),
    )
    const small = pagesOf(slotsOf(table), 2048)
    expect(small.map(({ width, height, slots }) => [width, height, slots.length])).toEqual([
      [1998, 1998, 1369],
      [54, 54, 1],
    ])
    const [large, ...more] = pagesOf(slotsOf(table), 4096)
    expect(more).toEqual([])
    expect(large?.slots.at(-1)).toMatchObject({ x: 2048 + EXTRUDED, y: EXTRUDED })
  })
})

describe('a new table', () => {
  it('has the frames in their order, and its revision alone', () => {
    const frames = [framed('b'), framed('a')]
    const empty = { revision: 7, replaced: [], expired: 0, slots: [] }
    expect(newTable(GRID, frames, at(7, 0))).toStrictEqual({ ...empty, rule: GRID, slots: ['b', 'a'] })
    expect(newTable(PACKED, [], at(7, 0))).toStrictEqual({ ...empty, rule: PACKED, free: [] })
    expect(newTable(PACKED, frames, at(7, 0)).slots).toEqual(['b 0 2 2 400 300', 'a 0 406 2 400 300'])
  })
})

describe('the revisions of a table', () => {
  const MINUTE_MS = 60_000
  const adding = (table: SlotTable, revision: number, minutes: number): SlotTable =>
    changedTable(
      table,
      { removed: [], added: [framed(`i${revision}-${minutes}`)] },
      at(revision, minutes * MINUTE_MS),
    ) ?? table
  const minute = (after: number) => START_MS / MINUTE_MS + after
  const history = ({ revision, replaced, expired }: SlotTable) => ({ revision, replaced, expired })

  it('are those of the last hour, the newest one of each minute', () => {
    let table = adding(newTable(GRID, [], at(1, 0)), 2, 0)
    expect(history(table)).toEqual({ revision: 2, replaced: [{ revision: 1, minute: minute(0) }], expired: 0 })
    table = adding(adding(table, 3, 0), 4, 1)
    const [second, third] = [
      { revision: 2, minute: minute(0) },
      { revision: 3, minute: minute(1) },
    ]
    expect(history(table)).toEqual({ revision: 4, replaced: [second, third], expired: 0 })
    table = adding(table, 5, 60)
    const fourth = { revision: 4, minute: minute(60) }
    expect(history(table)).toEqual({ revision: 5, replaced: [second, third, fourth], expired: 0 })
    table = adding(table, 6, 61)
    const fifth = { revision: 5, minute: minute(61) }
    expect(history(table)).toEqual({ revision: 6, replaced: [third, fourth, fifth], expired: 2 })
    table = adding(table, 7, 1000)
    expect(history(table)).toEqual({ revision: 7, replaced: [{ revision: 6, minute: minute(1000) }], expired: 5 })
  })

  it('are one for several changes of a commit', () => {
    const once = adding(newTable(GRID, [], at(1, 0)), 2, 0)
    const twice = adding(once, 2, 1)
    expect(twice.slots).toHaveLength(2)
    expect(history(twice)).toEqual(history(once))
  })

  it('can be requested for an hour, counted from the end of their minute', () => {
    const table = adding(newTable(GRID, [], at(1, 0)), 2, 0)
    const end = START_MS + REPLACED_MS + MINUTE_MS
    expect([isKept(table, 1, end - 1), isKept(table, 1, end)]).toEqual([true, false])
  })
})

describe('a free place of packed boxes', () => {
  /** A table whose places have these sizes, all of them freed. */
  const freed = (...sizes: [width: number, height: number][]): SlotTable => {
    const frames = sizes.map(([width, height], index) => framed(`old${index}`, width, height))
    const table = newTable(PACKED, frames, at(1, 0))
    const removed = frames.map(({ id }) => id)
    return changedTable(table, { removed, added: [] }, at(2, 0)) ?? table
  }
  /** Position of the place that a box gets, a day later. */
  const placeOf = (table: SlotTable, width: number, height: number): number | undefined =>
    changedTable(
      table,
      { removed: [], added: [framed('new', width, height)] },
      at(3, REUSED_AFTER_MS),
    )?.slots.findIndex((slot) => slot.startsWith('new '))

  it('is given to a box that fits in it, the smallest by its area', () => {
    expect(placeOf(freed([40, 100], [60, 60]), 40, 60)).toBe(1)
    expect(placeOf(freed([60, 60], [40, 100]), 40, 60)).toBe(0)
    expect(placeOf(freed([100, 100], [80, 80], [90, 90]), 70, 70)).toBe(1)
    expect(placeOf(freed([60, 60], [60, 60]), 60, 60), 'the first of equal ones').toBe(0)
  })

  it('is not given to a box that is larger in one direction', () => {
    const table = freed([60, 60])
    expect([placeOf(table, 60, 60), placeOf(table, 61, 1), placeOf(table, 1, 61)]).toEqual([0, 1, 1])
  })

  it('has the dimensions of the box from then on', () => {
    const table = changedTable(freed([60, 60]), { removed: [], added: [framed('new', 50, 40)] }, at(3, REUSED_AFTER_MS))
    expect(table?.slots).toEqual(['new 0 2 2 50 40'])
  })
})

describe('a grid of frames that may come back', () => {
  const shown = (table: SlotTable, ids: readonly string[], revision: number, afterMs = 0): SlotTable =>
    followedGrid(
      table,
      ids.map((id) => framed(id)),
      at(revision, afterMs),
    ) ?? table
  const first = newTable(
    GRID,
    [':a', ':b-'].map((id) => framed(id)),
    at(1, 0),
  )
  const since = `-${START_MS / 1000}`

  it('keeps the place of one that is gone, and gives it back', () => {
    const without = shown(first, [':a'], 2)
    expect(without).toMatchObject({ revision: 2, slots: [':a', `${since} :b-`] })
    expect(shown(without, [':a'], 3)).toBe(without)
    expect(shown(without, [':a', ':b-'], 3, 1000)).toMatchObject({ revision: 3, slots: [':a', ':b-'] })
  })

  it('gives it to another one after a day', () => {
    const without = shown(first, [':a'], 2)
    expect(shown(without, [':a', ':c'], 3, REUSED_AFTER_MS - 1000).slots).toEqual([':a', `${since} :b-`, ':c'])
    const taken = shown(without, [':a', ':c'], 3, REUSED_AFTER_MS)
    expect(taken.slots).toEqual([':a', ':c'])
    expect(shown(taken, [':a', ':b-', ':c'], 4, REUSED_AFTER_MS).slots).toEqual([':a', ':c', ':b-'])
  })

  it('stays the same object without a change, and is dropped beyond the most slots', () => {
    expect(shown(first, [':b-', ':a'], 2)).toBe(first)
    const frames = Array.from({ length: MAX_SLOTS }, (_, index) => framed(`:${index}`))
    const nearlyFull = newTable(GRID, frames.slice(1), at(1, 0))
    expect(followedGrid(nearlyFull, frames, at(2, 0))?.slots).toHaveLength(MAX_SLOTS)
    const full = newTable(GRID, frames, at(1, 0))
    expect(followedGrid(full, [...frames, framed(':more')], at(2, 0))).toBeUndefined()
  })
})
