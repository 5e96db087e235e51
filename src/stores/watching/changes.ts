// Changes after a position, read from the stored revisions and the changes of pruned ones, and shared by all watchers.

import { LRUCache } from 'lru-cache'
import { createBoundedMap } from '../../core/bounded-map.ts'
import { type ListedEntry, listedOf, type Revision } from '../history/revision.ts'
import type { ListedRevision, ProjectChanges } from '../watch.ts'

export interface ChangesOptions {
  /** The newest revision; undefined where the project never existed. */
  read(projectId: string): Promise<Revision | undefined>
  /** A revision that is stored; undefined where it is gone or damaged. */
  readRevision(projectId: string, number: number): Promise<ListedEntry | undefined>
  /** Kept changes of a pruned revision and of its neighbours; none where there are none. */
  readKept(projectId: string, number: number): Promise<readonly ListedEntry[]>
  /** Makes the revisions of other processes durable. */
  secure(projectId: string): Promise<void>
  /** Newest revisions that always stay. */
  minRevisions: number
  /** Revisions that are read at once, where each read waits for an answer. @default 1 */
  readAtOnce?: number
  /** Memory for lists of events, in bytes. @default 4 MiB */
  maxBytes?: number
}

export interface Changes {
  /**
   * Reads the changes after a position, undefined where there are none. Of many, the first part: the rest follows its
   * revision.
   *
   * @param position undefined where it is unknown, which gives a `reset`
   * @throws TintypeError `project_damaged`; errors of the medium
   */
  after(projectId: string, position: number | undefined): Promise<ProjectChanges | undefined>
  /** Keeps a durable revision of this process in memory. */
  committed(revision: Revision): void
}

/** Revisions in one delivery. */
const MOST_REVISIONS = 64

/** Approximate memory of an entry and of one of its events, in bytes. */
const ENTRY_BYTES = 500
const EVENT_BYTES = 200

export const createChanges = (options: ChangesOptions): Changes => {
  const { secure, minRevisions, readAtOnce = 1, maxBytes } = options
  const entries = new LRUCache<string, ListedEntry>({
    maxSize: maxBytes ?? 4 * 2 ** 20,
    sizeCalculation: ({ events }) => ENTRY_BYTES + (events?.length ?? 0) * EVENT_BYTES,
  })
  /** By project: the newest revision known to be durable. */
  const durable = createBoundedMap<number>(10_000)

  const readKept = async (projectId: string, number: number): Promise<ListedEntry | undefined> => {
    let found: ListedEntry | undefined
    for (const entry of await options.readKept(projectId, number)) {
      entries.set(`${projectId}/${entry.revision}`, entry)
      if (entry.revision === number) found = entry
    }
    return found
  }

  const readRevision = async (projectId: string, number: number): Promise<ListedEntry | undefined> => {
    const entry = await options.readRevision(projectId, number)
    if (entry?.projectId !== projectId || entry.revision !== number) return undefined
    entries.set(`${projectId}/${number}`, entry)
    return entry
  }

  /**
   * Undefined where the revision is gone or damaged. Kept changes first: they are of the history for certain. Again last:
   * the revision may be pruned in between.
   */
  const read = async (projectId: string, number: number, newest: number): Promise<ListedEntry | undefined> => {
    const known = entries.get(`${projectId}/${number}`)
    if (known) return known
    const mayBePruned = number <= newest - minRevisions
    return (
      (mayBePruned ? await readKept(projectId, number) : undefined) ??
      (await readRevision(projectId, number)) ??
      (await readKept(projectId, number))
    )
  }

  /**
   * Events of the revisions from `first` to `last`, undefined where one is unknown. A stopped writer can have reused a
   * pruned number: its file is not part of the history, and its successor does not name its commit.
   */
  const listed = async (head: Revision, first: number, last: number): Promise<ListedRevision[] | undefined> => {
    const { project_id: projectId, revision: newest } = head.state
    const revisions: ListedRevision[] = []
    let before: ListedEntry | undefined
    let ahead: (ListedEntry | undefined)[] = []
    for (let number = first; number <= Math.min(last + 1, newest); number++) {
      if (ahead.length === 0) {
        const numbers = Array.from({ length: Math.min(readAtOnce, newest + 1 - number) }, (_, at) => number + at)
        ahead = await Promise.all(
          numbers.map((each) => (each === newest ? listedOf(head) : read(projectId, each, newest))),
        )
      }
      const entry = ahead.shift()
      if (!entry || (before && before.commit !== entry.previousCommit)) return undefined
      before = entry
      if (number > last) break
      if (!entry.events) return undefined
      revisions.push({ revision: number, at: entry.at, events: entry.events })
    }
    return revisions
  }

  return {
    async after(projectId, position) {
      const head = await options.read(projectId)
      const newest = head?.state.revision ?? 0
      if (newest === position) return undefined
      const reset = { projectId, revision: newest, reset: true, revisions: [] }
      if (!head) return reset
      // Another process may not have synced it yet, and a power cut would undo a delivered change.
      if ((durable.get(projectId) ?? 0) < newest) {
        await secure(projectId)
        durable.set(projectId, newest)
      }
      if (position === undefined || position > newest) return reset
      const last = Math.min(position + MOST_REVISIONS, newest)
      const revisions = await listed(head, position + 1, last)
      return revisions ? { projectId, revision: last, reset: false, revisions } : reset
    },

    committed(revision) {
      const { project_id, revision: number } = revision.state
      entries.set(`${project_id}/${number}`, listedOf(revision))
      durable.set(project_id, number)
    },
  }
}
