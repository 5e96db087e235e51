// Segment files as they lie on disk: the parts that a long list of images is kept in.

import type { ImageRecord } from '../../../../core/project/model.ts'
import { decodeSegment, type StoredSegment } from '../../../history/revision.ts'
import type { Paths } from '../../paths.ts'
import { readText } from './files.ts'

/** The images of a segment, or what is wrong with its file, as the end of a sentence. */
export const readSegment = async (
  paths: Paths,
  projectId: string,
  stored: StoredSegment,
): Promise<readonly ImageRecord[] | string> => {
  const look = await readText(paths.segment(projectId, stored.id))
  if (look.type === 'missing') return 'is missing'
  if (look.type === 'odd') return `is ${look.what}`
  if (look.text === '') return 'is empty'
  try {
    return decodeSegment(look.text, stored)
  } catch {
    return 'is not what was written: its checksum does not match'
  }
}
