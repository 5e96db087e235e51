// The selection of images: one, several, a range, all.

import { type ReadonlySignal, signal } from '@preact/signals'

export interface Selection {
  ids: ReadonlySignal<ReadonlySet<string>>
  /** Adds or removes one, which ranges begin at from then on. */
  toggle(id: string): void
  /** Adds all from the last toggled one to this one. @param order ids as they are shown */
  extend(id: string, order: readonly string[]): void
  set(ids: Iterable<string>): void
  clear(): void
  /** Removes those that are not there any more. */
  keep(ids: ReadonlySet<string>): void
}

export const createSelection = (): Selection => {
  const ids = signal<ReadonlySet<string>>(new Set())
  let anchor: string | undefined
  const set = (chosen: Iterable<string>): void => {
    ids.value = new Set(chosen)
  }
  const toggle = (id: string): void => {
    anchor = id
    const chosen = new Set(ids.value)
    if (!chosen.delete(id)) chosen.add(id)
    ids.value = chosen
  }
  return {
    ids,
    set,
    toggle,

    extend(id, order) {
      const from = anchor === undefined ? -1 : order.indexOf(anchor)
      const to = order.indexOf(id)
      if (from < 0 || to < 0) return toggle(id)
      set([...ids.value, ...order.slice(Math.min(from, to), Math.max(from, to) + 1)])
    },

    clear() {
      anchor = undefined
      if (ids.value.size > 0) set([])
    },

    keep(present) {
      const kept = [...ids.value].filter((id) => present.has(id))
      if (kept.length < ids.value.size) set(kept)
    },
  }
}
