// Reads projects into entries of the catalogue, and checks all of them against the store.

import { setImmediate } from 'node:timers/promises'
import { accessOf, type GuardedProject } from '../../core/auth/access.ts'
import { createBoundedMap } from '../../core/bounded-map.ts'
import { isDamage } from '../../core/errors.ts'
import type { Project } from '../../core/project/model.ts'
import { tagKey } from '../../core/project-query.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Store } from '../store.ts'
import type { Entries } from './entries.ts'
import { NO_REVISIONS, type ProjectFolders, UNSETTLED } from './folders.ts'

/** What an entry is made from. */
export type CataloguedState = GuardedProject & Pick<Project, 'title' | 'tags' | 'created_at' | 'updated_at'>

export interface ReaderOptions {
  folders: ProjectFolders
  store: Pick<Store, 'project'>
  entries: Entries
  /** Ends checks under way. */
  signal: AbortSignal
  log: Logger
}

export interface Reader {
  /** Sets the entry of a project that this process has changed. @param state undefined where it was deleted */
  committed(projectId: string, state: CataloguedState | undefined): void
  /** Sets the time of a project's newest commit where it is later than the known one. Nothing else has changed. */
  touched(projectId: string, updatedMs: number): void
  /** Reads projects, some at once. @throws errors of the store, but for damaged projects */
  read(ids: readonly string[]): Promise<void>
  /**
   * Compares every project with its entry, and reads those that differ: 250,000 comparisons or 3,000 reads a second.
   *
   * @param onPassed called in the order of ids with the last one that was compared
   * @throws errors of the store
   */
  check(options: { isNewOnly: boolean; onPassed(id: string): void }): Promise<void>
  /** True where a project was made or removed since the last check, as far as the folder's time tells. */
  hasNew(): boolean
  /** Damaged projects that may have been repaired. */
  repaired(): string[]
  /** Counts changes of entries. */
  changes(): number
}

/** Projects read at once, each with an open file. */
const READ_AT_ONCE = 16
/** Projects compared in one turn of the event loop: about a millisecond. */
const COMPARED_AT_ONCE = 200
/** Damaged projects that are looked at for a repair. */
const MAX_DAMAGED = 100
/** Access to a damaged project without an entry: for lists of all projects, which report it. */
const UNREADABLE: CataloguedState = {
  project_id: '',
  visibility: 'private',
  title: null,
  created_at: new Date(0).toISOString(),
  updated_at: new Date(0).toISOString(),
}

export const createReader = ({ folders, store, entries, signal, log }: ReaderOptions): Reader => {
  /** Damaged projects, with the stamp of their failed read. */
  const damaged = createBoundedMap<number>(MAX_DAMAGED)
  /** By project: number of its last commit of this process, of those that a read can have been under way with. */
  const commits = createBoundedMap<number>(10_000)
  let commitCount = 0
  let changeCount = 0

  const set = (id: string, stamp: number, state: CataloguedState | undefined): void => {
    entries.set({
      id,
      title: state?.title ?? undefined,
      createdMs: state ? Date.parse(state.created_at) : 0,
      updatedMs: state ? Date.parse(state.updated_at) : 0,
      stamp,
      access: state && accessOf(state),
      tags: (state?.tags ?? []).map(tagKey),
    })
    changeCount++
  }

  const remove = (projectId: string): void => {
    entries.delete(projectId)
    changeCount++
  }

  const readOne = async (projectId: string): Promise<void> => {
    for (;;) {
      const before = commitCount
      const stamp = folders.stamp(projectId)
      const found = await store.project(projectId).then(
        (state) => ({ state }),
        (error: unknown) => ({ error }),
      )
      // A commit of this process has set the entry meanwhile.
      if ((commits.get(projectId) ?? 0) > before) continue
      damaged.delete(projectId)
      if ('state' in found) {
        const isGone = stamp === NO_REVISIONS && folders.isGone(projectId)
        return isGone ? remove(projectId) : set(projectId, stamp, found.state)
      }
      if (!isDamage(found.error)) throw found.error
      damaged.set(projectId, stamp)
      // An entry that it has stays: lists find the damage, and log it.
      if (!entries.get(projectId)) set(projectId, UNSETTLED, UNREADABLE)
      log.debug({ error: found.error, projectId }, 'damaged project; keeping what the catalogue knows of it')
      return
    }
  }

  const read = async (ids: readonly string[]): Promise<void> => {
    for (let at = 0; at < ids.length && !signal.aborted; at += READ_AT_ONCE) {
      await Promise.all(ids.slice(at, at + READ_AT_ONCE).map(readOne))
      await setImmediate()
    }
  }

  const differs = (id: string, isNewOnly: boolean): boolean => {
    const known = entries.get(id)
    return !known || (!isNewOnly && (known.stamp === UNSETTLED || known.stamp !== folders.stamp(id)))
  }

  return {
    read,

    committed(projectId, state) {
      commits.set(projectId, ++commitCount)
      set(projectId, UNSETTLED, state)
    },

    touched(projectId, updatedMs) {
      const entry = entries.get(projectId)
      if (!entry?.access || entry.updatedMs >= updatedMs) return
      commits.set(projectId, ++commitCount)
      // Not counted: the stored index is not written for it, since the time of the folder tells the next start.
      entries.set({ ...entry, updatedMs, stamp: UNSETTLED })
    },

    async check({ isNewOnly, onPassed }) {
      const ids = await folders.ids()
      const present = new Set(ids)
      await read([...entries.all()].flatMap(({ id }) => (present.has(id) ? [] : [id])))
      for (let at = 0; at < ids.length && !signal.aborted; at += COMPARED_AT_ONCE) {
        const part = ids.slice(at, at + COMPARED_AT_ONCE)
        await read(part.filter((id) => differs(id, isNewOnly)))
        onPassed(part.at(-1) ?? '')
        await setImmediate()
      }
      folders.compared()
    },

    hasNew: folders.hasNew,

    repaired: () => [...damaged.entries()].flatMap(([id, stamp]) => (folders.stamp(id) === stamp ? [] : [id])),

    changes: () => changeCount,
  }
}
