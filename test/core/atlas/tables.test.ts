// Slot tables of a project: how many there may be, and that they follow its changes.

import { describe, expect, it } from 'vitest'
import { addSlots, followSlots } from '../../../src/core/atlas/follow.ts'
import { MAX_SLOTS, slotsOf } from '../../../src/core/atlas/slots.ts'
import { type AddSlots, addedTable, followedTables, hasRoomFor, MAX_TABLES } from '../../../src/core/atlas/tables.ts'
import { listOf } from '../../../src/core/project/image-list.ts'
import type { ImageRecord } from '../../../src/core/project/model.ts'
import { emptyProject, type ProjectState } from '../../../src/core/project/state.ts'
import { recordOf } from '../../contracts/store.ts'

const NOW = '2026-05-04T09:30:00.000Z'
const AT = { revision: 5, nowMs: Date.parse(NOW) }

const image = (n: number): ImageRecord => recordOf(String(n).padStart(20, '0'))
const [ONE, TWO, THREE] = [image(1), image(2), image(3)]
const NONE = { removed: [], added: [] }

const adding = (name: string): AddSlots => ({ type: 'add_slots', name, rule: { kind: 'grid', width: 50, height: 50 } })

/** Tables of one size each, from the first on. */
const tablesOf = (count: number) =>
  Array.from({ length: count }, (_, at) => `size${at}`).reduce<ReturnType<typeof addedTable>>(
    (tables, name) => addedTable(tables, adding(name), [ONE, TWO], AT),
    undefined,
  ) ?? {}

describe('room for a table', () => {
  it('is for eight sizes', () => {
    expect(hasRoomFor(undefined, 'game', 1)).toBe(true)
    expect(hasRoomFor(tablesOf(MAX_TABLES - 1), 'game', 1)).toBe(true)
    expect(hasRoomFor(tablesOf(MAX_TABLES), 'game', 1)).toBe(false)
  })

  it('is always where the table takes the place of another one of its size', () => {
    expect(hasRoomFor(tablesOf(MAX_TABLES), 'size3', 1)).toBe(true)
    expect(hasRoomFor(tablesOf(MAX_TABLES), 'size3 96x96 cover lanczos3', 1)).toBe(true)
    expect(hasRoomFor(tablesOf(MAX_TABLES), 'size', 1)).toBe(false)
  })

  it('is in place of tables of sizes that the server has no more', () => {
    const sizes = ['game', ...Array.from({ length: MAX_TABLES - 1 }, (_, at) => `size${at}`)]
    expect(hasRoomFor(tablesOf(MAX_TABLES), 'game', 1, sizes)).toBe(true)
    expect(hasRoomFor(tablesOf(MAX_TABLES), 'game', 1, [...sizes, `size${MAX_TABLES - 1}`])).toBe(false)
    const tables = addedTable(tablesOf(MAX_TABLES), { ...adding('game'), sizes }, [ONE], AT)
    expect(Object.keys(tables ?? {}).sort()).toEqual(sizes.toSorted())
    // As long as there is room, they stay: the preset may come back.
    const few = addedTable(tablesOf(2), { ...adding('game'), sizes: ['game'] }, [ONE], AT)
    expect(Object.keys(few ?? {})).toEqual(['size0', 'size1', 'game'])
  })

  it('is for as many images as a table has slots', () => {
    expect(hasRoomFor({}, 'game', MAX_SLOTS)).toBe(true)
    expect(hasRoomFor({}, 'game', MAX_SLOTS + 1)).toBe(false)
  })
})

describe('adding a table', () => {
  it('gives all images places, in their order', () => {
    const tables = addedTable(undefined, adding('game'), [TWO, ONE], AT)
    expect(Object.keys(tables ?? {})).toEqual(['game'])
    expect(tables?.game).toMatchObject({ revision: 5, slots: [TWO.id, ONE.id], expired: 0, replaced: [] })
  })

  it('keeps those of other sizes, and replaces one of its size', () => {
    const before = addedTable(addedTable(undefined, adding('game'), [ONE], AT), adding('card 9x9'), [ONE], AT)
    const tables = addedTable(before, adding('card 8x8'), [ONE, TWO], AT)
    expect(Object.keys(tables ?? {})).toEqual(['game', 'card 8x8'])
    expect(tables?.game).toBe(before?.game)
    expect(tables?.['card 8x8']?.slots).toHaveLength(2)
  })

  it('changes nothing where there is one of this name, or no room', () => {
    const tables = tablesOf(MAX_TABLES)
    expect(addedTable(tables, adding('size0'), [THREE], AT)).toBe(tables)
    expect(addedTable(tables, adding('game'), [ONE], AT)).toBe(tables)
    const many = Array.from({ length: MAX_SLOTS + 1 }, () => ONE)
    expect(addedTable(undefined, adding('game'), many, AT)).toBeUndefined()
  })
})

describe('following a change of the images', () => {
  const tables = tablesOf(2)
  const later = { revision: 6, nowMs: AT.nowMs }

  it('changes every table', () => {
    const followed = followedTables(tables, { removed: [ONE.id], added: [THREE] }, later) ?? {}
    expect(Object.keys(followed)).toEqual(['size0', 'size1'])
    for (const table of Object.values(followed)) {
      expect(slotsOf(table).map(({ id }) => id)).toEqual([TWO.id, THREE.id])
      expect(table.revision).toBe(6)
    }
  })

  it('works for removed images alone, and for added ones alone', () => {
    const slotsAfter = (changes: Parameters<typeof followedTables>[1]) =>
      slotsOf(followedTables(tables, changes, later)?.size0 ?? newTableOfNothing).map(({ id }) => id)
    expect(slotsAfter({ removed: [TWO.id], added: [] })).toEqual([ONE.id])
    expect(slotsAfter({ removed: [], added: [THREE] })).toEqual([ONE.id, TWO.id, THREE.id])
  })

  it('leaves the same object where no image comes or goes', () => {
    expect(followedTables(tables, NONE, later)).toBe(tables)
  })

  it('drops a table that would have too many slots, and all of them where none is left', () => {
    const ids = Array.from({ length: MAX_SLOTS }, (_, at) => `i${at}`)
    const small = tables.size0 ?? newTableOfNothing
    const full = { ...small, slots: ids }
    const followed = followedTables({ small, full }, { removed: [], added: [THREE] }, later)
    expect(Object.keys(followed ?? {})).toEqual(['small'])
    expect(followedTables({ full }, { removed: [], added: [THREE] }, later)).toBeUndefined()
  })
})

const newTableOfNothing = { rule: adding('').rule, revision: 0, replaced: [], expired: 0, slots: [] }

describe('the tables of a project', () => {
  const project: ProjectState = {
    ...emptyProject('shop', NOW),
    ...{ deleted: false, revision: 7, image_count: 2 },
    images: listOf([ONE, TWO]),
  }

  it('are added at the next revision, and the project stays the same object where there is one already', () => {
    const state = addSlots(project, adding('game'), NOW)
    expect(state).toEqual({ ...project, atlas: state.atlas })
    expect(state.atlas?.game).toMatchObject({ revision: 8, slots: [ONE.id, TWO.id] })
    expect(addSlots(state, adding('game'), NOW)).toBe(state)
  })

  it('follow images at the next revision, and the project stays the same object without any', () => {
    const { atlas = {} } = addSlots(project, adding('game'), NOW)
    const before = { ...project, revision: 9, atlas }
    const state = followSlots(before, { removed: [ONE.id], added: [THREE] }, NOW)
    expect(state).toEqual({ ...before, atlas: state.atlas })
    const freed = `-${Date.parse(NOW) / 1000}`
    expect(state.atlas?.game).toMatchObject({ revision: 10, slots: [freed, TWO.id, THREE.id] })
    expect(state.atlas?.game?.replaced).toEqual([{ revision: 8, minute: Date.parse(NOW) / 60_000 }])
    expect(followSlots(before, NONE, NOW)).toBe(before)
  })
})
