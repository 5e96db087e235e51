// Heads: the newest revision of each project, kept in memory and validated against the disk at every read.

import { type Stats, statSync } from 'node:fs'
import { LRUCache } from 'lru-cache'
import { TintypeError } from '../../../core/errors.ts'
import type { Revision } from '../../history/revision.ts'
import { codeOf } from '../fs/durable.ts'
import { refuseLinkedProject } from '../fs/no-follow.ts'
import type { Paths } from '../paths.ts'
import {
  claimIn,
  createExpected,
  type Expected,
  readRevision,
  readRevisionNow,
  revisionNumbers,
  revisionNumbersNow,
  statsOf,
} from './revision-file.ts'

export interface HeadsOptions {
  paths: Paths
  /** Memory for revisions, in bytes. @default 32 MiB */
  maxBytes?: number
  /**
   * Refuses a project whose newest revisions are lost, as meta.json shows, which is never ahead of them: a commit would
   * replace it, and with it the last record of their images. False for repairs. @default true
   */
  refuseLost?: boolean
}

export interface Heads {
  /**
   * The newest revision, undefined where the project never existed. Never older than a commit that any process has
   * acknowledged before the call: two `stat` calls show that the revision in memory still exists and has no successor.
   *
   * @throws TintypeError `project_damaged`, also where all revisions are gone and meta.json is not
   */
  read(projectId: string): Promise<Revision | undefined>
  /** The newest revision, for a commit. @throws TintypeError `project_damaged`, also where a newer one is lost */
  readToChange(projectId: string): Promise<Revision | undefined>
  /** Synchronous read; undefined where no revision of the project is in memory. See {@link Store.current}. */
  current(projectId: string, share?: boolean): Revision | undefined
  /** The newest revision and its file. @throws as `read` */
  locate(projectId: string): Promise<(HeadFile & { revision: Revision }) | undefined>
  /** True where another revision is the newest by now. */
  isOvertaken(projectId: string, revision: number): Promise<boolean>
  /** Keeps a revision that this process committed, so that it need not be read back. */
  remember(revision: Revision): void
  forget(projectId: string): void
  /** Announces a revision that this process is about to write, until {@link remember} or {@link forget}. */
  expect: Expected['expect']
}

/** File of a head, as {@link isNewest} validates it. */
export interface HeadFile {
  /** Identify the file together with its time: file systems reuse inodes. */
  inode: number
  modifiedMs: number
  /** Paths of this revision and of its successor, made once because every read uses them. */
  path: string
  next: string
}

interface Head extends HeadFile {
  revision: Revision
  /** True where a newer revision is lost: it was in memory, or meta.json is a copy of it. */
  isBehind: boolean
  /** Last validation: turn of the event loop, and time by `performance.now()`. */
  shownIn: number
  shownMs: number
}

/** Approximate memory of an image, of a segment's name and of the rest, in bytes. */
const IMAGE_BYTES = 1500
const SEGMENT_BYTES = 300
const OTHER_BYTES = 4096
/** Another kind of file at the path, or no permission: a lasting fault of this project, not of the store. */
const LASTING_FAULTS: ReadonlySet<string> = new Set(['EISDIR', 'ELOOP', 'EACCES', 'EPERM'])
/** Limit on sharing a validation: a turn of the event loop with more than a thousand busy connections may go on. */
const MOST_SHARED_MS = 1
/** For each further try, at least 32 commits of other processes pruned the revision that was listed. */
const MOST_TRIES = 100
const ABSENT_IS_UNDEFINED = { throwIfNoEntry: false } as const

/**
 * True where the file still exists and has no successor. Synchronous: 5 microseconds for both calls, where a trip through
 * the thread pool costs tens.
 */
export const isNewest = ({ path, next, inode, modifiedMs }: HeadFile): boolean => {
  try {
    const found = statSync(path, ABSENT_IS_UNDEFINED)
    return found?.ino === inode && found.mtimeMs === modifiedMs && !statSync(next, ABSENT_IS_UNDEFINED)
  } catch {
    // The read that follows reports the error.
    return false
  }
}

export const createHeads = ({ paths, maxBytes, refuseLost = true }: HeadsOptions): Heads => {
  const heads = new LRUCache<string, Head>({
    maxSize: maxBytes ?? 32 * 2 ** 20,
    sizeCalculation: ({ revision: { state, removingSegments } }) =>
      OTHER_BYTES +
      state.images.tail.length * IMAGE_BYTES +
      (state.images.segments.length + removingSegments.length) * SEGMENT_BYTES,
  })

  const expected = createExpected(paths)
  /** Number of the turn of the event loop, for validations that its requests share. */
  let turn = 1
  let turnEnds = false

  const headOf = (projectId: string, revision: Revision, { ino, mtimeMs }: Stats, isBehind = false): Head => ({
    revision,
    isBehind,
    inode: ino,
    modifiedMs: mtimeMs,
    path: paths.revision(projectId, revision.state.revision),
    next: paths.revision(projectId, revision.state.revision + 1),
    shownIn: 0,
    shownMs: 0,
  })

  const assertPlain = (projectId: string): void =>
    refuseLinkedProject(paths, projectId, paths.meta(projectId), paths.segments(projectId))

  /** Reads the newest revision from disk. @param known the newest one so far */
  const load = async (projectId: string, known?: Head): Promise<Head | undefined> => {
    assertPlain(projectId)
    // Read before the revisions are listed: meta.json is never ahead of them.
    const before = refuseLost ? (known?.revision.state.revision ?? claimIn(paths.published(projectId)) ?? 0) : 0
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const newest = (await revisionNumbers(paths.meta(projectId))).at(-1)
      if (newest === undefined) return undefined
      const read = await readRevision(paths.revision(projectId, newest), projectId, newest).catch((error: unknown) => {
        throw codeOf(error) === undefined ? damaged(projectId, error) : error
      })
      if (read) return headOf(projectId, read.revision, read.stats, newest < before)
    }
    throw damaged(projectId)
  }

  /**
   * Reads the successor of a known head, synchronously: it was written a moment ago, so it is in the page cache, while
   * the thread pool may be busy with syncs. Undefined where anything is unusual.
   */
  const catchUp = (projectId: string, known: Head): Head | undefined => {
    try {
      assertPlain(projectId)
      const newest = revisionNumbersNow(paths.meta(projectId)).at(-1) ?? 0
      if (newest <= known.revision.state.revision) return undefined
      const path = paths.revision(projectId, newest)
      const { revision, stats } = expected.at(projectId, newest) ?? readRevisionNow(path, projectId, newest)
      return headOf(projectId, revision, stats)
    } catch {
      return undefined
    }
  }

  /** The head in memory where it is still the newest, else its successor. Undefined where a full read is needed. */
  const followed = (projectId: string, known: Head): Head | undefined => {
    if (isNewest(known)) return known
    const head = catchUp(projectId, known)
    if (head) heads.set(projectId, head)
    return head
  }

  const find = async (projectId: string): Promise<Head | undefined> => {
    const known = heads.get(projectId)
    const newest = known && followed(projectId, known)
    if (newest) return newest
    try {
      // Most requests for projects that do not exist end here.
      if (!known && isUnknown(projectId)) return undefined
      let head = await load(projectId, known)
      if (!head && refuseLost && isPublished(projectId)) {
        // Another process may have created the project in between.
        head = await load(projectId)
        if (!head) throw damaged(projectId, new Error('meta.json exists and no revision'))
      }
      if (head) heads.set(projectId, head)
      else heads.delete(projectId)
      return head
    } catch (error) {
      throw LASTING_FAULTS.has(codeOf(error) ?? '') ? damaged(projectId, error) : error
    }
  }

  const isUnknown = (projectId: string): boolean =>
    statsOf(paths.meta(projectId)) === undefined && (!refuseLost || !isPublished(projectId))

  const isPublished = (projectId: string): boolean => statsOf(paths.published(projectId)) !== undefined

  const read = async (projectId: string): Promise<Revision | undefined> => (await find(projectId))?.revision

  return {
    read,
    expect: expected.expect,

    locate: find,

    async readToChange(projectId) {
      const head = await find(projectId)
      if (head?.isBehind) throw damaged(projectId, new Error('a newer revision is lost'))
      return head?.revision
    },

    isOvertaken: async (projectId, revision) => (await read(projectId))?.state.revision !== revision,

    current(projectId, share = false) {
      const known = heads.get(projectId)
      if (!known) return undefined
      const nowMs = performance.now()
      if (share && known.shownIn === turn && nowMs - known.shownMs < MOST_SHARED_MS) return known.revision
      const head = followed(projectId, known)
      if (!head) return undefined
      if (!turnEnds)
        setImmediate(() => {
          turn++
          turnEnds = false
        })
      turnEnds = true
      head.shownIn = turn
      head.shownMs = nowMs
      return head.revision
    },

    remember(revision) {
      const { project_id, revision: number } = revision.state
      expected.forget(project_id)
      // Another process may have committed since.
      if ((heads.get(project_id)?.revision.state.revision ?? 0) >= number) return
      const found = statsOf(paths.revision(project_id, number))
      if (found) heads.set(project_id, headOf(project_id, revision, found))
    },

    forget(projectId) {
      heads.delete(projectId)
      expected.forget(projectId)
    },
  }
}

const damaged = (projectId: string, cause?: unknown): TintypeError =>
  new TintypeError(
    'project_damaged',
    `The image list of project "${projectId}" is damaged on disk; "tintype doctor" can repair it.`,
    { cause },
  )
