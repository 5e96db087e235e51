// Pruning: removes old revisions of a project where there are many, and the segments that only they name. Their changes
// are kept (change-files.ts).

import type { Logger } from '../../../telemetry/logger.ts'
import { CHANGES_A_FILE, firstOf, keptAmong } from '../../history/change-file.ts'
import { decodeListed, type ListedEntry, namedSegments, readDroppedSegments } from '../../history/revision.ts'
import { readText, removeFile, sync, unlessMissing } from '../fs/durable.ts'
import { refuseLinkedProject } from '../fs/no-follow.ts'
import type { Paths } from '../paths.ts'
import { createChangeFiles, type KeptChanges } from './change-files.ts'
import type { Heads } from './heads.ts'
import { MIN_REVISIONS, readRevision, revisionNumbersNow } from './revision-file.ts'
import type { Segments } from './segments.ts'

export interface PrunerOptions {
  paths: Paths
  heads: Pick<Heads, 'current'>
  segments: Pick<Segments, 'dropUnnamed'>
  now: () => Date
  log: Logger
  /** See `FileStoreOptions`. @default 32 */
  keptRevisions?: number
  /** See `FileStoreOptions`. @default see there */
  keptChanges?: Partial<KeptChanges>
}

/**
 * Prunes a project. Needs no lock: commits never read old revisions, and several processes may remove the same ones. Never
 * throws.
 *
 * @param folder work folder in this process's workspace
 * @returns the revision with which it is due again
 */
export type Prune = (projectId: string, folder: string) => Promise<number>

export const createPruner = (options: PrunerOptions): Prune => {
  const { paths, heads, segments, now, log, keptRevisions = 0, keptChanges } = options
  const retained = Math.max(MIN_REVISIONS, keptRevisions)
  /** Removing many at a time keeps the folder short without a removal in every commit. */
  const most = 2 * retained
  const changes = createChangeFiles(paths, now, keptChanges)

  return async (projectId, folder) => {
    try {
      const numbers = revisionNumbersNow(paths.meta(projectId))
      if (numbers.length > most) await removeOld(projectId, numbers, folder)
      return (numbers[0] ?? 0) + most
    } catch (error) {
      log.warn({ error, projectId }, 'could not remove old revisions; a later commit tries again')
      return 0
    }
  }

  /** Oldest first, so that the others have no gap. Segments go, durably, before the last revision that names them. */
  async function removeOld(projectId: string, numbers: readonly number[], folder: string): Promise<void> {
    refuseLinkedProject(paths, projectId, paths.meta(projectId), paths.segments(projectId))
    const old = numbers.slice(0, -retained)
    const followers = await readTexts(projectId, numbers.slice(1, old.length + 1))
    const candidates = followers.flatMap((text) => (text === undefined ? [] : readDroppedSegments(text)))
    // A suspended writer may have reused a pruned number: segments that its revision drops may be in use.
    const head = heads.current(projectId)
    if (!head) return
    for (const first of new Set(old.map(firstOf))) await keepChanges(projectId, first, folder)
    const named = new Set(namedSegments(head))
    const dropped = candidates.filter((segment) => !named.has(segment))
    for (const segment of dropped) await removeFile(paths.segment(projectId, segment))
    if (dropped.length > 0) await sync(paths.segments(projectId))
    for (const [at, number] of old.entries()) {
      // A suspended writer reused the number and could not unlink it: segments of this revision alone go with it.
      if (numbers[at + 1] !== number + 1) await dropNamed(projectId, number)
      await removeFile(paths.revision(projectId, number))
    }
    await changes.expire(projectId, head.state.revision)
  }

  /**
   * Keeps the changes of one file, also those of its revisions that are not removed yet: as many revisions stay as a file
   * has, so that all of them have a successor.
   */
  async function keepChanges(projectId: string, first: number, folder: string): Promise<void> {
    const isKept = changes.has(projectId, first)
    const numbers = Array.from({ length: isKept ? 0 : CHANGES_A_FILE + 1 }, (_, at) => first + at)
    const entries = (await readTexts(projectId, numbers)).map(listedIn)
    const after = entries.pop()
    await changes.keep(projectId, first, after ? keptAmong(entries, after) : [], folder)
  }

  async function dropNamed(projectId: string, number: number): Promise<void> {
    // Segments of a damaged revision are unknown; the doctor finds them.
    const read = await readRevision(paths.revision(projectId, number), projectId, number).catch(() => undefined)
    if (read) await segments.dropUnnamed(projectId, namedSegments(read.revision), number)
  }

  /** Undefined where a revision is gone: its segments were removed, and its changes kept, before it. */
  function readTexts(projectId: string, numbers: readonly number[]): Promise<(string | undefined)[]> {
    return Promise.all(numbers.map((number) => readText(paths.revision(projectId, number)).catch(unlessMissing)))
  }
}

/** Undefined where the revision is gone or damaged. */
const listedIn = (text: string | undefined): ListedEntry | undefined => {
  try {
    return text === undefined ? undefined : decodeListed(text)
  } catch {
    return undefined
  }
}
