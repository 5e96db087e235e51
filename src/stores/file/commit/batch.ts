// Commits under one lock, as many as come while it is held, and the cleaning up behind them.

import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { TintypeError } from '../../../core/errors.ts'
import { type CommitBatch, type Deletion, isDeletion, type PendingChange } from '../../history/commit-queue.ts'
import { removeFolder, storeError, throwStoreError } from '../fs/durable.ts'
import type { Workspace } from '../staging/workspace.ts'
import { type CommitOptions, createCommit } from './attempt.ts'
import type { ProjectLock } from './project-lock.ts'
import { createPruner } from './prune.ts'

export interface CommitterOptions extends CommitOptions {
  workspace: Workspace
  withLock: ProjectLock
  /**
   * Longest time to go on under one lock, in milliseconds: others wait meanwhile, and to hand it over takes as long as half
   * a commit. @default 20
   */
  maxHeldMs?: number
  keptRevisions?: number
}

export const createCommitter = (options: CommitterOptions): CommitBatch => {
  const { segments, removal, workspace, withLock, log } = options
  const maxHeldMs = options.maxHeldMs ?? 20
  const commit = createCommit(options)
  const removeOldRevisions = createPruner(options)

  return async (projectId, take) => {
    const folder = await workspace.folder(projectId).catch(throwStoreError)
    let taken: readonly PendingChange[] | undefined
    let mayBeLeft = false
    const removals: Promise<boolean>[] = []
    try {
      await withLock(projectId, async () => {
        const untilMs = performance.now() + maxHeldMs
        for (taken = take(); taken.length > 0; taken = take()) {
          const deletions = await commit(projectId, keepPossible(projectId, taken, folder), folder)
          taken = []
          removals.push(removeFiles(projectId, deletions))
          if (performance.now() >= untilMs) return
          // Whoever was answered may have the next change by then.
          await setImmediate()
          // It was swept away: what is begun now is not in it.
          if (dirname(folder) !== workspace.path) return
        }
      })
      await Promise.all(removals)
      await removeOldRevisions(projectId)
      await removal.retry(projectId)
    } catch (error) {
      if (!taken) throw storeError(error)
      for (const { reject } of taken) reject(storeError(error))
      // They may have been committed all the same.
      mayBeLeft = taken.some(isDeletion)
    } finally {
      if ((await Promise.all(removals)).includes(false)) mayBeLeft = true
      // A sweep removes what the newest revision says is to be removed.
      await (mayBeLeft ? workspace.leave(folder) : clear(projectId, folder))
    }
  }

  /** Answers each deletion once its files are gone. False where the disk lets one not go. */
  async function removeFiles(projectId: string, deletions: readonly Deletion[]): Promise<boolean> {
    const gone = deletions.map(async ({ imageId, answer }) => {
      try {
        await removal.image(projectId, imageId)
        return true
      } catch (error) {
        log.warn({ error, projectId, imageId }, 'files of a deleted image could not be removed; a sweep does it')
        return false
      } finally {
        answer()
      }
    })
    return !(await Promise.all(gone)).includes(false)
  }

  /** Rejects those that need a workspace that was swept away; `folder` is in the one of now. */
  function keepPossible(projectId: string, batch: readonly PendingChange[], folder: string): readonly PendingChange[] {
    const isPossible = ({ workspacePath }: PendingChange) =>
      workspacePath === undefined || dirname(folder) === workspacePath
    for (const { reject } of batch.filter((pending) => !isPossible(pending))) reject(sweptAway(projectId))
    return batch.filter(isPossible)
  }

  /** A commit that had to start again, or failed, may have stored segments that no revision names. */
  async function clear(projectId: string, folder: string): Promise<void> {
    try {
      await segments.drop(projectId, folder)
      await removeFolder(folder)
    } catch (error) {
      log.warn({ error, projectId }, 'a commit could not be cleaned up; a sweep does it')
      await workspace.leave(folder)
    }
  }
}

const sweptAway = (projectId: string): TintypeError =>
  new TintypeError(
    'store_unavailable',
    `The upload to project "${projectId}" was taken for left over; send it again.`,
    {
      retryAfterSeconds: 1,
    },
  )
