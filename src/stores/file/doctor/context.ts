// Shared context of the doctor's checks and repairs: the parts of the store, and a workspace for the first repair.

import { relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Size } from '../../../core/names.ts'
import type { ProjectChange } from '../../../core/project/changes.ts'
import type { Variant } from '../../../core/project/model.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import type { SecondCopy } from '../../fallback/second-copy.ts'
import type { Transition } from '../../store.ts'
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
import { createLostAndFound, type LostAndFound } from './lost-and-found.ts'

/** Makes the variants of a picture in new files; `source` where it has a target. @throws TintypeError as an encoder does */
export type RemakeVariants = (job: RemakeJob) => Promise<RemadeVariants>

export interface RemakeJob {
  source: string
  targets: Record<Size, string> & { source?: string }
}

export interface RemadeVariants {
  sizes: Record<Size, Variant>
  /** ThumbHash, in base64. */
  placeholder: string
  /** The dominant colour, `#rrggbb`. */
  color: string
}

export interface DoctorContextOptions {
  storageDir: string
  remake: RemakeVariants
  /** Where lost files are fetched from. @default nowhere */
  fallback?: SecondCopy | undefined
  waits: Waits
  log: Logger
  now: () => Date
}

/** Times allowed to other processes, in milliseconds. */
export interface Waits {
  lockStaleMs: number
  recheckDelayMs: number
  publishSettleMs: number
  ownerSettleMs: number
}

export interface DoctorContext {
  paths: Paths
  heads: Heads
  segments: Segments
  removal: Removal
  publisher: Publisher
  withLock: ProjectLock
  lostAndFound: LostAndFound
  remake: RemakeVariants
  fallback: SecondCopy | undefined
  waits: Waits
  now: () => Date
  /** Workspace of this process under `.tmp`; it may not exist yet. */
  readonly workspacePath: string
  /** The path as problems give it: relative to the store, with `/`. */
  relativePath(path: string): string
  /** Commits a change; without one, a revision that drops what has been removed. */
  commit(projectId: string, change: ProjectChange | undefined): Promise<Transition>
  /** Runs a task with a folder of its own in the workspace, which is removed afterwards. */
  withWorkFolder<T>(projectId: string, task: (folder: string) => Promise<T>): Promise<T>
  /** Cleans up behind every process that has ended. */
  sweep(): Promise<void>
  close(): Promise<void>
}

/** Longest wait for a project's lock. */
const LOCK_WAIT_MS = 30_000
const CACHE_BYTES = 8 * 2 ** 20

export const createDoctorContext = (options: DoctorContextOptions): DoctorContext => {
  const { storageDir, remake, fallback, waits, log, now } = options
  const { lockStaleMs } = waits
  const paths = createPaths(storageDir)
  const workspace = createWorkspace({ paths })
  const heads = createHeads({ paths, maxBytes: CACHE_BYTES, refuseLost: false })
  const segments = createSegments({ paths, maxBytes: CACHE_BYTES })
  const removal = createRemoval({ paths, heads, segments, log })
  const publisher = createPublisher({ paths, heads, workspace, log, promptImages: Number.POSITIVE_INFINITY })
  const withLock = createProjectLock({ paths, lockStaleMs, lockWaitMs: LOCK_WAIT_MS })
  const commitBatch = createCommitter({ paths, heads, segments, removal, publisher, workspace, withLock, now, log })
  let opening: Promise<unknown> | undefined

  /** Deferred to the first repair: a check writes nothing. */
  const open = async (): Promise<void> => {
    opening ??= openFolder({ paths, workspace, readOnly: false, log })
    await opening
  }

  const commit = async (projectId: string, change: ProjectChange | undefined): Promise<Transition> => {
    await open()
    let cleared: Promise<void> | undefined
    try {
      return await new Promise((resolve, reject) => {
        const waiting = [{ change, resolve, reject }]
        cleared = commitBatch(projectId, () => waiting.splice(0)).catch(reject)
      })
    } finally {
      // The change is acknowledged before the commit has cleaned up.
      await cleared
    }
  }

  const settle = async (projectId: string) => void (await commit(projectId, undefined))
  const afterPowerCut = createAfterPowerCut({ paths, heads, removal, lockStaleMs, log })
  const sweeper = createSweeper({ paths, workspace, heads, segments, removal, afterPowerCut, publisher, settle, log })

  return {
    ...{ paths, heads, segments, removal, publisher, withLock, remake, fallback, waits, now, commit },
    lostAndFound: createLostAndFound(paths, now),
    get workspacePath() {
      return workspace.path
    },
    relativePath: (path) => relative(paths.root, path).replaceAll(sep, '/'),

    async withWorkFolder(projectId, task) {
      await open()
      const folder = await workspace.folder(projectId)
      try {
        return await task(folder)
      } finally {
        await removeFolder(folder).catch((error: unknown) =>
          log.warn({ error }, 'could not remove a work folder of the doctor; leaving it to a sweep'),
        )
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
 * Findings of a check, by key, that a second check confirms after `recheckDelayMs`. While other processes write, a
 * single check may fall between two steps of a change.
 */
export const confirmedFindings = async <T>(
  { waits }: DoctorContext,
  check: () => Promise<ReadonlyMap<string, T>>,
): Promise<T[]> => {
  const first = await check()
  if (first.size === 0) return []
  await sleep(waits.recheckDelayMs)
  const second = await check()
  return [...second].flatMap(([key, value]) => (first.has(key) ? [value] : []))
}
