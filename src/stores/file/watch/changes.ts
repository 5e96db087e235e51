// The changes that follow a position, read from the revisions on disk and shared by all watchers.

import { readFile } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'
import { decodeListed, type ListedEntry, listedOf, type Revision } from '../../history/revision.ts'
import type { ListedRevision, ProjectChanges } from '../../watch.ts'
import type { Heads } from '../commit/heads.ts'
import { codeOf, createSharedSync } from '../fs/durable.ts'
import type { Paths } from '../paths.ts'

export interface ChangesOptions {
  paths: Paths
  heads: Pick<Heads, 'read'>
  /** Memory for lists of events, in bytes. @default 4 MiB */
  maxBytes?: number
}

export interface Changes {
  /**
   * Undefined where nothing has changed. A part of them where there are many: the rest follows the new position.
   *
   * @param position undefined where it could not be read: everything is unknown then
   * @throws TintypeError `project_damaged`; errors of the system
   */
  after(projectId: string, position: number | undefined): Promise<ProjectChanges | undefined>
  /** Keeps a revision of this process, which is durable. */
  committed(revision: Revision): void
}

/** Revisions in one delivery. */
const MOST_REVISIONS = 64

/** An entry and one event of it take about so much memory, in bytes. */
const ENTRY_BYTES = 500
const EVENT_BYTES = 200

export const createChanges = ({ paths, heads, maxBytes }: ChangesOptions): Changes => {
  const entries = new LRUCache<string, ListedEntry>({
    maxSize: maxBytes ?? 4 * 2 ** 20,
    sizeCalculation: ({ events }) => ENTRY_BYTES + (events?.length ?? 0) * EVENT_BYTES,
  })
  /** By project: the newest revision that is known to be durable. */
  const durable = new LRUCache<string, number>({ max: 10_000 })
  const sync = createSharedSync()

  /** Undefined where it is gone or damaged. */
  const read = async (projectId: string, number: number): Promise<ListedEntry | undefined> => {
    const key = `${projectId}/${number}`
    const known = entries.get(key)
    if (known) return known
    try {
      const entry = decodeListed(await readFile(paths.revision(projectId, number), 'utf8'))
      if (entry.projectId !== projectId || entry.revision !== number) return undefined
      entries.set(key, entry)
      return entry
    } catch (error) {
      if (codeOf(error) === undefined || codeOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  /**
   * The events of revisions up to `last`, undefined where one is unknown. A writer that slept can have linked a number that
   * was free again: its file is not of this history, and the one after it does not name its commit.
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
      // Another process may not have made it durable yet, and a power cut would take back what was delivered.
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
