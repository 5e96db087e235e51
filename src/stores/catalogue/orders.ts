// Orders of the catalogue: all listed projects sorted by a key, for lists of many. No I/O.
//
// An order is sorted at its first use, some tenths of a second for 100,000 projects. Changes are remembered, and merged into
// it at its next use in one pass.

import { comparePositions, type Position, type ProjectSort, positionOf } from '../../core/project-query.ts'
import { type Row, unpack } from './rows.ts'

export interface Orders {
  /** Reports that an row is replaced, made or removed. Call it before. */
  changing(id: string, before: Row | undefined): void
  /** All rows with access in an order. Valid until the next change. */
  sorted(sort: ProjectSort): readonly Row[]
}

/** Changes from which an order is sorted anew: this many, and a quarter of its rows. */
const MANY_CHANGES = 1000

interface Order {
  rows: Row[]
  /** Entries as `rows` has them, by the id of a changed project; undefined for one that it does not have. */
  changed: Map<string, Row | undefined>
}

export const createOrders = (all: () => readonly Row[], find: (id: string) => Row | undefined): Orders => {
  const orders = new Map<ProjectSort, Order>()

  return {
    changing(id, before) {
      for (const [sort, { rows, changed }] of orders) {
        if (!changed.has(id)) changed.set(id, isListed(before) ? before : undefined)
        if (changed.size > Math.max(MANY_CHANGES, rows.length / 4)) orders.delete(sort)
      }
    },

    sorted(sort) {
      const order = orders.get(sort) ?? { rows: sortedBy(sort, all().filter(isListed)), changed: new Map() }
      orders.set(sort, order)
      if (order.changed.size > 0) {
        const added = [...order.changed.keys()].flatMap((id) => find(id) ?? []).filter(isListed)
        const removed = [...order.changed.values()].flatMap((row) => row ?? [])
        order.rows = merged(sort, order.rows, removed, added)
        order.changed.clear()
      }
      return order.rows
    },
  }
}

const isListed = (row: Row | undefined): boolean => row?.rule !== undefined

/** A copy that is sorted. Each key is made once. */
export const sortedBy = (sort: ProjectSort, rows: readonly Row[]): Row[] =>
  rows
    .map((row) => ({ ...positionOf(sort, unpack(row)), row }))
    .sort(comparePositions)
    .map(({ row }) => row)

/** Index of the first row behind a position. */
export const indexBehind = (sort: ProjectSort, sorted: readonly Row[], position: Position): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = sorted[middle]
    if (row && comparePositions(positionOf(sort, unpack(row)), position) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

const merged = (sort: ProjectSort, rows: readonly Row[], removed: readonly Row[], added: readonly Row[]): Row[] => {
  const behind = (row: Row) => indexBehind(sort, rows, positionOf(sort, unpack(row)))
  const gone = removed.map((row) => behind(row) - 1).sort((one, other) => one - other)
  const result: Row[] = []
  let [at, next] = [0, 0]
  const copyTo = (end: number): void => {
    for (; at < end; at++) {
      if (at === gone[next]) next++
      else {
        const row = rows[at]
        if (row) result.push(row)
      }
    }
  }
  for (const row of sortedBy(sort, added)) {
    copyTo(behind(row))
    result.push(row)
  }
  copyTo(rows.length)
  return result
}
