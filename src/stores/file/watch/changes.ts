// Changes after a position, read from the revisions on disk and shared by all watchers.

import { LRUCache } from 'lru-cache'
import { decodeListed, type ListedEntry, listedOf, type Revision } from '../../history/revision.ts'
import type { ListedRevision, ProjectChanges } from '../../watch.ts'
import type { Heads } from '../commit/heads.ts'
import { codeOf, createSharedSync, readText } from '../fs/durable.ts'
import type { Paths } from '../paths.ts'

export interface ChangesOptions {
  paths: Paths
  heads: Pick<Heads, 'read'>
  /** Memory for lists of events, in bytes. @default 4 MiB */
  maxBytes?: number
}

export interface Changes {
  /**
   * Reads the changes after a position, undefined where there are none. Of many, the first part: the rest follows its
   * revision.
   *
   * @param position undefined where it is unknown, which gives a `reset`
   * @throws TintypeError `project_damaged`; errors of the system
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

export const createChanges = ({ paths, heads, maxBytes }: ChangesOptions): Changes => {
  const entries = new LRUCache<string, ListedEntry>({
    maxSize: maxBytes ?? 4 * 2 ** 20,
    sizeCalculation: ({ events }) => ENTRY_BYTES + (events?.length ?? 0) * EVENT_BYTES,
  })
  /** By project: the newest revision known to be durable. */
  const durable = new LRUCache<string, number>({ max: 10_000 })
  const sync = createSharedSync()

  /** Undefined where the revision is gone or damaged. */
  const read = async (projectId: string, number: number): Promise<ListedEntry | undefined> => {
    const key = `${projectId}/${number}`
    const known = entries.get(key)
    if (known) return known
    try {
      const entry = decodeListed(await readText(paths.revision(projectId, number)))
      if (entry.projectId !== projectId || entry.revision !== number) return undefined
      entries.set(key, entry)
      return entry
    } catch (error) {
      if (codeOf(error) === undefined || codeOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  /**
   * Events of the revisions from `first` to `last`, undefined where one is unknown. A stopped writer can have reused a
   * pruned number: its file is not part of the history, and its successor does not name its commit.
   */
  const listed = async (head: Revision, first: number, last: number): Promise<ListedRevision[] | undefined> => {
    const { project_id: projectId, revision: newest } = head.state
    const revisions: ListedRevision[] = []
    let before: ListedEntry | undefined
    for (let number = first; number <= Math.min(last + 1, newest); number++) {
      const entry = number === newest ? listedOf(head) : await read(projectId, number)
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
      const head = await heads.read(projectId)
      const newest = head?.state.revision ?? 0
      if (newest === position) return undefined
      const reset = { projectId, revision: newest, reset: true, revisions: [] }
      if (!head) return reset
      // Another process may not have synced it yet, and a power cut would undo a delivered change.
      if ((durable.get(projectId) ?? 0) < newest) {
        await sync(paths.meta(projectId))
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
