// Linearizability check: whether one order of the changes explains all answers to several processes.
//
// The store itself says the order: each acknowledged change comes back with the revision that it led to. So no search
// over all orders is needed. Each returned state and each list must be what the replay has at that revision, the order
// must respect real time, and every other answer must fit a state that the project had while the operation ran.

import { findImage } from '../../../src/core/project/image-list.ts'
import type { ProjectState } from '../../../src/core/project/state.ts'
import { type Entry, show } from './entry.ts'
import { lastState, newestKnownBefore, outcomeOf, replays, revisionOf, type Step, UNKNOWN_OUTCOMES } from './replay.ts'

/**
 * @param history of one project
 * @param initial what it was before, with its images loaded
 * @returns unexplained answers, one line each; empty where one order explains everything
 */
export const explain = (history: readonly Entry[], initial: ProjectState): string[] => {
  const knownBefore = newestKnownBefore(history)
  const real = againstRealTime(history, knownBefore)
  const all = replays(history, initial)
  let first: string[] | undefined
  for (let tried = 0; tried < MOST_REPLAYS; tried++) {
    const { done, value: steps } = all.next()
    if (done) return first ?? [steps]
    const complaints = [...inventedRevisions(history, steps), ...real, ...outOfPlace(history, steps, knownBefore)]
    if (complaints.length === 0) return []
    first ??= complaints
  }
  return first ?? []
}

/** Few histories have a second order, and each further one costs as much as the first. */
const MOST_REPLAYS = 1000

/** Only the deletion of a project is followed by a revision without a request: it says that the files are gone. */
const inventedRevisions = (history: readonly Entry[], steps: readonly Step[]): string[] => {
  const acknowledged = new Set(
    history.flatMap(({ action, result }) => (action.type === 'change' ? revisionOf(result) : []) ?? []),
  )
  const deletions = history.filter(isDeletionOfProject).length
  const invented = steps
    .slice(1)
    .filter(({ revision, effective }) => !acknowledged.has(revision) && effective.length === 0)
  if (invented.length <= deletions) return []
  return [
    `revisions ${invented.map(({ revision }) => revision)} belong to no change; ${deletions} projects were deleted`,
  ]
}

const isDeletionOfProject = ({ action, result }: Entry): boolean =>
  action.type === 'change' &&
  action.change.type === 'delete_project' &&
  ('state' in result || ('error' in result && UNKNOWN_OUTCOMES.includes(result.error)))

const againstRealTime = (history: readonly Entry[], knownBefore: (entry: Entry) => number): string[] =>
  history.flatMap((entry) => {
    const revision = revisionOf(entry.result)
    const known = knownBefore(entry)
    if (revision === undefined || revision >= known) return []
    return [`${show(entry)} got revision ${revision}, though ${known} was known before it began`]
  })

const outOfPlace = (
  history: readonly Entry[],
  steps: readonly Step[],
  knownBefore: (entry: Entry) => number,
): string[] =>
  history.flatMap((entry) => {
    const { action, result } = entry
    if (revisionOf(result) !== undefined) return []
    if (action.type === 'change' && 'error' in result && [...UNKNOWN_OUTCOMES, 'busy'].includes(result.error)) return []
    const states = statesDuring(entry, knownBefore(entry), steps)
    if (states.some((state) => fits(entry, state))) return []
    return [`${show(entry)} fits no state from revision ${states[0]?.revision} to ${states.at(-1)?.revision}`]
  })

const fits = ({ action, result }: Entry, state: ProjectState): boolean => {
  if (action.type === 'change')
    return 'error' in result && outcomeOf(state, action.change, state.updated_at) === result.error
  if (action.type === 'read') return 'state' in result && state.deleted
  if (!('bytes' in result)) return false
  const there = findImage(state.images, action.imageId) !== undefined
  return result.bytes === null ? !there : there && result.bytes === `thumb of ${action.imageId}`
}

/** Every state between the newest that was known before the operation and the oldest that was made after it. */
const statesDuring = (entry: Entry, from: number, steps: readonly Step[]): ProjectState[] => {
  const later = steps.filter(({ effective }) => effective.some(({ start }) => start > entry.end))
  const until = Math.min(...later.map(({ revision }) => revision))
  return steps.flatMap((step) => {
    if (step.revision < from || step.revision >= until) return []
    return step.revision === from ? [lastState(step)] : step.states
  })
}
