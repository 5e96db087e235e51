// Reads the segments of an image list from disk, and lists which of them may exist.

import type { ImageRecord } from '../../../../core/project/model.ts'
import { decodeSegment, namedSegments, type StoredSegment } from '../../../history/revision.ts'
import type { Paths } from '../../paths.ts'
import { readText } from './files.ts'
import type { History } from './history.ts'

export interface SegmentFault {
  stored: StoredSegment
  /** The newest revision that names it. */
  revision: number
  isInHead: boolean
  /** As the end of a sentence: `it is missing`. */
  fault: string
}

/** Fault of a segment whose file does not exist. */
export const MISSING = 'is missing'

/** @returns the images of a segment, or its fault as the end of a sentence */
export const readSegment = async (
  paths: Paths,
  projectId: string,
  stored: StoredSegment,
): Promise<readonly ImageRecord[] | string> => {
  const file = await readText(paths.segment(projectId, stored.id))
  if (file.type === 'missing') return MISSING
  if (file.type === 'unusable') return `is ${file.description}`
  if (file.text === '') return 'is empty'
  try {
    return decodeSegment(file.text, stored)
  } catch {
    return 'fails its checksum'
  }
}

/**
 * Ids of segments that may be on disk: named by a revision, or dropped by one whose predecessor is still there and takes
 * them along when it is pruned.
 */
export const segmentsOnDisk = (history: History): ReadonlySet<string> =>
  new Set(
    history.flatMap(({ revision }, at) =>
      revision ? [...namedSegments(revision), ...(at > 0 ? revision.droppedSegments : [])] : [],
    ),
  )
