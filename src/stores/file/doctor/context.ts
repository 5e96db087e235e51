// What the checks and mends share: the parts of the store, and a folder of this process that is made for the first mend.

import { relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Size } from '../../../core/names.ts'
import type { ProjectChange, ProjectState } from '../../../core/project/changes.ts'
import type { Variant } from '../../../core/project/model.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { createAfterPowerCut } from '../cleanup/after-power-cut.ts'
import { createRemoval, type Removal } from '../cleanup/removal.ts'
import { createSweeper } from '../cleanup/sweep.ts'
import { createCommitter } from '../commit/batch.ts'
import { createHeads, type Heads } from '../commit/heads.ts'
import { createProjectLock, type ProjectLock } from '../commit/project-lock.ts'
import { createPublisher, type Publisher } from '../commit/publish-meta.ts'
import { createSegments, type Segments } from '../commit/segments.ts'
import { removeFolder } from '../fs/durable.ts'
import { openFolder } from '../open-folder.ts'
import { createPaths, type Paths } from '../paths.ts'
import { createWorkspace } from '../staging/workspace.ts'
import { createLost, type Lost } from './lost-and-found.ts'

/** Makes the four variants of a picture in new files. @throws TintypeError what an encoder throws */
export type Remake = (job: { source: string; targets: Record<Size, string> }) => Promise<Remade>

export interface Remade {
  sizes: Record<Size, Variant>
  placeholder: string
  color: string
}

export interface ToolsOptions {
  storageDir: string
  remake: Remake
  waits: Waits
  log: Logger
  now: () => Date
}

/** How long things may take that others do, in milliseconds. */
export interface Waits {
  lockStaleMs: number
  secondLookMs: number
  metaPatienceMs: number
  ownerMomentMs: number
}

export interface Tools {
  paths: Paths
  heads: Heads
  segments: Segments
  removal: Removal
  publisher: Publisher
  withLock: ProjectLock
  lost: Lost
  remake: Remake
  waits: Waits
  now: () => Date
  /** Folder of this process under .tmp; it may not exist yet. */
  readonly ownFolder: string
  /** A path as problems name it. */
  name(path: string): string
  /** Commits a change; without one, a revision is written that drops what has been removed. */
  commit(projectId: string, change: ProjectChange | undefined): Promise<ProjectState>
  /** Gives a task a folder of its own for work on a project. */
  work<T>(projectId: string, task: (folder: string) => Promise<T>): Promise<T>
  /** Sweeps behind every process that is gone. */
  sweep(): Promise<void>
  close(): Promise<void>
}

/** Longest wait for a project's lock. */
const LOCK_WAIT_MS = 30_000
const CACHE_BYTES = 8 * 2 ** 20

export const createTools = ({ storageDir, remake, waits, log, now }: ToolsOptions): Tools => {
  const { lockStaleMs } = waits
  const paths = createPaths(storageDir)
  const workspace = createWorkspace({ paths })
  const heads = createHeads({ paths, maxBytes: CACHE_BYTES, refuseLost: false })
  const segments = createSegments({ paths, maxBytes: CACHE_BYTES })
  const removal = createRemoval({ paths, heads, segments, log })
  const publisher = createPublisher({ paths, heads, workspace, log, promptImages: Number.POSITIVE_INFINITY })
  const withLock = createProjectLock({ paths, lockStaleMs, lockWaitMs: LOCK_WAIT_MS })
  const commitBatch = createCommitter({ paths, heads, segments, removal, publisher, workspace, withLock, now, log })
  let opening: Promise<void> | undefined

  /** A check alone writes nothing, so this waits for the first mend. */
  const open = (): Promise<void> => {
    opening ??= openFolder({ paths, workspace, log })
    return opening
  }

  const commit = async (projectId: string, change: ProjectChange | undefined): Promise<ProjectState> => {
    await open()
    let cleared: Promise<void> | undefined
    try {
      return await new Promise((resolve, reject) => {
        const waiting = [{ change, resolve, reject }]
        cleared = commitBatch(projectId, () => waiting.splice(0)).catch(reject)
      })
    } finally {
      // The answer comes before the commit has cleaned up behind itself.
      await cleared
    }
  }

  const settle = async (projectId: string) => void (await commit(projectId, undefined))
  const afterPowerCut = createAfterPowerCut({ paths, heads, removal, lockStaleMs, log })
  const sweeper = createSweeper({ paths, workspace, heads, segments, removal, afterPowerCut, settle, log })

  return {
    ...{ paths, heads, segments, removal, publisher, withLock, remake, waits, now, commit },
    lost: createLost(paths, now),
    get ownFolder() {
      return workspace.path
    },
    name: (path) => relative(paths.root, path).replaceAll(sep, '/'),

    async work(projectId, task) {
      await open()
      const folder = await workspace.folder(projectId)
      try {
        return await task(folder)
      } finally {
        await removeFolder(folder).catch((error: unknown) => log.warn({ error }, 'left over'))
      }
    },

    async sweep() {
      await open()
      await sweeper.sweep()
    },

    async close() {
      if (!opening) return
      await publisher.flush()
      await opening.then(() => workspace.close()).catch(() => {})
    },
  }
}

/**
 * What a check finds twice in a row, by key. While others write, one look may fall between two steps of a change;
 * nothing counts before it was seen again against a newer state.
 */
export const seenTwice = async <T>({ waits }: Tools, check: () => Promise<ReadonlyMap<string, T>>): Promise<T[]> => {
  const first = await check()
  if (first.size === 0) return []
  await sleep(waits.secondLookMs)
  const second = await check()
  return [...second].flatMap(([key, value]) => (first.has(key) ? [value] : []))
}
