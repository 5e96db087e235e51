// The newest revision of each project, kept in memory and validated against the disk at every read.

import type { Stats } from 'node:fs'
import { LRUCache } from 'lru-cache'
import { TintypeError } from '../../../core/errors.ts'
import type { Revision } from '../../history/revision.ts'
import { codeOf } from '../fs/durable.ts'
import { isPlainFolder } from '../fs/no-follow.ts'
import type { Paths } from '../paths.ts'
import {
  claimIn,
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
   * What revisions are gone is told by meta.json, which is never ahead of them. To build on what is left would replace
   * it, and with it the last that is known of their images. False for whoever mends it. @default true
   */
  refuseLost?: boolean
}

export interface Heads {
  /**
   * The newest revision, undefined where the project never existed. What any process committed before the call is in
   * it: two `stat` calls show that the one in memory is still there and has no successor.
   *
   * @throws TintypeError `project_damaged`, also where all revisions are gone and meta.json is not
   */
  read(projectId: string): Promise<Revision | undefined>
  /** The same to build on. @throws TintypeError `project_damaged`, also where a newer one was here before */
  readToChange(projectId: string): Promise<Revision | undefined>
  /** The same without a wait, undefined where no revision of the project is in memory. See {@link Store.current}. */
  current(projectId: string, share?: boolean): Revision | undefined
  /** The newest revision and where it lies. @throws as `read` */
  locate(projectId: string): Promise<(HeadFile & { revision: Revision }) | undefined>
  /** Whether the project has, by now, another newest revision than this one. */
  isOvertaken(projectId: string, revision: number): Promise<boolean>
  /** Remembers what this process committed, so that it need not be read back. */
  remember(revision: Revision): void
  forget(projectId: string): void
}

/** The file of a newest revision, as {@link isNewest} looks for it. */
export interface HeadFile {
  /** Tell its file from any other under the same name: an inode alone is used again. */
  inode: number
  modifiedMs: number
  /** Paths of this revision and of its successor: made once, for they are looked at in every read. */
  path: string
  next: string
}

interface Head extends HeadFile {
  revision: Revision
  /** True where a newer one is gone: it was here before, or meta.json is a copy of it. */
  isBehind: boolean
  /** Turn of the event loop in which it was shown to be the newest, and when, as `performance.now()` has it. */
  shownIn: number
  shownMs: number
}

/** What an image, a segment's name and the rest take in memory, in bytes, about. */
const IMAGE_BYTES = 1500
const SEGMENT_BYTES = 300
const OTHER_BYTES = 4096
/** Something else in the place of a file or folder, or one that isn't ours to read: it lasts, and it is of this project. */
const IN_THE_WAY: ReadonlySet<string> = new Set(['EISDIR', 'ELOOP', 'EACCES', 'EPERM'])
/** A turn with more than a thousand connections that have sent something asks the system for more before it ends. */
const MOST_SHARED_MS = 1
/** A revision that is listed but gone was removed by others' commits, at least 32 for each further try. */
const MOST_TRIES = 100

/**
 * True where the file is still there and has no successor. Synchronous on purpose: 5 microseconds for both, where a trip
 * through the thread pool costs tens.
 */
export const isNewest = ({ path, next, inode, modifiedMs }: HeadFile): boolean => {
  try {
    const found = statsOf(path)
    return found?.ino === inode && found.mtimeMs === modifiedMs && statsOf(next) === undefined
  } catch {
    // A read then meets what is in the way, and can say so.
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

  /** Counts turns of the event loop in which heads were shown to be the newest. */
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

  const assertPlain = (projectId: string): void => {
    if (!isPlainFolder(paths.project(projectId)) || !isPlainFolder(paths.meta(projectId)))
      throw damaged(projectId, new Error('a symbolic link is in the place of a folder'))
  }

  /** @param known the newest one so far */
  const load = async (projectId: string, known?: Head): Promise<Head | undefined> => {
    assertPlain(projectId)
    // Before the revisions are listed: it is never ahead of them.
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
   * What was committed since, read without a wait: it was written a moment ago, so that no disk is waited for, where
   * the threads that file calls share may have much to sync first. Undefined where anything is unusual.
   */
  const catchUp = (projectId: string, known: Head): Head | undefined => {
    try {
      assertPlain(projectId)
      const newest = revisionNumbersNow(paths.meta(projectId)).at(-1) ?? 0
      if (newest <= known.revision.state.revision) return undefined
      const { revision, stats } = readRevisionNow(paths.revision(projectId, newest), projectId, newest)
      return headOf(projectId, revision, stats)
    } catch {
      return undefined
    }
  }

  /** The newest one where the one in memory is it, or leads to it. */
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
        // Somebody may have begun the project in between.
        head = await load(projectId)
        if (!head) throw damaged(projectId, new Error('there is meta.json and no revision'))
      }
      if (head) heads.set(projectId, head)
      else heads.delete(projectId)
      return head
    } catch (error) {
      throw IN_THE_WAY.has(codeOf(error) ?? '') ? damaged(projectId, error) : error
    }
  }

  const isUnknown = (projectId: string): boolean =>
    statsOf(paths.meta(projectId)) === undefined && (!refuseLost || !isPublished(projectId))

  const isPublished = (projectId: string): boolean => statsOf(paths.published(projectId)) !== undefined

  const read = async (projectId: string): Promise<Revision | undefined> => (await find(projectId))?.revision

  return {
    read,

    locate: find,

    async readToChange(projectId) {
      const head = await find(projectId)
      if (head?.isBehind) throw damaged(projectId, new Error('there was a newer revision'))
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
      // Others may have gone on already.
      if ((heads.get(project_id)?.revision.state.revision ?? 0) >= number) return
      const found = statsOf(paths.revision(project_id, number))
      if (found) heads.set(project_id, headOf(project_id, revision, found))
    },

    forget(projectId) {
      heads.delete(projectId)
    },
  }
}

const damaged = (projectId: string, cause?: unknown): TintypeError =>
  new TintypeError(
    'project_damaged',
    `The list of project "${projectId}" is damaged on disk; tintype doctor can mend it.`,
    { cause },
  )
