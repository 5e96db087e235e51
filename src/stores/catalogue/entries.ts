// Entries of the catalogue, in memory: sorted by id, with the list of each kind of principal. No I/O.

import { LRUCache } from 'lru-cache'
import { decideAccess, type Principal } from '../../core/auth/access.ts'
import { isFiltered, matcherOf, type Position, type ProjectSort, positionOf, tagKey } from '../../core/project-query.ts'
import type { CataloguePage } from './catalogue.ts'
import { createOrders, indexBehind, sortedBy } from './orders.ts'
import { createPacking, type Entry, type Row, unpack } from './rows.ts'

export interface Entries {
  set(entry: Entry): void
  delete(id: string): void
  get(id: string): Entry | undefined
  /** All entries as they are now, in order, those without access too. */
  all(): Iterable<Entry>
  /** Projects that a principal may list, as far as one turn of the event loop takes: 20,000 entries. */
  list(by: Principal, page: CataloguePage): Turn
}

export interface Turn {
  found: Position[]
  /** Position behind which the next turn goes on; undefined at the end, and where the page is full. */
  rest: Position | undefined
}

/** Users whose lists stay in memory; others are found by a search through all entries, 10 ms for 100,000. */
const LISTS_OF_USERS = { max: 200, maxSize: 500_000 }
/** Longest list of a user that is sorted for each page: longer ones are picked out of the order of all projects. */
const SORTED_AT_ONCE = 2000
const WALKED_AT_ONCE = 20_000

export const createEntries = (): Entries => {
  const rows: Row[] = []
  const pack = createPacking()
  const ofUsers = new LRUCache<string, List>({ ...LISTS_OF_USERS, sizeCalculation: ({ ids }) => ids.length + 1 })
  /** Made at the first list without credentials. */
  let ofAnonymous: List | undefined

  const newList = (by: Lister): List => ({ by, ids: rows.flatMap((row) => (isIn(row, by) ? row.id : [])) })

  const listOf = (by: Lister): List => {
    if (by.kind === 'anonymous') {
      ofAnonymous ??= newList(by)
      return ofAnonymous
    }
    const list = ofUsers.get(by.id) ?? newList(by)
    ofUsers.set(by.id, list)
    return list
  }

  /** Updates the lists in memory. Those of users keep the size that they were counted with. */
  const relist = (id: string, before: Row | undefined, after: Row | undefined): void => {
    if (before?.rule === after?.rule && before?.owner === after?.owner) return
    for (const { by, ids } of [...(ofAnonymous ? [ofAnonymous] : []), ...ofUsers.values()]) {
      const [was, is] = [isIn(before, by), isIn(after, by)]
      if (was && !is) ids.splice(indexOf(ids, id), 1)
      if (!was && is) ids.splice(indexOf(ids, id), 0, id)
    }
  }

  const find = (id: string): Row | undefined => {
    const row = rows[indexOf(rows, id)]
    return row?.id === id ? row : undefined
  }

  const orders = createOrders(() => rows, find)

  /** Rows in the order of a page, among them all that the principal may list. */
  const walkOf = (by: Principal, sort: ProjectSort): readonly Row[] => {
    const named = by.kind === 'key' && by.projects ? [...new Set(by.projects)] : undefined
    const ids = named ?? (by.kind === 'user' ? listOf(by).ids : undefined)
    if (ids && (named || ids.length <= SORTED_AT_ONCE)) {
      const own = ids.flatMap((id) => find(id) ?? [])
      return sortedBy(sort, own)
    }
    return sort === 'id' ? rows : orders.sorted(sort)
  }

  const walk = (by: Principal, { sort = 'id', q, tags = [], readableBy, after, limit }: CataloguePage): Turn => {
    const keys = tags.map(tagKey)
    const isTagged = (row: Row) => keys.every((key) => row.tags.includes(key))
    const matches = q === undefined ? () => true : matcherOf(q)
    const sorted = walkOf(by, sort)
    const found: Position[] = []
    let at = after === undefined ? 0 : indexBehind(sort, sorted, after)
    const end = Math.min(sorted.length, at + WALKED_AT_ONCE)
    for (; at < end && found.length < limit; at++) {
      const row = sorted[at]
      if (row && isTagged(row) && isIn(row, by) && isReadable(row, readableBy) && matches(row))
        found.push(positionOf(sort, unpack(row)))
    }
    const last = sorted[at - 1]
    const isOpen = found.length < limit && at < sorted.length
    return { found, rest: isOpen && last ? positionOf(sort, unpack(last)) : undefined }
  }

  return {
    get(id) {
      const row = find(id)
      return row && unpack(row)
    },

    all: () => entriesOf(rows.slice()),

    set(entry) {
      const at = indexOf(rows, entry.id)
      const known = rows[at]?.id === entry.id ? rows[at] : undefined
      const row = pack(entry)
      orders.changing(row.id, known)
      relist(row.id, known, row)
      rows.splice(at, known ? 1 : 0, row)
    },

    delete(id) {
      const row = find(id)
      if (!row) return
      orders.changing(id, row)
      relist(id, row, undefined)
      rows.splice(indexOf(rows, id), 1)
    },

    list(by, page) {
      const { sort = 'id', after, limit } = page
      const isSlice = (by.kind === 'anonymous' || by.kind === 'user') && sort === 'id' && !isFiltered(page)
      if (!isSlice) return walk(by, page)
      const { ids } = listOf(by)
      const start = after === undefined ? 0 : indexOf(ids, after.id, true)
      return { found: ids.slice(start, start + limit).map((id) => ({ key: '', id })), rest: undefined }
    },
  }
}

/** Principals whose lists stay in memory. */
type Lister = Extract<Principal, { kind: 'anonymous' | 'user' }>

interface List {
  by: Lister
  /** Sorted. */
  ids: string[]
}

function* entriesOf(rows: readonly Row[]): Generator<Entry> {
  for (const row of rows) yield unpack(row)
}

const isIn = (row: Row | undefined, by: Principal): boolean =>
  row?.rule !== undefined && (by.kind === 'key' || decideAccess(by, 'list', row.id, unpack(row).access) === 'allowed')

const isReadable = (row: Row, by: Principal | undefined): boolean =>
  by === undefined || decideAccess(by, 'read', row.id, unpack(row).access) === 'allowed'

/** Index of an id, or of the first one behind its place; with `isBehind` of the first one behind it in every case. */
const indexOf = (sorted: readonly (string | Row)[], id: string, isBehind = false): number => {
  const last = sorted.at(-1)
  if (last === undefined || idOf(last) < id) return sorted.length
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = idOf(sorted[middle] ?? '')
    if (other < id || (other === id && isBehind)) low = middle + 1
    else high = middle
  }
  return low
}

const idOf = (row: string | Row): string => (typeof row === 'string' ? row : row.id)
