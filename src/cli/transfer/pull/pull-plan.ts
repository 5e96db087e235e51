// Plan of a pull: which files are written, kept and removed. Files that no pull has written stay as they are.

import { messageOf } from '../../../core/errors.ts'
import type { Found, TargetFolder, WrittenFile } from '../target-folder.ts'
import type { PulledFile } from './pull-state.ts'
import type { RemoteFile } from './remote-file.ts'

/** Step of the plan, for one file. `compare`: it may be complete; its content is read again and compared. */
export type Step = 'keep' | 'write' | 'compare' | 'refuse'

export interface PlannedFile<File extends RemoteFile = RemoteFile> {
  file: File
  step: Step
  /** Why it is refused. */
  reason: string
  /** The file in its place. */
  found?: WrittenFile
}

const IN_ITS_PLACE = 'another file is in its place, which stays'

export const planOf = async <File extends RemoteFile>(
  target: Pick<TargetFolder, 'find'>,
  files: readonly File[],
  owned: ReadonlyMap<string, PulledFile>,
): Promise<PlannedFile<File>[]> => {
  const planned: PlannedFile<File>[] = []
  for (const file of files) {
    try {
      const found = await target.find(file.path)
      const step = stepFor(file, found, owned.get(file.path))
      planned.push({ file, step, reason: IN_ITS_PLACE, ...(typeof found === 'string' ? {} : { found }) })
    } catch (error) {
      planned.push({ file, step: 'refuse', reason: messageOf(error) })
    }
  }
  return planned
}

const stepFor = (file: RemoteFile, state: Found, before: PulledFile | undefined): Step => {
  if (state === 'nothing') return 'write'
  if (state === 'other') return 'refuse'
  const { sha256: found } = state
  if (file.sha256 !== null && found === file.sha256) return 'keep'
  if (!before) return file.sha256 === null ? 'compare' : 'refuse'
  if (found === before.sha256) return before.image === file.contentId && before.next === undefined ? 'keep' : 'write'
  if (found === before.next) return 'write'
  // A pull was killed while it wrote the file, whose hash was not known before.
  return before.next === null ? 'compare' : 'refuse'
}

/** What the state says of a file before it is written: the hashes that it can have until the next pull. */
export const claimOf = ({ contentId, sha256 }: RemoteFile, found: WrittenFile | undefined): PulledFile => ({
  image: contentId,
  sha256: found?.sha256 ?? null,
  bytes: 0,
  next: sha256,
})

/** True for content that a pull has written. */
export const isOurs = (found: string, { sha256, next }: PulledFile): boolean => found === sha256 || found === next
