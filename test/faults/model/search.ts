// Search for one order of the changes of a history that fits all of its answers.
//
// Uploads to one asset that were committed together are answered alike in every order, and a change of unknown outcome
// fits in many places. So there can be more orders than can be tried: two that come to the same state with the same
// changes still to come have the same future, and the search goes on from one of them.

import { findImage } from '../../../src/core/project/image-list.ts'
import type { ProjectState } from '../../../src/core/project/state.ts'
import { show, snapshotOf } from './entry.ts'
import {
  type Acknowledged,
  afterAcknowledged,
  afterUnknown,
  asRead,
  type Change,
  type Claims,
  type Observation,
  outcomeOf,
} from './replay.ts'

/** A place in an order: within the revision of its state, before or after some of its changes. */
interface Place {
  state: ProjectState
  /** Acknowledged changes of this revision that are still to come. */
  group: readonly Acknowledged[]
  /** Changes of unknown outcome that are not part of the order so far. */
  unknown: readonly Change[]
  /** Begun observations that fit no earlier revision. */
  waiting: readonly Observation[]
  /** Those that fit a state of this revision. */
  fitted: ReadonlySet<Observation>
  /** Begin of the newest change that had something to do in this revision. @default 0 where there is none */
  begun: bigint
  /** Revisions so far without a change. */
  idle: number
}

/**
 * Limit on the places of a search. A history that fits takes about as many as it has changes; one that does not, with many
 * changes of unknown outcome, takes more than can be tried.
 */
const MOST_PLACES = 100_000

/** @returns the first answer that no order explains, undefined where one order explains everything */
export const findOrder = (claims: Claims, initial: ProjectState): string | undefined => {
  const begins = observationsByRevision(claims, initial.revision)
  const failed = new Map<string, Place[]>()
  let [deepest, complaint] = [-1, '']

  /** Keeps the reason of the newest revision that was reached. */
  const complain = (revision: number, reason: () => string): undefined => {
    if (revision <= deepest) return undefined
    deepest = revision
    complaint = reason()
    return undefined
  }

  const begin = (state: ProjectState, from: Pick<Place, 'unknown' | 'waiting' | 'idle'>): Place => ({
    state,
    group: claims.acknowledged.get(state.revision) ?? [],
    fitted: NONE,
    begun: 0n,
    ...from,
  })

  /** The place after a change of the same revision. Intermediate states are seen by those that fail in them. */
  const at = (state: ProjectState, before: Omit<Place, 'state'>): Place => {
    const fitting = before.waiting.filter((one) => !before.fitted.has(one) && fits(one, state))
    return { ...before, state, fitted: fitting.length > 0 ? new Set([...before.fitted, ...fitting]) : before.fitted }
  }

  /** The beginning of the next revision, undefined where this one cannot end here, `found` where it is the last. */
  const end = (place: Place): Place | 'found' | undefined => {
    const { revision } = place.state
    const no = (reason: () => string) => complain(revision, reason)
    const state = asRead(place.state, claims.reads.get(revision))
    if (!state) return no(() => `no order of the changes explains what was read of revision ${revision}`)
    // Read before a change of this revision began, so of an earlier revision.
    const late = place.waiting.find(({ entry }) => entry.end < place.begun)
    if (late) return no(() => `${show(late.entry)} fits no state from revision ${late.from} to ${revision - 1}`)
    const isRequested = place.begun > 0n || claims.acknowledged.has(revision) || revision === initial.revision
    const idle = isRequested ? place.idle : place.idle + 1
    // Only the deletion of a project is followed by a revision without a request: it says that the files are gone.
    if (idle > claims.deletions)
      return no(() => `revision ${revision} belongs to no change; ${claims.deletions} projects were deleted`)
    const begun = begins.get(revision) ?? []
    const waiting = [
      ...place.waiting.filter((one) => !place.fitted.has(one)),
      ...begun.filter((one) => !fits(one, state)),
    ]
    const [unexplained] = revision < claims.newest ? [] : waiting
    if (revision >= claims.newest && !unexplained) return 'found'
    if (unexplained)
      no(() => `${show(unexplained.entry)} fits no state from revision ${unexplained.from} to ${revision}`)
    // Behind the newest revision of an answer there can be those of changes that were kept without an answer.
    if (unexplained && (place.unknown.length === 0 || !isRequested)) return undefined
    return begin({ ...state, revision: revision + 1 }, { unknown: place.unknown, waiting, idle })
  }

  const next = function* (place: Place): Generator<Place | 'found'> {
    const { state, group, unknown, begun } = place
    const { revision } = state
    const isFirst = revision === initial.revision
    // An unacknowledged revision is rather that of a change whose outcome is unknown than of none.
    const isSilent = group.length === 0 && begun === 0n && !claims.acknowledged.has(revision)
    const ended = group.length === 0 && !isSilent ? end(place) : undefined
    if (ended) yield ended
    for (const change of group) {
      const after = afterAcknowledged(state, change)
      if (!after || (!after.isIdle && (isFirst || change.after >= revision))) continue
      const left = { ...place, group: group.filter((other) => other !== change) }
      yield after.isIdle
        ? { ...left, state: after.state }
        : at(after.state, { ...left, begun: newest(begun, change.entry.start) })
    }
    for (const change of isFirst ? [] : unknown) {
      const after = change.after < revision ? afterUnknown(state, change) : undefined
      if (!after) continue
      const left = unknown.filter((other) => other !== change)
      yield at(after, { ...place, unknown: left, begun: newest(begun, change.entry.start) })
    }
    const idle = isSilent ? end(place) : undefined
    if (idle) yield idle
    if (group.length > 0)
      complain(revision, () => {
        const answers = group.map(({ entry }) => show(entry)).join('; ')
        return `revision ${revision}: no order of the changes explains ${answers}`
      })
  }

  let places = 0
  // A stack of its own: a history has thousands of revisions, too many for calls within calls.
  const first = begin(initial, { unknown: claims.unknown, waiting: [], idle: 0 })
  const stack = [{ place: first, key: keyOf(first), ways: next(first) }]
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const { done, value: place } = top.ways.next()
    if (done) {
      failed.set(top.key, [...(failed.get(top.key) ?? []), top.place])
      stack.pop()
      continue
    }
    if (place === 'found') return undefined
    const key = keyOf(place)
    if (failed.get(key)?.some((other) => isNoBetter(place, other))) continue
    if (++places > MOST_PLACES) return `no order found in ${MOST_PLACES} places; so far: ${complaint}`
    stack.push({ place, key, ways: next(place) })
  }
  return complaint
}

const NONE: ReadonlySet<Observation> = new Set()

/** Places of one key differ in what is still open alone. */
const keyOf = ({ state, group }: Place): string => {
  // Times of a revision are in the answers that are still to come.
  const { updated_at: _, ...content } = snapshotOf(state)
  return JSON.stringify([content, group.map((change) => change.at)])
}

/** True where each order that goes on from this place goes on from the other one too. */
const isNoBetter = (place: Place, other: Place): boolean =>
  place.idle >= other.idle &&
  place.begun >= other.begun &&
  (place.begun === 0n || other.begun > 0n) &&
  includesAll(other.unknown, place.unknown) &&
  includesAll(place.waiting, other.waiting) &&
  includesAll(unfitted(place), unfitted(other))

const includesAll = <Of>(all: readonly Of[], some: readonly Of[]): boolean => {
  const set = new Set(all)
  return some.every((one) => set.has(one))
}

const unfitted = ({ waiting, fitted }: Place): Observation[] => waiting.filter((one) => !fitted.has(one))

const newest = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** Those that can fit the last state of a revision and all later ones. */
const observationsByRevision = ({ observations }: Claims, initial: number): Map<number, Observation[]> => {
  const found = new Map<number, Observation[]>()
  for (const one of observations) {
    const revision = Math.max(one.from, initial)
    found.set(revision, [...(found.get(revision) ?? []), one])
  }
  return found
}

const fits = ({ entry: { action, result } }: Observation, state: ProjectState): boolean => {
  if (action.type === 'change')
    return 'error' in result && outcomeOf(state, action.change, state.updated_at) === result.error
  if (action.type === 'read') return 'state' in result && state.deleted
  if (!('bytes' in result)) return false
  const there = findImage(state.images, action.imageId) !== undefined
  return result.bytes === null ? !there : there && result.bytes === `thumb of ${action.imageId}`
}
