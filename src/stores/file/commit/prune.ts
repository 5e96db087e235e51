// Old revisions go, and with them the segments that only they named.

import { readFile } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'
import type { Logger } from '../../../telemetry/logger.ts'
import { namedSegments, peekDroppedSegments } from '../../history/revision.ts'
import { codeOf, removeFile, sync } from '../fs/durable.ts'
import type { Paths } from '../paths.ts'
import type { Heads } from './heads.ts'
import { readRevision, revisionNumbersNow } from './revision-file.ts'
import type { Segments } from './segments.ts'

export interface PrunerOptions {
  paths: Paths
  heads: Heads
  segments: Segments
  log: Logger
  /** See `FileStoreOptions`. @default 32 */
  keptRevisions?: number
}

/**
 * Removes the old revisions of a project where there are many. Needs no lock: of those that are old, none is ever looked
 * at by a commit, and others may remove the same. Never throws.
 */
export type Prune = (projectId: string) => Promise<void>

/**
 * Newest revisions that stay in every case: they show a writer that was overtaken what happened, and `doctor` what there
 * was. With fewer, and none of them the first, some are missing.
 */
export const MIN_REVISIONS = 32

export const createPruner = ({ paths, heads, segments, log, keptRevisions = 0 }: PrunerOptions): Prune => {
  const kept = Math.max(MIN_REVISIONS, keptRevisions)
  /** Removing many at a time keeps the folder short without a removal in every commit. */
  const most = 2 * kept
  /** By project: the oldest revision that was there at the last look. */
  const oldest = new LRUCache<string, number>({ max: 1000 })

  return async (projectId) => {
    try {
      const newest = heads.current(projectId)?.state.revision ?? Number.POSITIVE_INFINITY
      if (newest - (oldest.get(projectId) ?? 0) < most) return
      const numbers = revisionNumbersNow(paths.meta(projectId))
      oldest.set(projectId, numbers[0] ?? 0)
      if (numbers.length > most) await removeOld(projectId, numbers)
    } catch (error) {
      log.warn({ error, projectId }, 'old revisions could not be removed; a later change does it')
    }
  }

  /** Oldest first, so that those that stay have no gap. A segment goes, for good, before the last revision that names it. */
  async function removeOld(projectId: string, numbers: readonly number[]): Promise<void> {
    const old = numbers.slice(0, -kept)
    const followers = numbers.slice(1, old.length + 1)
    const told = (await Promise.all(followers.map((number) => droppedSegments(projectId, number)))).flat()
    // A writer that slept may have linked a number again that was free, and what that drops is not of this history.
    const head = heads.current(projectId)
    if (!head) return
    const named = new Set(namedSegments(head))
    const dropped = told.filter((segment) => !named.has(segment))
    for (const segment of dropped) await removeFile(paths.segment(projectId, segment))
    if (dropped.length > 0) await sync(paths.segments(projectId))
    for (const [at, number] of old.entries()) {
      // A writer that slept linked it again and could not take it back: what it alone names goes with it.
      if (numbers[at + 1] !== number + 1) await dropNamed(projectId, number)
      await removeFile(paths.revision(projectId, number))
    }
  }

  async function dropNamed(projectId: string, number: number): Promise<void> {
    // What a damaged one names is not known; doctor finds it.
    const read = await readRevision(paths.revision(projectId, number), projectId, number).catch(() => undefined)
    if (read) await segments.dropUnnamed(projectId, namedSegments(read.revision), number)
  }

  /** None where the revision is gone: whoever removed it had removed the segments. */
  async function droppedSegments(projectId: string, number: number): Promise<string[]> {
    try {
      return peekDroppedSegments(await readFile(paths.revision(projectId, number), 'utf8'))
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return []
      throw error
    }
  }
}
