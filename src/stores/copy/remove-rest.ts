// Removes what a copy has no longer a use for.

import { isPending } from '../../core/jobs/pending.ts'
import { VARIANTS } from '../../core/names.ts'
import type { ImageRecord } from '../../core/project/model.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { CopySource, CopyTarget } from './place.ts'

interface SourceProject {
  /** Revisions of the source, lowest first. */
  numbers: readonly number[]
  /** Of the newest one. */
  images: readonly ImageRecord[]
}

/**
 * Removes what the target has of older states: revisions below a gap and those that the source has pruned, their segments,
 * and files of deleted images.
 */
export const removeRest = async (
  { source, target }: { source: CopySource; target: CopyTarget },
  head: ProjectState,
  { numbers: wanted, images }: SourceProject,
): Promise<void> => {
  const { project_id: projectId } = head
  const numbers = await target.revisions(projectId)
  const gap = numbers.findLastIndex((number, at) => at > 0 && numbers[at - 1] !== number - 1)
  const pruned = numbers.findIndex((number) => number >= (wanted[0] ?? 0))
  const kept = numbers.slice(Math.max(0, gap, pruned))
  for (const number of numbers.slice(0, numbers.length - kept.length)) await target.removeRevision(projectId, number)
  const segments = await target.segments(projectId)
  const texts: string[] = []
  // Mostly on a disk, which is nearer than a bucket.
  const read = async (number: number) =>
    (await source.revision(projectId, number)) ?? (await target.revision(projectId, number)) ?? ''
  if (segments.length > 0) for (const number of kept) texts.push(await read(number))
  for (const id of segments) if (!texts.some((text) => text.includes(id))) await target.removeSegment(projectId, id)
  const known = new Set(images.map(({ id }) => id))
  for (const name of VARIANTS)
    for (const imageId of (await target.variants(projectId, name)).keys())
      if (!known.has(imageId) && !isPending(head, imageId)) await target.removeVariant(projectId, imageId, name)
}
