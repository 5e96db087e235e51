// Plan of an export: files that are missing, and files of an earlier export that have changed.

import { z } from 'zod'

/** Name of the file with the records, beside the pictures. */
export const RECORDS = 'tintype.json'

/** Record of the files of an earlier export. */
export const recordsSchema = z.object({
  tintype: z.string(),
  images: z.array(z.object({ file: z.string(), sha256: z.string() })),
})

/** State of a path: the hash of its file, nothing, or something that is no plain file. */
export type Found = string | 'nothing' | 'other'

/** Step of the plan, for one file. */
export type Step = 'keep' | 'write' | 'refuse'

/**
 * A file is written where nothing is in its place, or what an earlier export has written there. Anything else in its
 * place stays.
 *
 * @param wanted hash of the picture
 * @param before hash that an earlier export has recorded of the file
 */
export const stepFor = (wanted: string, found: Found, before: string | undefined): Step => {
  if (found === wanted) return 'keep'
  return found === 'nothing' || (found !== 'other' && found === before) ? 'write' : 'refuse'
}
