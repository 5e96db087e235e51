// Projects as the checks of the catalogue find them: their ids, and a stamp by which a change is seen without reading one.

import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { type Paths, projectIdOf } from '../file/paths.ts'
import type { Store } from '../store.ts'

export interface ProjectFolders {
  /** Ids of all projects, and of some that were deleted, sorted. */
  ids(): Promise<string[]>
  /** Called once the projects of the last {@link ids} are compared. */
  compared(): void
  /** True where a project was made or removed since then, as far as that is seen. Synchronous and cheap. */
  hasNew(): boolean
  /** Identifies a state of a project without reading it. */
  stamp(projectId: string): number
  /** True where no trace of a project without revisions is left. */
  isGone(projectId: string): boolean
}

/** Stamps of a project without revisions, and of one that is to be read at the next check. */
export const NO_REVISIONS = -1
export const UNSETTLED = 0

/** Age from which the time of a folder tells of every change: some file systems count in seconds. */
const SETTLED_MS = 2000

/** By the times of folders: every commit makes a file in the folder of revisions. */
export const createProjectFolders = (paths: Paths): ProjectFolders => {
  /** Time of the folder of projects at the last check; undefined where a change right after it could have the same. */
  let foldersMs: number | undefined
  let listedMs: number | undefined
  return {
    async ids() {
      listedMs = mtimeOf(paths.projects)
      return (await readdir(paths.projects)).flatMap((folder) => projectIdOf(folder) ?? []).sort()
    },

    compared() {
      foldersMs = listedMs !== undefined && hasSettled(listedMs) ? listedMs : undefined
    },

    hasNew: () => foldersMs === undefined || mtimeOf(paths.projects) !== foldersMs,

    stamp(projectId) {
      const mtimeMs = mtimeOf(paths.meta(projectId))
      if (mtimeMs === undefined) return NO_REVISIONS
      return hasSettled(mtimeMs) ? mtimeMs : UNSETTLED
    },

    isGone: (projectId) => mtimeOf(paths.project(projectId)) === undefined,
  }
}

/** Age from which all projects are read again, in milliseconds: a server that was killed may not have hinted its last commits. */
const EPOCH_MS = 3_600_000

/** In a bucket nothing is cheap to look at: projects are read at the start and every hour, hints tell of the rest. */
export const createBucketProjects = (store: Pick<Store, 'projectIds'>): ProjectFolders => {
  const beganMs = Date.now()
  return {
    ids: () => store.projectIds(),
    compared: () => {},
    hasNew: () => false,
    stamp: () => beganMs + Math.floor((Date.now() - beganMs) / EPOCH_MS),
    isGone: () => false,
  }
}

/** Undefined where there is nothing. Synchronous: 3 microseconds. */
const mtimeOf = (path: string): number | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs
  } catch {
    // A loop of links, a file on the way: the read that follows reports it.
    return undefined
  }
}

const hasSettled = (mtimeMs: number): boolean => Math.abs(Date.now() - mtimeMs) >= SETTLED_MS
