// Changes of one project that wait in this process are committed together: one lock, one revision, one set of syncs.

import { needsImages, type ProjectChange } from '../../core/project/changes.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { Applied } from './apply-batch.ts'

/** Without a change, a revision is written that drops what has been removed. */
export interface PendingChange {
  change: ProjectChange | undefined
  /** The workspace that holds what the change needs; once that was swept, the change must not be committed. */
  workspacePath?: string
  resolve(state: ProjectState): void
  reject(error: unknown): void
}

/**
 * Commits changes together, in their order, and resolves or rejects each.
 *
 * @param take gives those that wait, once the project is locked: many come while the lock is waited for. Called again
 *   after each commit, until it gives none or the lock was held for long; it gives each once.
 * @throws TintypeError what went wrong before any was taken, such as `busy`, `storage_full` or `store_unavailable`
 */
export type CommitBatch = (projectId: string, take: () => readonly PendingChange[]) => Promise<void>

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

/** Tells what became of a change. */
export interface Answer {
  /** Of an image that it deleted. */
  imageId: string | undefined
  answer(): void
}

export type Deletion = Answer & { imageId: string }

/** One for each change, in their order. */
export const answersOf = (batch: readonly PendingChange[], { outcomes }: Applied): Answer[] =>
  batch.map(({ change, resolve, reject }, at) => {
    const outcome = outcomes[at]
    if (!outcome || 'error' in outcome) return { imageId: undefined, answer: () => reject(outcome?.error) }
    const imageId = change?.type === 'delete_image' ? change.imageId : undefined
    return { imageId, answer: () => resolve(outcome.state) }
  })

export const isOfDeleted = (answer: Answer): answer is Deletion => answer.imageId !== undefined

export const isDeletion = ({ change }: PendingChange): boolean => change?.type === 'delete_image'

/** True for a change that looks at images that are there already. */
export const needsAll = ({ change }: PendingChange): boolean => change !== undefined && needsImages(change)
