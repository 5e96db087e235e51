// Run files: every one that a revision names is there and what was written.

import { namedRuns, type Revision, type StoredRun } from '../../../history/revision.ts'
import { seenTwice, type Tools } from '../context.ts'
import type { Problem } from '../problem.ts'
import { FEWEST_REVISIONS, type History, readHistory } from '../read/history.ts'
import { readRun } from '../read/segments.ts'
import { mendRun } from '../repair/segments.ts'

export interface RunFault {
  stored: StoredRun
  /** The newest revision that names it. */
  revision: number
  isNewest: boolean
  fault: string
}

export const checkRuns = async (tools: Tools, projectId: string): Promise<Problem[]> =>
  (await runFaults(tools, projectId)).map((found) => ({
    kind: found.fault === 'is missing' ? 'run_missing' : 'run_damaged',
    path: tools.name(tools.paths.run(projectId, found.stored.id)),
    detail: `it ${found.fault}; ${found.stored.count} images, named by revision ${found.revision}`,
    mend: () => mendRun(tools, projectId, found),
  }))

/** Those of the newest revision first. */
export const runFaults = (tools: Tools, projectId: string): Promise<RunFault[]> =>
  seenTwice(tools, async () => {
    const history = await readHistory(tools.paths, projectId)
    const faults = new Map<string, RunFault>()
    for (const [at, { stored, revision }] of wanted(history)) {
      const images = await readRun(tools.paths, projectId, stored)
      if (typeof images === 'string')
        faults.set(at, { stored, revision, isNewest: revision === history.at(-1)?.number, fault: images })
    }
    return faults
  })

/** Runs by id, each with the newest revision that names it. */
const wanted = (history: History): ReadonlyMap<string, { stored: StoredRun; revision: number }> => {
  const runs = new Map<string, { stored: StoredRun; revision: number }>()
  // What only older ones name goes a moment before they go themselves.
  for (const { number, revision } of history.slice(-FEWEST_REVISIONS).toReversed())
    for (const stored of revision ? storedIn(revision) : [])
      if (!runs.has(stored.id)) runs.set(stored.id, { stored, revision: number })
  return runs
}

/** As {@link namedRuns}, with all that is known of them. */
const storedIn = ({ state, removingRuns }: Revision): StoredRun[] => [
  ...state.images.runs.flatMap(({ count, stored }) => (stored ? [{ count, ...stored }] : [])),
  ...removingRuns,
]

/**
 * Ids of runs that may lie on disk: named by a revision, or dropped by one whose predecessor is still there and takes
 * them along when it goes.
 */
export const runsOnDisk = (history: History): ReadonlySet<string> =>
  new Set(
    history.flatMap(({ revision }, at) =>
      revision ? [...namedRuns(revision), ...(at > 0 ? revision.droppedRuns : [])] : [],
    ),
  )
