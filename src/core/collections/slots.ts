// Slot tables of collections: one for each audience, so that neither places nor gaps tell of projects that it may not see.
//
// An audience is all principals that may read every project, each other principal, and the public. A table follows what its
// audience sees, by a commit of the first request that finds a difference. Revisions count the changes of one table.

import { createHash } from 'node:crypto'
import { coverCell } from '../atlas/boxes.ts'
import type { AtlasSize } from '../atlas/size.ts'
import { followedGrid, newTable, type SlotTable } from '../atlas/slots.ts'
import type { SlotTables } from '../atlas/tables.ts'
import { isPublic, type Principal } from '../auth/access.ts'
import type { ReadableState } from '../project/state.ts'

/** Most tables of a collection, and most slots in all of them: each revision contains them. */
const MAX_TABLES = 32
const MAX_SLOTS = 100_000

export interface FollowedTables {
  /** The same object where nothing changed. */
  tables: SlotTables | undefined
  /** The table of the audience. Undefined where there is no room for one more: frames stand in the order of the list. */
  placed: { name: string; table: SlotTable } | undefined
}

interface Following {
  by: Principal
  size: AtlasSize
  /** Projects of the collection that the audience sees, in their order. */
  visible: readonly ReadableState[]
  nowMs: number
  /** Sizes that the server has. Where there is no room, tables of others go: of presets that were removed. @default all */
  sizes?: readonly string[]
}

export const followCovers = (
  tables: SlotTables | undefined,
  { by, size, visible, nowMs, sizes }: Following,
): FollowedTables => {
  const [own, open] = [tableName(size, audienceOf(by)), tableName(size, PUBLIC)]
  // A principal that has seen no private project sees what all see, and keeps its own table once it has.
  const name = tables?.[own] || !visible.every(isPublic) ? own : open
  const before = tables?.[name]
  const all = Object.entries(tables ?? {}).filter(([each]) => firstWord(each) !== firstWord(name))
  // Frames that were seen before stay where they are.
  const basis = before ?? tables?.[open]
  const table = followed(basis, size, visible, nowMs)
  if (table === before) return { tables, placed: { name, table } }
  const isFull = (others: typeof all) =>
    others.length >= MAX_TABLES ||
    others.reduce((sum, [, each]) => sum + each.slots.length, table.slots.length) > MAX_SLOTS
  const others = sizes && isFull(all) ? all.filter(([each]) => sizes.includes(each.split('@')[0] ?? '')) : all
  if (isFull(others)) return { tables, placed: undefined }
  return { tables: { ...Object.fromEntries(others), [name]: table }, placed: { name, table } }
}

/** A table of too many slots begins anew. */
const followed = (
  table: SlotTable | undefined,
  { coverRule }: AtlasSize,
  visible: readonly ReadableState[],
  nowMs: number,
): SlotTable => {
  const frames = visible.map(({ project_id: id }) => coverCell(id))
  if (!table) return newTable(coverRule, frames, { revision: 1, nowMs })
  const at = { revision: table.revision + 1, nowMs }
  return followedGrid(table, frames, at) ?? newTable(coverRule, frames, at)
}

const PUBLIC = 'public'

const audienceOf = (by: Principal): string => {
  switch (by.kind) {
    case 'anonymous':
      return PUBLIC
    case 'unrestricted':
      return 'all'
    case 'key':
      return by.projects === undefined ? 'all' : shortHash(`key ${by.id}`)
    case 'user':
      return shortHash(`user ${by.id}`)
  }
}

/** The first word names size and audience, the rest what decides the cells: of a preset that was redefined. */
const tableName = ({ table }: AtlasSize, audience: string): string => {
  const [size, ...rest] = table.split(' ')
  return [`${size}@${audience}`, ...rest].join(' ')
}

const firstWord = (name: string): string => name.split(' ')[0] ?? ''

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
