// Applies a batch of changes to a state and makes the revision that follows. No I/O.

import { followSlots } from '../../core/atlas/follow.ts'
import { applyChange, type ProjectChange } from '../../core/project/changes.ts'
import { deletedBy, droppedPending, eventsOf, type ProjectEvent } from '../../core/project/events.ts'
import { emptyProject, type ProjectState } from '../../core/project/state.ts'
import { tokensAfter } from '../append-log.ts'
import type { Transition } from '../store.ts'
import { conditionsAt } from './conditions.ts'
import { namedSegments, type Revision, type StoredSegment, storedSegment } from './revision.ts'

/** Outcome of one change. */
export type Outcome = Transition | { error: unknown }

export interface Applied {
  /** One for each change, in their order. */
  outcomes: readonly Outcome[]
  /** The new state, undefined where no change altered it. */
  state: ProjectState | undefined
  /** Images that the batch deleted. */
  deleted: readonly string[]
  /** Whole segments that it deleted. */
  deletedSegments: readonly StoredSegment[]
  /** Events of all changes, in their order. */
  events: readonly ProjectEvent[]
}

/**
 * Applies a batch to a state. A change that fails is rejected alone. A batch of slot tables alone leaves the time of the last
 * change as it is, and conditions on the revision before it hold on. `undefined` alters nothing and requires a revision
 * all the same.
 */
export const applyBatch = (
  base: ProjectState | undefined,
  projectId: string,
  changes: readonly (ProjectChange | undefined)[],
  now: string,
): Applied => {
  const before = base ?? emptyProject(projectId, now)
  const revision = before.revision + 1
  const made: ({ before: ProjectState; next: ProjectState } | { error: unknown })[] = []
  const deleted: string[] = []
  const deletedSegments: StoredSegment[] = []
  const events: ProjectEvent[] = []
  let state = before
  /** Whether a change has altered more than slot tables. */
  let isShown = false
  for (const given of changes) {
    try {
      const present: number = isShown ? revision : before.revision
      const change: ProjectChange | undefined =
        given && (state.shownRevision === undefined ? given : conditionsAt(present, state, given))
      let next: ProjectState = change ? applyChange(state, change, now, present) : state
      if (change) deleted.push(...deletedBy(state, change, next), ...droppedPending(state, change, next))
      if (change?.type === 'delete_project') {
        deleted.push(...idsNotStored(state))
        deletedSegments.push(...storedSegmentsOf(state))
      }
      const own = change ? eventsOf(state, change, next) : []
      const { atlas } = next
      if (change && atlas && next !== state) next = followSlots({ ...next, atlas }, slotChanges(change, own), now)
      events.push(...own)
      made.push({ before: state, next })
      isShown ||= next !== state && change?.type !== 'add_slots'
      state = next
    } catch (error) {
      made.push({ error })
    }
  }
  const rest = { deleted, deletedSegments, events }
  if (state === before && !changes.includes(undefined))
    return {
      outcomes: made.map((each) => ('error' in each ? each : { before, after: before })),
      state: undefined,
      ...rest,
    }
  const isQuiet = !isShown && state !== before && !changes.includes(undefined)
  const stamp = isQuiet
    ? { revision, updated_at: before.updated_at, shownRevision: before.shownRevision ?? before.revision }
    : { revision, updated_at: now, shownRevision: undefined }
  const stamped = (next: ProjectState): ProjectState => ({ ...next, ...stamp })
  const outcomes = made.map((each) => ('error' in each ? each : { before: each.before, after: stamped(each.next) }))
  return { outcomes, state: stamped(state), ...rest }
}

/** Images whose slots a change frees, and those that it adds. */
const slotChanges = (change: ProjectChange, events: readonly ProjectEvent[]) => ({
  removed: events.flatMap((event) => (event.type === 'image.deleted' ? [event.image_id] : [])),
  added: change.type === 'add_image' && events.some(({ type }) => type === 'image.added') ? [change.image] : [],
})

export interface SuccessorInput {
  base: Revision | undefined
  /** With every segment stored. */
  state: ProjectState
  /** Id of this commit. */
  commit: string
  /** Images whose files are to be removed: of earlier revisions, and of this batch. */
  removing: readonly string[]
  removingSegments: readonly StoredSegment[]
  /** See {@link Revision.floor}. @default that of the base */
  floor?: string | undefined
  events: readonly ProjectEvent[]
}

export const successorOf = (input: SuccessorInput): Revision => {
  const { base, state, commit, removing, removingSegments, floor = base?.floor, events } = input
  const named = new Set(namedSegments({ state, removingSegments }))
  return {
    state: withCoverSegment(withoutSegmentImages(state), coverSegmentOf(state)),
    commits: tokensAfter(base?.commits ?? [], commit),
    removing,
    removingSegments,
    droppedSegments: base ? namedSegments(base).filter((id) => !named.has(id)) : [],
    ...(floor === undefined ? {} : { floor }),
    events,
  }
}

/** Drops the images of stored segments, which have a bounded cache of their own; a state in memory only names them. */
const withoutSegmentImages = (state: ProjectState): ProjectState => ({
  ...state,
  images: {
    ...state.images,
    segments: state.images.segments.map((segment) => (segment.stored ? { ...segment, images: undefined } : segment)),
  },
})

const withCoverSegment = ({ coverSegment: _, ...state }: ProjectState, segment: string | undefined): ProjectState =>
  segment === undefined ? state : { ...state, coverSegment: segment }

/** The stored segment of the primary image: the one in which it is found, or the one known before where that is named. */
const coverSegmentOf = ({ primary_image_id: cover, images, coverSegment }: ProjectState): string | undefined => {
  const isIn = (list: readonly { id: string }[] | undefined) => list?.some(({ id }) => id === cover) === true
  if (cover === null || isIn(images.tail)) return undefined
  const found = images.segments.find((segment) => isIn(segment.images))
  return (found ?? images.segments.find(({ stored }) => stored?.id === coverSegment))?.stored?.id
}

const storedSegmentsOf = ({ images }: ProjectState): StoredSegment[] =>
  images.segments.flatMap((segment) => (segment.stored ? [storedSegment(segment.count, segment.stored)] : []))

const idsNotStored = ({ images }: ProjectState): string[] =>
  [
    ...images.segments.filter((segment) => !segment.stored).flatMap((segment) => segment.images ?? []),
    ...images.tail,
  ].map(({ id }) => id)
