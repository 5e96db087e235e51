// Queue of changes by project: those that wait in this process are committed together, with one lock, one revision and
// one set of syncs.

import { needsImages, type ProjectChange } from '../../core/project/changes.ts'
import { deletedBy, droppedPending, mayReplace } from '../../core/project/events.ts'
import type { Transition } from '../store.ts'
import type { Applied } from './apply-batch.ts'

export interface PendingChange {
  /** Undefined for a revision that only drops removed images. */
  change: ProjectChange | undefined
  /** Workspace with the files of the change: once it was swept, the change must not be committed. */
  workspacePath?: string
  resolve(transition: Transition): void
  reject(error: unknown): void
}

/**
 * Commits changes together, in their order, and resolves or rejects each.
 *
 * @param take returns waiting changes, each once. Called when the project is locked, as many arrive during that wait, and
 *   again after each commit, until it returns none or the lock was held for long
 * @throws TintypeError `busy`, `storage_full` or `store_unavailable`, before any change was taken
 */
export type CommitBatch = (projectId: string, take: () => readonly PendingChange[]) => Promise<void>

export interface CommitQueueOptions {
  commitBatch: CommitBatch
  /** Most changes in one revision; 1 commits each alone. @default 64 */
  maxBatch?: number
}

interface QueueOptions {
  /** See {@link PendingChange}. */
  workspacePath?: string
  /**
   * Longest time for which the change waits for others, in milliseconds, also where it comes during a commit. The first
   * change whose time is over takes along all that wait.
   *
   * @default 0
   */
  gatherMs?: number
}

interface QueuedChange extends PendingChange {
  /** End of its wait for others, by `performance.now()`. */
  dueMs: number
}

export interface CommitQueue {
  /** Resolves with the states before and after the change, once it is durable. */
  commit(projectId: string, change: ProjectChange | undefined, options?: QueueOptions): Promise<Transition>
  /** Resolves once no change is waiting or under way. */
  idle(): Promise<void>
}

export const createCommitQueue = ({ commitBatch, maxBatch }: CommitQueueOptions): CommitQueue => {
  const most = maxBatch ?? 64
  const waiting = new Map<string, QueuedChange[]>()
  const working = new Map<string, Promise<void>>()
  /** By project whose changes all wait for others: looks at them again. */
  const wakes = new Map<string, () => void>()

  /** Time until a commit is due, in milliseconds. */
  const dueIn = (queue: readonly QueuedChange[]): number =>
    queue.length >= most ? 0 : Math.min(...queue.map(({ dueMs }) => dueMs)) - performance.now()

  const untilDue = async (projectId: string, queue: readonly QueuedChange[]): Promise<void> => {
    for (let ms = dueIn(queue); ms > 0; ms = dueIn(queue))
      await new Promise<void>((wake) => {
        const timer = setTimeout(wake, ms)
        wakes.set(projectId, () => {
          clearTimeout(timer)
          wake()
        })
      })
    wakes.delete(projectId)
  }

  const work = async (projectId: string, queue: QueuedChange[]): Promise<void> => {
    while (queue.length > 0) {
      if (dueIn(queue) > 0) await untilDue(projectId, queue)
      const early = queue.length
      try {
        await commitBatch(projectId, () => (dueIn(queue) > 0 ? [] : queue.splice(0, most)))
      } catch (error) {
        // Later changes have not waited for long and are tried again.
        for (const { reject } of queue.splice(0, Math.min(early, most))) reject(error)
      }
    }
    waiting.delete(projectId)
    working.delete(projectId)
  }

  return {
    commit(projectId, change, { workspacePath, gatherMs = 0 } = {}) {
      return new Promise((resolve, reject) => {
        const queue = waiting.get(projectId) ?? []
        queue.push({ change, workspacePath, resolve, reject, dueMs: performance.now() + gatherMs })
        waiting.set(projectId, queue)
        if (working.has(projectId)) wakes.get(projectId)?.()
        else working.set(projectId, work(projectId, queue))
      })
    },

    async idle() {
      while (working.size > 0) await Promise.all(working.values())
    },
  }
}

/** Answer to the caller of one change. */
export interface Answer {
  /** Images that the change deleted one by one: their files are removed before it is answered. */
  imageIds: readonly string[]
  answer(): void
}

/** Answers of a batch: one for each change, in their order. */
export const answersOf = (batch: readonly PendingChange[], { outcomes }: Applied): Answer[] =>
  batch.map(({ change, resolve, reject }, at) => {
    const outcome = outcomes[at]
    if (!outcome || 'error' in outcome) return { imageIds: [], answer: () => reject(outcome?.error) }
    return { imageIds: change ? removedBy(outcome, change) : [], answer: () => resolve(outcome) }
  })

const removedBy = ({ before, after }: Transition, change: ProjectChange): readonly string[] =>
  change.type === 'delete_project'
    ? []
    : [...deletedBy(before, change, after), ...droppedPending(before, change, after)]

/** True for a change that may delete single images. */
export const isDeletion = ({ change }: PendingChange): boolean =>
  change?.type === 'delete_image' ||
  change?.type === 'delete_images' ||
  change?.type === 'drop_pending' ||
  (change !== undefined && mayReplace(change))

/** True for a change that needs all images loaded. */
export const needsAll = ({ change }: PendingChange): boolean => change !== undefined && needsImages(change)
