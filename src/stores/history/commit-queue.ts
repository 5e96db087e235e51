// Changes of one project that wait in this process are committed together: one lock, one revision, one set of syncs.

import type { ProjectChange } from '../../core/project/changes.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { CommitBatch } from '../file/commit/batch.ts'
import type { PendingChange } from './pending-change.ts'

export interface CommitQueueOptions {
  commitBatch: CommitBatch
  /** Most changes in one revision; 1 commits each alone. @default 64 */
  maxBatch?: number
}

export interface CommitQueue {
  /** Resolves with the state that the change led to, once it is durable. */
  commit(projectId: string, change: ProjectChange | undefined, workspacePath?: string): Promise<ProjectState>
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>
}

export const createCommitQueue = ({ commitBatch, maxBatch }: CommitQueueOptions): CommitQueue => {
  const most = maxBatch ?? 64
  const waiting = new Map<string, PendingChange[]>()
  const working = new Map<string, Promise<void>>()

  const work = async (projectId: string, queue: PendingChange[]): Promise<void> => {
    while (queue.length > 0) {
      const early = queue.length
      try {
        await commitBatch(projectId, () => queue.splice(0, most))
      } catch (error) {
        // Those that came later have not waited for long.
        for (const { reject } of queue.splice(0, Math.min(early, most))) reject(error)
      }
    }
    waiting.delete(projectId)
    working.delete(projectId)
  }

  return {
    commit(projectId, change, workspacePath) {
      return new Promise((resolve, reject) => {
        const queue = waiting.get(projectId) ?? []
        queue.push({ change, workspacePath, resolve, reject })
        waiting.set(projectId, queue)
        if (!working.has(projectId)) working.set(projectId, work(projectId, queue))
      })
    },

    async idle() {
      while (working.size > 0) await Promise.all(working.values())
    },
  }
}
