// The history of a project as the store itself orders it: changes by revision, applied through core/changes.ts.

import { TintypeError } from '../../../src/core/errors.ts'
import { applyChange, type ProjectChange } from '../../../src/core/project/changes.ts'
import type { ProjectState } from '../../../src/core/project/state.ts'
import { type Entry, type Snapshot, sameSnapshot, show, snapshotOf } from './entry.ts'

/** One revision: the states that it went through. Readers see the last one. */
export interface Step {
  revision: number
  states: readonly [ProjectState, ...ProjectState[]]
  /** Changes that had something to do here. */
  effective: readonly Entry[]
}

interface Change {
  entry: Entry
  change: ProjectChange
  /** The newest revision acknowledged before the request of the change: it must come after that. */
  after: number
}

interface Acknowledged extends Change {
  state: Snapshot
}

/** Results that leave unknown whether the change was kept: it may be part of any later revision, or of none. */
export const UNKNOWN_OUTCOMES = ['store_unavailable', 'storage_full']

/**
 * All steps that lead to every returned state and to every list that was read. There can be several: two uploads to one
 * asset, committed together, are answered alike in either order.
 *
 * @param history of one project
 * @param initial what it was before, with its images loaded
 * @returns a line that says which revision cannot be explained, for where there are no such steps
 */
export function* replays(history: readonly Entry[], initial: ProjectState): Generator<Step[], string> {
  const knownBefore = newestKnownBefore(history)
  const changes = history.flatMap((entry) => changeOf(entry, knownBefore(entry)))
  const acknowledged = byRevision(changes.flatMap(acknowledgedOf))
  const reads = byRevision(
    history.flatMap(({ action, result }) =>
      action.type === 'read' && 'state' in result && result.state ? [{ state: result.state }] : [],
    ),
  )
  const newest = Math.max(0, ...history.map(({ result }) => revisionOf(result) ?? 0))
  let deepest = 0

  /** The ways that the revision after these steps can have come about. */
  const waysOn = function* (before: ProjectState, unknown: readonly Change[]): Generator<Possible> {
    const revision = before.revision + 1
    deepest = Math.max(deepest, revision)
    const seen = reads.get(revision) ?? []
    for (const possible of possibleSteps(before, revision, acknowledged.get(revision) ?? [], unknown)) {
      const shown = snapshotOf(lastState(possible.step))
      if (seen.every(({ state }) => sameContent(shown, state))) yield possible
    }
  }

  // A stack of its own: a history has thousands of revisions, too many for calls within calls.
  const first: Step = { revision: initial.revision, states: [initial], effective: [] }
  const steps: Step[] = [first]
  const open = [waysOn(initial, changes.filter(isUnknown))]
  if (initial.revision >= newest) yield [...steps]
  for (let ways = initial.revision < newest ? open.at(-1) : undefined; ways; ways = open.at(-1)) {
    const { done, value: next } = ways.next()
    if (done) {
      open.pop()
      steps.pop()
      continue
    }
    steps.push(next.step)
    if (next.step.revision === newest) {
      yield [...steps]
      steps.pop()
    } else open.push(waysOn(lastState(next.step), next.left))
  }
  const unexplained = history.filter(({ result }) => revisionOf(result) === deepest)
  return `revision ${deepest}: no order of the changes explains ${unexplained.map(show).join('; ')}`
}

export const lastState = ({ states }: Step): ProjectState => states.at(-1) ?? states[0]

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

interface Possible {
  step: Step
  /** Changes of unknown outcome that are not part of it. */
  left: readonly Change[]
}

/** Every way that a revision can have come about, but one of those that end alike with equally new requests. */
function* possibleSteps(
  before: ProjectState,
  revision: number,
  group: readonly Acknowledged[],
  unknown: readonly Change[],
): Generator<Possible> {
  const ends = new Set<string>()
  for (const possible of orders({ revision, states: [{ ...before, revision }], effective: [] }, group, unknown)) {
    // Of two deletions of one image, answered alike, either may be the one that did it: only the first can precede what
    // ended before the second began.
    const begun = newestStart(possible.step.effective)
    const end = JSON.stringify([snapshotOf(lastState(possible.step)), possible.left.length, `${begun}`])
    if (!ends.has(end)) yield possible
    ends.add(end)
  }
}

const newestStart = (entries: readonly Entry[]): bigint => {
  let newest = 0n
  for (const { start } of entries) if (start > newest) newest = start
  return newest
}

function* orders(step: Step, group: readonly Acknowledged[], unknown: readonly Change[]): Generator<Possible> {
  // An unacknowledged revision is rather that of a change whose outcome is unknown than of none.
  const silent = group.length === 0 && step.states.length === 1
  if (group.length === 0 && !silent) yield { step, left: unknown }
  const state = lastState(step)
  for (const next of group) {
    const after = outcomeOf(state, next.change, next.state.updated_at)
    if (typeof after === 'string') continue
    const stamped = { ...after, revision: step.revision, updated_at: next.state.updated_at }
    if (!sameSnapshot(snapshotOf(stamped), next.state)) continue
    const idle = after === state
    if (!idle && next.after >= step.revision) continue
    const effective = idle ? step.effective : [...step.effective, next.entry]
    const left = group.filter((other) => other !== next)
    yield* orders({ ...step, states: [...step.states, stamped], effective }, left, unknown)
  }
  for (const next of unknown) {
    const after = outcomeOf(state, next.change, state.updated_at)
    if (typeof after === 'string' || after === state || next.after >= step.revision) continue
    const left = unknown.filter((other) => other !== next)
    const effective = [...step.effective, next.entry]
    yield* orders({ ...step, states: [...step.states, after], effective }, group, left)
  }
  if (silent) yield { step, left: unknown }
}

const changeOf = (entry: Entry, after: number): Change[] =>
  entry.action.type === 'change' ? [{ entry, change: entry.action.change, after }] : []

const byRevision = <Of extends { state: Snapshot }>(all: readonly Of[]): Map<number, Of[]> => {
  const found = new Map<number, Of[]>()
  for (const each of all) {
    const { revision } = each.state
    found.set(revision, [...(found.get(revision) ?? []), each])
  }
  return found
}

const acknowledgedOf = (change: Change): Acknowledged[] => {
  const { result } = change.entry
  return 'state' in result && result.state ? [{ ...change, state: result.state }] : []
}

const isUnknown = ({ entry: { result } }: Change): boolean =>
  'error' in result && UNKNOWN_OUTCOMES.includes(result.error)

/** A revision that was never acknowledged has no known time. */
const sameContent = (replayed: Snapshot, read: Snapshot): boolean =>
  sameSnapshot({ ...replayed, updated_at: read.updated_at }, read)
