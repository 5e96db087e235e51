// Slot table: the places of the frames of one atlas. A frame keeps its place for as long as its image is there.
//
// The table is part of the revisions of its project, so that all processes agree on it, also after a crash. Images that are
// added take a place that was freed a day ago or longer, else a new one behind all others; nothing else ever moves.

import { z } from 'zod'
import type { BoxRule, Framed } from './boxes.ts'
import { boxOf, boxRuleSchema } from './boxes.ts'
import { addBox, type PackedPages } from './packing.ts'

/** Side of a page of slots, in pixels. A page of 4096 shows four of them. */
export const PAGE_SIDE = 2048

/** Pixels of each edge that are repeated around a frame, so that its neighbours do not bleed into it when it is scaled. */
export const EXTRUDED = 2

/** Time after which a freed place is used again, in milliseconds. */
export const REUSED_AFTER_MS = 24 * 3_600_000

/** Time for which pages of an earlier table can still be requested, in milliseconds. */
export const REPLACED_MS = 3_600_000

/** Most slots of a table: revisions contain them. A table that would have more is dropped. */
export const MAX_SLOTS = 20_000

const MINUTE_MS = 60_000

const count = z.int().min(0)

export const slotTableSchema = z.object({
  rule: boxRuleSchema,
  /** Revision of the project that changed the table last. */
  revision: count,
  /** Revisions that were replaced in the last hour, oldest first: the newest one of each minute. */
  replaced: z.array(z.object({ revision: count, minute: count })),
  /** Newest revision that was replaced before that. */
  expired: count,
  /**
   * One text for each place: the id in it, or `-` and the time at which it was freed, in seconds since 1970. In packed
   * tables the place follows: page, left, top, width, height; in grids the id that was in a free place and may come back.
   */
  slots: z.array(z.string()),
  /** Of packed tables: the free rectangles of each page, as left, top, width, height. */
  free: z.array(z.array(z.array(count))).optional(),
})

export type SlotTable = z.infer<typeof slotTableSchema>

/** A place of a frame, without the pixels around it. */
export interface Slot {
  id: string
  page: number
  x: number
  y: number
  width: number
  height: number
}

/** Revision and time of a change. */
export interface At {
  revision: number
  /** Milliseconds since 1970. */
  nowMs: number
}

/** A table of frames in their order, for a change or for a list without a state. */
export const newTable = (rule: BoxRule, frames: readonly Framed[], at: At): SlotTable => {
  let table: SlotTable = { rule, revision: at.revision, replaced: [], expired: 0, slots: [] }
  if (rule.kind === 'packed') table.free = []
  const slots: string[] = []
  for (const frame of frames) {
    if (rule.kind === 'grid') slots.push(frame.id)
    else table = appended(table, frame)
  }
  return rule.kind === 'grid' ? { ...table, slots } : table
}

/**
 * The table after frames were removed and others added; the same object where nothing changed. Undefined where it would
 * have more than {@link MAX_SLOTS}.
 */
export const changedTable = (
  table: SlotTable,
  { removed, added }: { removed: readonly string[]; added: readonly Framed[] },
  at: At,
): SlotTable | undefined => {
  let next = table
  const gone = new Set(removed)
  if (gone.size > 0 && table.slots.some((slot) => gone.has(idOf(slot)))) {
    const freed = `-${Math.floor(at.nowMs / 1000)}`
    const free = (slot: string) => (gone.has(idOf(slot)) ? [freed, ...slot.split(' ').slice(1)].join(' ') : slot)
    next = { ...next, slots: next.slots.map(free) }
  }
  const known = added.length > 0 ? new Set(next.slots.map(idOf)) : undefined
  for (const frame of added) if (!known?.has(frame.id)) next = placed(next, frame, at.nowMs)
  if (next === table) return table
  return next.slots.length > MAX_SLOTS ? undefined : { ...next, ...replacing(table, at) }
}

/**
 * The table of a grid for frames that may come back: each keeps the place that it had, as long as no other one has it.
 * The same object where nothing changed. Undefined as of {@link changedTable}.
 *
 * @param frames all that are there
 */
export const followedGrid = (table: SlotTable, frames: readonly Framed[], at: At): SlotTable | undefined => {
  const present = new Set(frames.map(({ id }) => id))
  const freed = `-${Math.floor(at.nowMs / 1000)}`
  const slots = table.slots.map((text) => {
    const last = text.startsWith('-') ? text.split(' ')[1] : text
    if (last === undefined || text.startsWith('-') === !present.has(last)) return text
    return present.has(last) ? last : `${freed} ${last}`
  })
  let next = slots.every((text, index) => text === table.slots[index]) ? table : { ...table, slots }
  const known = new Set(slots)
  for (const frame of frames) if (!known.has(frame.id)) next = placed(next, frame, at.nowMs)
  if (next === table) return table
  return next.slots.length > MAX_SLOTS ? undefined : { ...next, ...replacing(table, at) }
}

/** The occupied places. @param pageSide side of the pages that they are shown on */
export const slotsOf = (table: SlotTable): Slot[] => {
  const { rule } = table
  const slots: Slot[] = []
  for (const [at, text] of table.slots.entries()) {
    if (text.startsWith('-')) continue
    if (rule.kind === 'grid') slots.push({ id: text, ...cellAt(rule, at) })
    else {
      const [id = '', ...numbers] = text.split(' ')
      const [page = 0, x = 0, y = 0, width = 0, height = 0] = numbers.map(Number)
      slots.push({ id, page, x, y, width, height })
    }
  }
  return slots
}

/** True where the pages of this revision of the table may be requested: the current one, and those of the last hour. */
export const isKept = (table: SlotTable, revision: number, nowMs: number): boolean => {
  if (revision === table.revision) return true
  if (revision <= table.expired) return false
  const replaced = table.replaced.find((each) => each.revision >= revision)
  return replaced !== undefined && nowMs - replaced.minute * MINUTE_MS < REPLACED_MS + MINUTE_MS
}

const idOf = (slot: string): string => {
  const end = slot.indexOf(' ')
  return end < 0 ? slot : slot.slice(0, end)
}

const cellAt = ({ width, height }: { width: number; height: number }, at: number): Omit<Slot, 'id'> => {
  const [columns, rows] = [width, height].map((side) => Math.floor(PAGE_SIDE / (side + 2 * EXTRUDED))) as [
    number,
    number,
  ]
  const inPage = at % (columns * rows)
  return {
    page: Math.floor(at / (columns * rows)),
    x: (inPage % columns) * (width + 2 * EXTRUDED) + EXTRUDED,
    y: Math.floor(inPage / columns) * (height + 2 * EXTRUDED) + EXTRUDED,
    width,
    height,
  }
}

const placed = (table: SlotTable, frame: Framed, nowMs: number): SlotTable => {
  const at = reusable(table, frame, nowMs)
  if (at === undefined) return appended(table, frame)
  if (table.rule.kind === 'grid') return { ...table, slots: table.slots.with(at, frame.id) }
  const place = table.slots[at]?.split(' ').slice(1) ?? []
  const { width, height } = boxOf(table.rule, frame)
  place.splice(3, 2, String(width), String(height))
  return { ...table, slots: table.slots.with(at, [frame.id, ...place].join(' ')) }
}

/** The first place that is free for long enough; of packed ones, the smallest that the frame fits in. */
const reusable = ({ rule, slots }: SlotTable, frame: Framed, nowMs: number): number | undefined => {
  const isFree = (slot: string) => slot.startsWith('-') && nowMs - Number(idOf(slot).slice(1)) * 1000 >= REUSED_AFTER_MS
  if (rule.kind === 'grid') {
    const found = slots.findIndex(isFree)
    return found < 0 ? undefined : found
  }
  const box = boxOf(rule, frame)
  let best: { at: number; area: number } | undefined
  for (const [at, slot] of slots.entries()) {
    if (!isFree(slot)) continue
    const [width = 0, height = 0] = slot.split(' ').slice(4).map(Number)
    if (width < box.width || height < box.height) continue
    if (!best || width * height < best.area) best = { at, area: width * height }
  }
  return best?.at
}

const appended = (table: SlotTable, frame: Framed): SlotTable => {
  if (table.rule.kind === 'grid') return { ...table, slots: [...table.slots, frame.id] }
  const box = boxOf(table.rule, frame)
  const pages: PackedPages = table.free ?? []
  const outer = { width: box.width + 2 * EXTRUDED, height: box.height + 2 * EXTRUDED }
  const { page, left, top, free } = addBox(pages, outer, PAGE_SIDE)
  const place = [page, left + EXTRUDED, top + EXTRUDED, box.width, box.height]
  return { ...table, slots: [...table.slots, [frame.id, ...place].join(' ')], free }
}

/** Records that the present revision of a table is replaced. */
const replacing = (
  { revision: before, replaced, expired }: SlotTable,
  { revision, nowMs }: At,
): Partial<Pick<SlotTable, 'revision' | 'replaced' | 'expired'>> => {
  // Several changes of one commit.
  if (before === revision) return {}
  const minute = Math.floor(nowMs / MINUTE_MS)
  const isOld = (each: { minute: number }) => (minute - each.minute) * MINUTE_MS > REPLACED_MS
  const recent = replaced.filter((each) => !isOld(each) && each.minute !== minute)
  const old = replaced.filter(isOld)
  return {
    revision,
    replaced: [...recent, { revision: before, minute }],
    expired: Math.max(expired, ...old.map((each) => each.revision)),
  }
}
