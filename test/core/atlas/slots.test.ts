// Slot tables: any history of images that come and go.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BoxRule, Framed } from '../../../src/core/atlas/boxes.ts'
import { pageNameText, parsePageName } from '../../../src/core/atlas/page-name.ts'
import { pagesOf } from '../../../src/core/atlas/pages.ts'
import {
  changedTable,
  EXTRUDED,
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

describe('the name of a page', () => {
  const page = {
    size: 'game',
    side: 2048,
    index: 3,
    revision: 17,
    hash: 'a-b_'.padEnd(22, 'x'),
    format: 'jpeg',
  } as const

  it('is read as it was written, with and without a signature', () => {
    expect(parsePageName(pageNameText(page))).toEqual({ page, signature: undefined })
    const signature = { exp: '1798761600', sig: 's'.repeat(43) }
    expect(parsePageName(pageNameText(page, signature))).toEqual({ page, signature })
  })

  it('has one form', () => {
    const text = pageNameText(page)
    for (const wrong of [
      text.replace('.jpg', '.jpeg'),
      text.replace('.jpg', '.gif'),
      text.replace('2048', '1024'),
      text.replace('.3.', '.03.'),
      text.replace('.17.', '.-1.'),
      `${text}/`,
      text.replace('x.jpg', '.jpg'),
    ])
      expect([wrong, parsePageName(wrong)]).toEqual([wrong, undefined])
  })
})
