// Slot tables of a project: made by the first request for an atlas, and kept in step with its images by every change.

import type { ImageRecord } from '../project/model.ts'
import type { BoxRule, Framed } from './boxes.ts'
import { type At, changedTable, MAX_SLOTS, newTable, type SlotTable } from './slots.ts'

/** Slot tables by their names: of `game`, `thumb` and presets. */
export type SlotTables = Readonly<Record<string, SlotTable>>

/** Most tables of a project: each revision contains them. Further atlases are laid out by the order of the images. */
export const MAX_TABLES = 8

/** Makes a slot table from all images, in their order. Changes nothing where there is one of this name. */
export interface AddSlots {
  type: 'add_slots'
  /** Name of the table. Its first word names a size or preset, of which a project has one table. */
  name: string
  rule: BoxRule
}

/** True where there may be a table of this name, beside the others. */
export const hasRoomFor = (tables: SlotTables | undefined, name: string, images: number): boolean =>
  images <= MAX_SLOTS && Object.keys(withoutSize(tables, name)).length < MAX_TABLES

export const addedTable = (
  tables: SlotTables | undefined,
  { name, rule }: AddSlots,
  images: readonly ImageRecord[],
  at: At,
): SlotTables | undefined => {
  if (tables?.[name] || !hasRoomFor(tables, name, images.length)) return tables
  return { ...withoutSize(tables, name), [name]: newTable(rule, images, at) }
}

/** The tables after images were removed and added; the same object where nothing changed, undefined where none is left. */
export const followedTables = (
  tables: SlotTables,
  changes: { removed: readonly string[]; added: readonly Framed[] },
  at: At,
): SlotTables | undefined => {
  if (changes.removed.length === 0 && changes.added.length === 0) return tables
  const next: Record<string, SlotTable> = {}
  for (const [name, table] of Object.entries(tables)) {
    const changed = changedTable(table, changes, at)
    if (changed) next[name] = changed
  }
  return Object.keys(next).length > 0 ? next : undefined
}

/** The tables of other sizes: a preset that was redefined has a table of another name. */
const withoutSize = (tables: SlotTables = {}, name: string): SlotTables => {
  const size = name.split(' ')[0]
  return Object.fromEntries(Object.entries(tables).filter(([each]) => each.split(' ')[0] !== size))
}
