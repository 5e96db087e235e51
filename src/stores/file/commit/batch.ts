// Batches of changes under one lock of their project, and the cleanup behind them: files of deleted images, unnamed
// segments, old revisions (prune.ts).

import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { createBoundedMap } from '../../../core/bounded-map.ts'
import { TintypeError } from '../../../core/errors.ts'
import { type Answer, type CommitBatch, isDeletion, type PendingChange } from '../../history/commit-queue.ts'
import { removeFolder, storeError, throwStoreError } from '../fs/durable.ts'
import { refuseLinkedProject } from '../fs/no-follow.ts'
import type { Workspace } from '../staging/workspace.ts'
import { type CommitOptions, createCommit } from './attempt.ts'
import type { ProjectLock } from './project-lock.ts'
import { createPruner, type PrunerOptions } from './prune.ts'

export interface CommitterOptions extends CommitOptions, Pick<PrunerOptions, 'keptRevisions' | 'keptChanges'> {
  workspace: Workspace
  withLock: ProjectLock
  /**
   * Longest time that commits go on under one lock, in milliseconds: other processes wait meanwhile, and handing the lock
   * over takes as long as half a commit. @default 20
   */
  maxHeldMs?: number
}

/** Images of one change whose files are removed at once: other requests need the disk too. */
const REMOVED_AT_ONCE = 16

export const createCommitter = (options: CommitterOptions): CommitBatch => {
  const { paths, heads, segments, removal, workspace, withLock, log } = options
  const maxHeldMs = options.maxHeldMs ?? 20
  const commit = createCommit(options)
  const prune = createPruner(options)
  /** By project: the revision with which old ones are removed again. */
  const due = createBoundedMap<number>(1000)

  return async (projectId, take) => {
    const folder = await workspace.folder(projectId).catch(throwStoreError)
    let taken: readonly PendingChange[] | undefined
    let mayHaveFiles = false
    const removals: Promise<boolean>[] = []
    try {
      refuseLinkedProject(paths, projectId, ...paths.folders(projectId))
      await withLock(projectId, async () => {
        const untilMs = performance.now() + maxHeldMs
        for (taken = take(); taken.length > 0; taken = take()) {
          const deletions = await commit(projectId, rejectSwept(projectId, taken, folder), folder)
          taken = []
          removals.push(removeFiles(projectId, deletions))
          if (performance.now() >= untilMs) return
          // Callers that were answered may have their next change ready by then.
          await setImmediate()
          // The workspace was swept: staging areas of now are in another one.
          if (dirname(folder) !== workspace.path) return
        }
      })
      await Promise.all(removals)
      const newest = heads.current(projectId)?.state.revision ?? Number.POSITIVE_INFINITY
      if (newest >= (due.get(projectId) ?? 0)) due.set(projectId, await prune(projectId, folder))
      await removal.retry(projectId)
    } catch (error) {
      if (!taken) throw storeError(error)
      for (const { reject } of taken) reject(storeError(error))
      // The outcome may be unknown: deletions among them may be committed.
      mayHaveFiles = taken.some(isDeletion)
    } finally {
      if ((await Promise.all(removals)).includes(false)) mayHaveFiles = true
      // A sweep removes the files that the head lists as removed.
      await (mayHaveFiles ? workspace.leave(folder) : clear(projectId, folder))
    }
  }

  /** Answers each deletion once its files are removed. False where the removal of one failed. */
  async function removeFiles(projectId: string, deletions: readonly Answer[]): Promise<boolean> {
    const gone = deletions.map(async ({ imageIds, answer }) => {
      let isGone = true
      for (let at = 0; at < imageIds.length; at += REMOVED_AT_ONCE) {
        const outcomes = imageIds.slice(at, at + REMOVED_AT_ONCE).map((imageId) => removeImage(projectId, imageId))
        if ((await Promise.all(outcomes)).includes(false)) isGone = false
      }
      answer()
      return isGone
    })
    return !(await Promise.all(gone)).includes(false)
  }

  async function removeImage(projectId: string, imageId: string): Promise<boolean> {
    try {
      await removal.image(projectId, imageId)
      return true
    } catch (error) {
      log.warn({ error, projectId, imageId }, 'could not remove the files of a deleted image; leaving them to a sweep')
      return false
    }
  }

  /** Rejects changes whose staging area was in a workspace that was swept. @param folder in the workspace of now */
  function rejectSwept(projectId: string, batch: readonly PendingChange[], folder: string): readonly PendingChange[] {
    const isPossible = ({ workspacePath }: PendingChange) =>
      workspacePath === undefined || dirname(folder) === workspacePath
    for (const { reject } of batch.filter((pending) => !isPossible(pending))) reject(sweptAway(projectId))
    return batch.filter(isPossible)
  }

  /** Removes segments that a repeated or failed commit has written and no revision names, then the work folder. */
  async function clear(projectId: string, folder: string): Promise<void> {
    try {
      await segments.drop(projectId, folder)
      await removeFolder(folder)
    } catch (error) {
      log.warn({ error, projectId }, 'could not clean up after a commit; leaving it to a sweep')
      await workspace.leave(folder)
    }
  }
}

const sweptAway = (projectId: string): TintypeError =>
  new TintypeError(
    'store_unavailable',
    `The upload to project "${projectId}" was removed as abandoned; send it again.`,
    { retryAfterSeconds: 1 },
  )
