// Segment files: every one that a revision names is there and what was written.

import { namedSegments, type Revision, type StoredSegment } from '../../../history/revision.ts'
import { seenTwice, type Tools } from '../context.ts'
import type { Problem } from '../problem.ts'
import { FEWEST_REVISIONS, type History, readHistory } from '../read/history.ts'
import { readSegment } from '../read/segments.ts'
import { mendSegment } from '../repair/segments.ts'

export interface SegmentFault {
  stored: StoredSegment
  /** The newest revision that names it. */
  revision: number
  isNewest: boolean
  fault: string
}

export const checkSegments = async (tools: Tools, projectId: string): Promise<Problem[]> =>
  (await segmentFaults(tools, projectId)).map((found) => ({
    kind: found.fault === 'is missing' ? 'run_missing' : 'run_damaged',
    path: tools.name(tools.paths.segment(projectId, found.stored.id)),
    detail: `it ${found.fault}; ${found.stored.count} images, named by revision ${found.revision}`,
    mend: () => mendSegment(tools, projectId, found),
  }))

/** Those of the newest revision first. */
export const segmentFaults = (tools: Tools, projectId: string): Promise<SegmentFault[]> =>
  seenTwice(tools, async () => {
    const history = await readHistory(tools.paths, projectId)
    const faults = new Map<string, SegmentFault>()
    for (const [at, { stored, revision }] of wanted(history)) {
      const images = await readSegment(tools.paths, projectId, stored)
      if (typeof images === 'string')
        faults.set(at, { stored, revision, isNewest: revision === history.at(-1)?.number, fault: images })
    }
    return faults
  })

/** Segments by id, each with the newest revision that names it. */
const wanted = (history: History): ReadonlyMap<string, { stored: StoredSegment; revision: number }> => {
  const segments = new Map<string, { stored: StoredSegment; revision: number }>()
  // What only older ones name goes a moment before they go themselves.
  for (const { number, revision } of history.slice(-FEWEST_REVISIONS).toReversed())
    for (const stored of revision ? storedIn(revision) : [])
      if (!segments.has(stored.id)) segments.set(stored.id, { stored, revision: number })
  return segments
}

/** As {@link namedSegments}, with all that is known of them. */
const storedIn = ({ state, removingSegments }: Revision): StoredSegment[] => [
  ...state.images.segments.flatMap(({ count, stored }) => (stored ? [{ count, ...stored }] : [])),
  ...removingSegments,
]

/**
 * Ids of segments that may lie on disk: named by a revision, or dropped by one whose predecessor is still there and takes
 * them along when it goes.
 */
export const segmentsOnDisk = (history: History): ReadonlySet<string> =>
  new Set(
    history.flatMap(({ revision }, at) =>
      revision ? [...namedSegments(revision), ...(at > 0 ? revision.droppedSegments : [])] : [],
    ),
  )
