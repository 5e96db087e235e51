// The history of a project as the store itself orders it: changes by revision, applied through core/changes.ts.

import { TintypeError } from '../../../src/core/errors.ts'
import { applyChange, type ProjectChange } from '../../../src/core/project/changes.ts'
import type { ProjectState } from '../../../src/core/project/state.ts'
import { type Entry, type Snapshot, sameSnapshot, snapshotOf } from './entry.ts'

export interface Change {
  entry: Entry
  change: ProjectChange
  /** The newest revision acknowledged before the request of the change: it must come after that. */
  after: number
}

export interface Acknowledged extends Change {
  state: Snapshot
  /** Position among all changes of the history. */
  at: number
}

/** An answer without a revision. It must fit a state that the project had while the operation ran. */
export interface Observation {
  entry: Entry
  /** The newest revision acknowledged before the operation began. */
  from: number
}

/** What a history says, by revision. */
export interface Claims {
  acknowledged: ReadonlyMap<number, readonly Acknowledged[]>
  reads: ReadonlyMap<number, readonly Snapshot[]>
  observations: readonly Observation[]
  /** Changes that may be part of any later revision, or of none. */
  unknown: readonly Change[]
  /** Deletions of the project, each of which may be followed by a revision that says that the files are gone. */
  deletions: number
  newest: number
}

/** Results that leave unknown whether the change was kept: it may be part of any later revision, or of none. */
const UNKNOWN_OUTCOMES = ['store_unavailable', 'storage_full']

/** The time of a creation that was not acknowledged: any that an answer has. */
const UNKNOWN_TIME = ''

/** @param knownBefore see {@link newestKnownBefore} */
export const claimsOf = (history: readonly Entry[], knownBefore: (entry: Entry) => number): Claims => {
  const changes = history.flatMap((entry) =>
    entry.action.type === 'change' ? [{ entry, change: entry.action.change, after: knownBefore(entry) }] : [],
  )
  const reads = history.flatMap(({ action, result }) =>
    action.type === 'read' && 'state' in result && result.state ? [result.state] : [],
  )
  return {
    acknowledged: byRevision(changes.flatMap(acknowledgedOf), ({ state }) => state.revision),
    reads: byRevision(reads, ({ revision }) => revision),
    observations: history.filter(isObservation).map((entry) => ({ entry, from: knownBefore(entry) })),
    unknown: changes.filter(({ entry }) => isUnknown(entry)),
    deletions: history.filter(isDeletionOfProject).length,
    newest: Math.max(0, ...history.map(({ result }) => revisionOf(result) ?? 0)),
  }
}

export const revisionOf = (result: Entry['result']): number | undefined =>
  'state' in result ? result.state?.revision : undefined

/** For each operation of a history: the newest revision acknowledged to any process before it began. */
export const newestKnownBefore = (history: readonly Entry[]): ((entry: Entry) => number) => {
  const ended = history.toSorted((a, b) => (a.end < b.end ? -1 : a.end > b.end ? 1 : 0))
  let newest = 0
  const known = ended.map(({ end, result }) => {
    newest = Math.max(newest, revisionOf(result) ?? 0)
    return { end, newest }
  })
  return ({ start }) => {
    let [low, high] = [0, known.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((known[middle]?.end ?? start) < start) low = middle + 1
      else high = middle
    }
    return known[low - 1]?.newest ?? 0
  }
}

/** The state after a change, or the code of its error. */
export const outcomeOf = (state: ProjectState, change: ProjectChange, now: string): ProjectState | string => {
  try {
    return applyChange(state, change, now)
  } catch (error) {
    if (error instanceof TintypeError) return error.code
    throw error
  }
}

/** The state after an acknowledged change, which is idle where it had nothing to do. Undefined where its answer differs. */
export const afterAcknowledged = (before: ProjectState, { change, state: answer }: Acknowledged) => {
  const after = outcomeOf(before, change, answer.updated_at)
  if (typeof after === 'string') return undefined
  const state = withTimeOf({ ...after, revision: before.revision, updated_at: answer.updated_at }, answer)
  return sameSnapshot(snapshotOf(state), answer) ? { state, isIdle: after === before } : undefined
}

/** Undefined where a change of unknown outcome has nothing to do, or is refused. */
export const afterUnknown = (state: ProjectState, { change }: Change): ProjectState | undefined => {
  const after = outcomeOf(state, change, UNKNOWN_TIME)
  return typeof after === 'string' || after === state ? undefined : after
}

/** The state at the end of a revision, undefined where it was read otherwise. */
export const asRead = (state: ProjectState, reads: readonly Snapshot[] = []): ProjectState | undefined => {
  const dated = reads[0] ? withTimeOf(state, reads[0]) : state
  // A revision that was never acknowledged has no known time.
  const shown = snapshotOf(dated)
  return reads.every((read) => sameSnapshot({ ...shown, updated_at: read.updated_at }, read)) ? dated : undefined
}

const withTimeOf = (state: ProjectState, { created_at }: Snapshot): ProjectState =>
  state.created_at === UNKNOWN_TIME ? { ...state, created_at } : state

const byRevision = <Of>(all: readonly Of[], revisionIn: (each: Of) => number): Map<number, Of[]> => {
  const found = new Map<number, Of[]>()
  for (const each of all) {
    const same = found.get(revisionIn(each))
    if (same) same.push(each)
    else found.set(revisionIn(each), [each])
  }
  return found
}

const acknowledgedOf = (change: Change, at: number): Acknowledged[] => {
  const { result } = change.entry
  return 'state' in result && result.state ? [{ ...change, state: result.state, at }] : []
}

const isUnknown = ({ result }: Entry): boolean => 'error' in result && UNKNOWN_OUTCOMES.includes(result.error)

const isObservation = ({ action, result }: Entry): boolean =>
  revisionOf(result) === undefined &&
  !(action.type === 'change' && 'error' in result && [...UNKNOWN_OUTCOMES, 'busy'].includes(result.error))

const isDeletionOfProject = (entry: Entry): boolean =>
  entry.action.type === 'change' &&
  entry.action.change.type === 'delete_project' &&
  ('state' in entry.result || isUnknown(entry))
