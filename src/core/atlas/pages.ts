// Pages of an atlas: the slots of a table, or frames in their order, on pages of 2048 or 4096 pixels.

import type { BoxRule, Framed } from './boxes.ts'
import type { PageSide } from './formats.ts'
import { EXTRUDED, newTable, PAGE_SIDE, type Slot, slotsOf } from './slots.ts'

export interface PageOfSlots {
  width: number
  height: number
  slots: Slot[]
}

/**
 * The pages of slots, each as large as its frames need. One of 4096 pixels shows four of 2048, so that one table serves
 * both. There is at least one page; one without frames has one pixel.
 */
export const pagesOf = (slots: readonly Slot[], side: PageSide): PageOfSlots[] => {
  const across = side / PAGE_SIDE
  const each = across * across
  const pages: PageOfSlots[] = [{ width: 1, height: 1, slots: [] }]
  for (const slot of slots) {
    const index = Math.floor(slot.page / each)
    const part = slot.page % each
    while (pages.length <= index) pages.push({ width: 1, height: 1, slots: [] })
    const page = pages[index]
    if (!page) continue
    const x = slot.x + (part % across) * PAGE_SIDE
    const y = slot.y + Math.floor(part / across) * PAGE_SIDE
    page.slots.push({ ...slot, page: index, x, y })
    page.width = Math.max(page.width, x + slot.width + EXTRUDED)
    page.height = Math.max(page.height, y + slot.height + EXTRUDED)
  }
  return pages
}

/** Slots of frames by their order, without a table: another list moves them. */
export const slotsInOrder = (rule: BoxRule, frames: readonly Framed[]): Slot[] =>
  slotsOf(newTable(rule, frames, { revision: 0, nowMs: 0 }))
