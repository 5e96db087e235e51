// Linearizability check: whether one order of the changes explains all answers to several processes.
//
// The store itself says the order: each acknowledged change comes back with the revision that it led to. So no search
// over all orders is needed. Each returned state and each list must be what the replay has at that revision, the order
// must respect real time, and every other answer must fit a state that the project had while the operation ran.

import type { ProjectState } from '../../../src/core/project/state.ts'
import { type Entry, show } from './entry.ts'
import { claimsOf, newestKnownBefore, revisionOf } from './replay.ts'
import { findOrder } from './search.ts'

/**
 * @param history of one project
 * @param initial what it was before, with its images loaded
 * @returns unexplained answers, one line each; empty where one order explains everything
 */
export const explain = (history: readonly Entry[], initial: ProjectState): string[] => {
  const knownBefore = newestKnownBefore(history)
  const unexplained = findOrder(claimsOf(history, knownBefore), initial)
  return [...againstRealTime(history, knownBefore), ...(unexplained === undefined ? [] : [unexplained])]
}

const againstRealTime = (history: readonly Entry[], knownBefore: (entry: Entry) => number): string[] =>
  history.flatMap((entry) => {
    const revision = revisionOf(entry.result)
    const known = knownBefore(entry)
    if (revision === undefined || revision >= known) return []
    return [`${show(entry)} got revision ${revision}, though ${known} was known before it began`]
  })
