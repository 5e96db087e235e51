// A change that waits to be committed, and what it is answered.

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
