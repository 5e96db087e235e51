// Applies a batch of changes to a state and makes the revision that follows. No I/O.

import { followSlots } from '../../core/atlas/follow.ts'
import { applyChange, type ProjectChange } from '../../core/project/changes.ts'
import { deletedBy, droppedPending, eventsOf, type ProjectEvent } from '../../core/project/events.ts'
import { emptyProject, type ProjectState } from '../../core/project/state.ts'
import { tokensAfter } from '../append-log.ts'
import type { Transition } from '../store.ts'
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
 * Applies a batch to a state. A change that fails is rejected alone. `undefined` alters nothing and requires a revision
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
  const outcomes: Outcome[] = []
  const deleted: string[] = []
  const deletedSegments: StoredSegment[] = []
  const events: ProjectEvent[] = []
  let state = before
  for (const change of changes) {
    try {
      let next = change ? applyChange(state, change, now, state === before ? before.revision : revision) : state
      if (change) deleted.push(...deletedBy(state, change, next), ...droppedPending(state, change, next))
      if (change?.type === 'delete_project') {
        deleted.push(...idsNotStored(state))
        deletedSegments.push(...storedSegmentsOf(state))
      }
      const made = change ? eventsOf(state, change, next) : []
      const { atlas } = next
      if (change && atlas) next = followSlots({ ...next, atlas }, slotChanges(change, made), now)
      events.push(...made)
      const previous = state
      state = next
      outcomes.push({ before: previous, after: { ...next, revision, updated_at: now } })
    } catch (error) {
      outcomes.push({ error })
    }
  }
  if (state === before && !changes.includes(undefined))
    return {
      outcomes: outcomes.map((outcome) => ('error' in outcome ? outcome : { before, after: before })),
      state: undefined,
      deleted,
      deletedSegments,
      events,
    }
  return { outcomes, state: { ...state, revision, updated_at: now }, deleted, deletedSegments, events }
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
