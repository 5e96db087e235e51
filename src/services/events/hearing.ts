// Judges changes for one listener, by the newest state of their project. Pure.
//
// The history of a project is older than the rights to it: an id can be deleted and created again by another owner. So a
// listener hears the changes of the present life of a project, and those of an earlier one only where it was listening
// then, or may read every project of this id.

import { decideAccess, mayRead, type Principal } from '../../core/auth/access.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { ListedRevision, ProjectChanges } from '../../stores/watch.ts'

export type Heard =
  /** Nothing: the project is as an absent one. */
  | { kind: 'hidden' }
  /** The project is to be read anew; changes up to this revision are left out. */
  | { kind: 'reset'; revision: number }
  /** `rest`: the changes after a deletion, which is the last event of `revisions`. Undefined where there was none. */
  | { kind: 'heard'; revisions: readonly ListedRevision[]; revision: number; rest: ProjectChanges | undefined }

export interface HearingOptions {
  by: Principal
  /** The newest state, read after the changes; undefined where the project is absent or deleted. */
  newest: ProjectState | undefined
  /** Revision of a state at which the listener had access, before or among the changes. @default it never listened */
  seenAt?: number
}

/** True where the principal may read every project of this id, also deleted ones. */
export const mayReadAll = (by: Principal, projectId: string): boolean =>
  decideAccess(by, 'read', projectId, undefined) === 'allowed'

export const hear = (changes: ProjectChanges, { by, newest, seenAt }: HearingOptions): Heard => {
  const { projectId, revision, revisions, reset } = changes
  const hearsAll = mayReadAll(by, projectId)
  if (newest ? !mayRead(newest, by) : !hearsAll && seenAt === undefined) return { kind: 'hidden' }
  if (reset) return newest || hearsAll ? { kind: 'reset', revision } : { kind: 'hidden' }
  const end = revisions.findIndex(isDeletion)
  const heard = end < 0 ? revisions : revisions.slice(0, end + 1)
  const isPresent = newest !== undefined && end < 0 && revisions.every((each) => isOf(newest, each))
  if (!isPresent && !hearsAll && !hadAccessTo(heard, seenAt))
    return newest ? { kind: 'reset', revision: newest.revision } : { kind: 'hidden' }
  const last = heard.at(-1)?.revision ?? revision
  if (end < 0) return { kind: 'heard', revisions: heard, revision, rest: undefined }
  return { kind: 'heard', revisions: heard, revision: last, rest: { ...changes, revisions: revisions.slice(end + 1) } }
}

const isDeletion = ({ events }: ListedRevision): boolean => events.some(({ type }) => type === 'project.deleted')

/** True where a revision is of the present life of a project, or tells nothing. */
const isOf = ({ created_at }: ProjectState, { at, events }: ListedRevision): boolean =>
  events.length === 0 || at >= created_at

/** True where access at `seenAt` held for all of the revisions: none after it may have changed the access. */
const hadAccessTo = (revisions: readonly ListedRevision[], seenAt: number | undefined): boolean =>
  seenAt !== undefined &&
  revisions.every(
    ({ revision, events }) => revision <= seenAt || !events.some(({ type }) => type === 'project.changed'),
  )
