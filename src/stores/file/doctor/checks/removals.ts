// Checks deletions: an image that the head no longer lists has no files.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Revision } from '../../../history/revision.ts'
import type { DoctorContext } from '../context.ts'
import type { Problem } from '../problem.ts'
import { statOf } from '../read/files.ts'
import { findPendingWork, hasEndedWork, SWEPT_LATER } from '../read/pending-work.ts'

/** Limit on checks while a process still deletes: files go a moment after their image has left the list. */
const MAX_CHECKS = 20

export const checkRemovals = async (context: DoctorContext, projectId: string): Promise<Problem[]> => {
  let found = await findUnfinished(context, projectId)
  for (let checks = 1; found.size > 0; checks++) {
    // Before the next check: work that was pending until then has ended by now.
    const { folders } = await findPendingWork(context.paths, projectId, 'alive')
    await sleep(context.waits.recheckDelayMs)
    const again = await findUnfinished(context, projectId)
    found = new Set([...found].filter((path) => again.has(path)))
    if (folders === 0 || checks === MAX_CHECKS) break
  }
  const isRemains = found.size > 0 && (await hasEndedWork(context.paths, projectId))
  return [...found].map((path) => ({
    kind: 'removal_unfinished',
    path: context.relativePath(path),
    detail: `expected no files, as it was deleted; found some or cannot exclude them${isRemains ? SWEPT_LATER : ''}`,
    isRemains,
    async repair() {
      await context.removal.project(projectId)
      await context.commit(projectId, undefined)
      return 'removed'
    },
  }))
}

/** Paths of originals, and of the project where it is deleted as a whole. */
const findUnfinished = async (context: DoctorContext, projectId: string): Promise<Set<string>> => {
  const head = await context.heads.read(projectId)
  const { isWholeProject } = await findPendingWork(context.paths, projectId, 'all')
  const found = new Set<string>()
  if (!head || isWholeProject) return found
  for (const path of await remainingOriginals(context, projectId, head)) found.add(path)
  if (head.removingSegments.length > 0) found.add(context.paths.project(projectId))
  return found
}

/** A removal deletes the original last, so it stands for all files of an image. */
const remainingOriginals = async (
  { paths }: DoctorContext,
  projectId: string,
  { removing }: Revision,
): Promise<string[]> => {
  const remaining: string[] = []
  for (const imageId of removing) {
    const path = paths.variant(projectId, imageId, 'original')
    if (await statOf(path)) remaining.push(path)
  }
  return remaining
}
