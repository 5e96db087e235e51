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
  /** Sizes that the server has. Where there is no room, tables of others go: of presets that were removed. @default all */
  sizes?: readonly string[]
}

/** True where there may be a table of this name, beside the others. */
export const hasRoomFor = (
  tables: SlotTables | undefined,
  name: string,
  images: number,
  sizes?: readonly string[],
): boolean => images <= MAX_SLOTS && Object.keys(othersOf(tables, name, sizes)).length < MAX_TABLES

export const addedTable = (
  tables: SlotTables | undefined,
  { name, rule, sizes }: AddSlots,
  images: readonly ImageRecord[],
  at: At,
): SlotTables | undefined => {
  if (tables?.[name] || !hasRoomFor(tables, name, images.length, sizes)) return tables
  return { ...othersOf(tables, name, sizes), [name]: newTable(rule, images, at) }
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

/** The tables that stay beside that of a name: not one of its size, as a preset that was redefined has another name. */
const othersOf = (tables: SlotTables = {}, name: string, sizes: readonly string[] | undefined): SlotTables => {
  const others = Object.entries(tables).filter(([each]) => sizeOf(each) !== sizeOf(name))
  const isFull = others.length >= MAX_TABLES
  return Object.fromEntries(sizes && isFull ? others.filter(([each]) => sizes.includes(sizeOf(each))) : others)
}

const sizeOf = (name: string): string => name.split(' ')[0] ?? ''
