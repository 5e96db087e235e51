// Lists of the catalogue: waits for the first check of the store, and walks long lists in short turns of the event loop.

import { setImmediate } from 'node:timers/promises'
import type { Principal } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { isFiltered, type Position } from '../../core/project-query.ts'
import type { CataloguePage } from './catalogue.ts'
import type { Entries } from './entries.ts'

export interface Lists {
  /** See {@link Catalogue.list}. */
  list(by: Principal, page: CataloguePage): Promise<Position[]>
  /** Reports that a check has come as far as an id, in order. */
  passed(id: string): void
  /** Reports a check of all projects. */
  completed(): void
  failed(error: unknown): void
  /** True after the first complete check. */
  isComplete(): boolean
}

/** Longest wait for the whole check, in milliseconds: that of a large store takes longer than a person waits. */
const WHOLE_WAIT_MS = 1000

const BEING_MADE = 'The list of projects is being made after the start of the server; retry in a moment.'

export const createLists = ({ entries, waitMs }: { entries: Entries; waitMs: number }): Lists => {
  const progress = createProgress()
  /** The last id that the first check has passed; true once it is complete. */
  let checked: string | true = ''
  let failure: unknown

  /** True where the first check has passed a page. */
  const isChecked = (found: readonly Position[], page: CataloguePage): boolean => {
    if (checked === true) return true
    return !isWholeNeeded(page) && found.length === page.limit && (found.at(-1)?.id ?? '') <= checked
  }

  const walk = async (by: Principal, page: CataloguePage): Promise<Position[]> => {
    const found: Position[] = []
    for (let after = page.after; ; ) {
      const turn = entries.list(by, { ...page, after, limit: page.limit - found.length })
      found.push(...turn.found)
      if (!turn.rest) return found
      after = turn.rest
      await setImmediate()
    }
  }

  return {
    async list(by, page) {
      const isWhole = isWholeNeeded(page)
      const isHurried = isWhole && page.isPatient !== true
      const deadline = AbortSignal.timeout(isHurried ? Math.min(waitMs, WHOLE_WAIT_MS) : waitMs)
      for (;;) {
        if (!isWhole || checked === true) {
          const found = await walk(by, page)
          if (isChecked(found, page)) return found
        }
        if (failure !== undefined) throw failure
        if (deadline.aborted) throw new TintypeError('busy', BEING_MADE, { retryAfterSeconds: 1 })
        await progress.next(deadline)
      }
    },

    passed(id) {
      if (checked === true) return
      checked = id
      progress.made()
    },

    completed() {
      checked = true
      failure = undefined
      progress.made()
    },

    failed(error) {
      failure = error
      progress.made()
    },

    isComplete: () => checked === true,
  }
}

const isWholeNeeded = (page: CataloguePage): boolean => (page.sort ?? 'id') !== 'id' || isFiltered(page)

const createProgress = () => {
  const waiting = new Set<() => void>()
  const made = (): void => {
    for (const wake of waiting) wake()
  }
  return {
    made,
    /** Resolves at the next progress, or once the signal aborts. */
    next: (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        waiting.add(wake)
        signal.addEventListener('abort', wake)
      }),
  }
}
