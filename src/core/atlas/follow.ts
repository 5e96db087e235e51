// Slot tables follow the changes of their project, in the same commit.

import { imagesOf } from '../project/image-list.ts'
import type { ProjectState } from '../project/state.ts'
import type { Framed } from './boxes.ts'
import type { At } from './slots.ts'
import { type AddSlots, addedTable, followedTables, type SlotTables } from './tables.ts'

/** Adds a slot table. @param state with all images loaded */
export const addSlots = (state: ProjectState, change: AddSlots, now: string): ProjectState => {
  const atlas = addedTable(state.atlas, change, imagesOf(state.images), atNext(state, now))
  return atlas === state.atlas ? state : { ...state, atlas }
}

/**
 * Gives added images places, and frees those of removed ones. Works on a list whose segments are not loaded.
 *
 * @param state with slot tables
 */
export const followSlots = (
  state: ProjectState & { atlas: SlotTables },
  changes: { removed: readonly string[]; added: readonly Framed[] },
  now: string,
): ProjectState => {
  const atlas = followedTables(state.atlas, changes, atNext(state, now))
  return atlas === state.atlas ? state : { ...state, atlas }
}

/** States of one commit have the revision before it. */
const atNext = ({ revision }: ProjectState, now: string): At => ({ revision: revision + 1, nowMs: Date.parse(now) })
