// The newest revision of each project, kept in memory and validated against the disk at every read.

import { statSync } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'
import { TintypeError } from '../../core/errors.ts'
import { codeOf } from './durable.ts'
import type { Paths } from './paths.ts'
import { decodeRevision, type Revision } from './revision.ts'

export interface HeadsOptions {
  paths: Paths
  /** Memory for revisions, in bytes. @default 32 MiB */
  maxBytes?: number
}

export interface Heads {
  /**
   * The newest revision, undefined where the project never existed. What any process committed before the call is in
   * it: two `stat` calls show that the one in memory is still there and has no successor.
   *
   * @throws TintypeError `project_damaged`
   */
  read(projectId: string): Promise<Revision | undefined>
  /** The same without a wait, undefined where the newest revision is not in memory. See {@link Store.current}. */
  current(projectId: string, share?: boolean): Revision | undefined
  /** Numbers of the revisions on disk, lowest first. */
  numbers(projectId: string): Promise<number[]>
  /** Remembers what this process committed, so that it need not be read back. */
  remember(revision: Revision): void
  forget(projectId: string): void
}

interface Head {
  revision: Revision
  inode: number
  /** Paths of this revision and of its successor: made once, for they are looked at in every read. */
  path: string
  next: string
}

/** What an image, a run's name and the rest take in memory, in bytes, about. */
const IMAGE_BYTES = 1500
const RUN_BYTES = 300
const OTHER_BYTES = 4096

export const createHeads = ({ paths, maxBytes }: HeadsOptions): Heads => {
  const heads = new LRUCache<string, Head>({
    maxSize: maxBytes ?? 32 * 2 ** 20,
    sizeCalculation: ({ revision: { state, removingRuns } }) =>
      OTHER_BYTES +
      state.images.tail.length * IMAGE_BYTES +
      (state.images.runs.length + removingRuns.length) * RUN_BYTES,
  })

  /** Shown to be the newest in this turn of the event loop. */
  const shown = new Set<Head>()

  // Synchronous on purpose: 5 microseconds for both, where a trip through the thread pool costs tens.
  const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino

  const isNewest = ({ path, next, inode }: Head): boolean => inodeOf(path) === inode && inodeOf(next) === undefined

  const headOf = (projectId: string, revision: Revision, inode: number): Head => ({
    revision,
    inode,
    path: paths.revision(projectId, revision.state.revision),
    next: paths.revision(projectId, revision.state.revision + 1),
  })

  const numbers = async (projectId: string): Promise<number[]> => {
    const names = await readdir(paths.meta(projectId)).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return []
      throw error
    })
    return names
      .flatMap((name) => /^([1-9]\d*)\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  }

  const load = async (projectId: string): Promise<Head | undefined> => {
    for (;;) {
      const newest = (await numbers(projectId)).at(-1)
      if (newest === undefined) return undefined
      const read = await readHead(paths.revision(projectId, newest), projectId)
      // Gone since it was listed: so many were committed meanwhile that it was removed.
      if (read) return headOf(projectId, read.revision, read.inode)
    }
  }

  return {
    async read(projectId) {
      const known = heads.get(projectId)
      if (known && isNewest(known)) return known.revision
      // Most requests for projects that do not exist end here.
      if (!known && statSync(paths.meta(projectId), { throwIfNoEntry: false }) === undefined) return undefined
      const head = await load(projectId)
      if (head) heads.set(projectId, head)
      else heads.delete(projectId)
      return head?.revision
    },

    current(projectId, share = false) {
      const known = heads.get(projectId)
      if (!known || (share && shown.has(known))) return known?.revision
      if (!isNewest(known)) return undefined
      if (shown.size === 0) setImmediate(() => shown.clear())
      shown.add(known)
      return known.revision
    },

    numbers,

    remember(revision) {
      const { project_id, revision: number } = revision.state
      const inode = inodeOf(paths.revision(project_id, number))
      if (inode !== undefined) heads.set(project_id, headOf(project_id, revision, inode))
    },

    forget(projectId) {
      heads.delete(projectId)
    },
  }
}

const readHead = async (path: string, projectId: string): Promise<Pick<Head, 'revision' | 'inode'> | undefined> => {
  try {
    const handle = await open(path)
    try {
      const { ino } = await handle.stat()
      return { revision: decodeRevision(await handle.readFile('utf8')), inode: ino }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (codeOf(error) !== undefined) throw error
    throw new TintypeError(
      'project_damaged',
      `The list of project "${projectId}" is damaged on disk; tintype doctor can mend it.`,
      {
        cause: error,
      },
    )
  }
}
