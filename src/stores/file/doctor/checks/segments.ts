// Checks the segments of image lists: each that a revision names exists and is intact.

import type { Revision, StoredSegment } from '../../../history/revision.ts'
import { MIN_REVISIONS } from '../../commit/revision-file.ts'
import { confirmedFindings, type DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { type History, readHistory } from '../read/history.ts'
import { MISSING, readSegment, type SegmentFault } from '../read/segments.ts'
import { repairSegment } from '../repair/segments.ts'

export const checkSegments = async (context: DoctorContext, projectId: string): Promise<Problem[]> =>
  (await findSegmentFaults(context, projectId)).map((found) => ({
    kind: found.fault === MISSING ? 'run_missing' : 'run_damaged',
    path: context.relativePath(context.paths.segment(projectId, found.stored.id)),
    detail: `it ${found.fault}; expected ${found.stored.count} images, named by revision ${found.revision}`,
    repair: () => repairSegment(context, projectId, found),
  }))

/** Faults of segments of the head first. */
export const findSegmentFaults = (context: DoctorContext, projectId: string): Promise<SegmentFault[]> =>
  confirmedFindings(context, async () => {
    const history = await readHistory(context.paths, projectId)
    const faults = new Map<string, SegmentFault>()
    for (const [id, { stored, revision }] of namedSegments(history)) {
      const images = await readSegment(context.paths, projectId, stored)
      if (typeof images === 'string')
        faults.set(id, { stored, revision, isInHead: revision === history.at(-1)?.number, fault: images })
    }
    return faults
  })

/** Segments by id, each with the newest revision that names it. */
const namedSegments = (history: History): ReadonlyMap<string, { stored: StoredSegment; revision: number }> => {
  const segments = new Map<string, { stored: StoredSegment; revision: number }>()
  // Pruning removes the segments of the oldest revisions a moment before the revisions themselves.
  for (const { number, revision } of history.slice(-MIN_REVISIONS).toReversed())
    for (const stored of revision ? storedIn(revision) : [])
      if (!segments.has(stored.id)) segments.set(stored.id, { stored, revision: number })
  return segments
}

const storedIn = ({ state, removingSegments }: Revision): StoredSegment[] => [
  ...state.images.segments.flatMap(({ count, stored }) => (stored ? [{ count, ...stored }] : [])),
  ...removingSegments,
]
