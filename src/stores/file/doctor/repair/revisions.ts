// Writes revisions by the rules of a commit (see ../../commit/attempt.ts), so that it is safe beside a running server.

import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { TintypeError } from '../../../../core/errors.ts'
import { tokensAfter, unknownOutcome } from '../../../append-log.ts'
import { encodeRevision, namedSegments, type Revision } from '../../../history/revision.ts'
import { createRevisionLog } from '../../commit/revision-file.ts'
import { linkNew, makeFolder, sync, writeNew } from '../../fs/durable.ts'
import { newToken } from '../../staging/workspace.ts'
import type { DoctorContext } from '../context.ts'
import { statOf } from '../read/files.ts'
import { faultsBelowHead, type History, RESTORED, readHistory } from '../read/history.ts'

/** Repairs an older revision, unless it was removed or replaced meanwhile. @returns what was done */
export const repairRevision = (context: DoctorContext, projectId: string, number: number): Promise<string> =>
  context.withWorkFolder(projectId, (folder) =>
    context.withLock(projectId, async () => {
      const history = await readHistory(context.paths, projectId)
      if (!faultsBelowHead(history).some((fault) => fault.number === number)) return 'repaired meanwhile'
      if (await restoreMisplaced(context, projectId, history, number, folder))
        return 'restored from the file of another number'
      await replaceRevision(context, projectId, number, substituteFor(number, history), folder)
      return 'replaced by a copy of the next revision; this older state is lost, the project is complete'
    }),
  )

/**
 * Restores a revision from the file of another number, and the revision whose file that is where it is known.
 *
 * @returns false where no file holds it
 */
export const restoreMisplaced = async (
  context: DoctorContext,
  projectId: string,
  history: History,
  number: number,
  folder: string,
): Promise<boolean> => {
  const copy = history.find(({ misplaced }) => misplaced?.revision.state.revision === number)?.misplaced
  if (!copy) return false
  const displaced = history.find((entry) => entry.number === number)?.misplaced
  await replaceRevision(context, projectId, number, copy.text, folder)
  const other = displaced?.revision.state.revision
  if (displaced && other !== undefined && history.some((entry) => entry.number === other && entry.fault))
    await replaceRevision(context, projectId, other, displaced.text, folder)
  return true
}

/** Commit ids of a revision that the doctor writes after, or in place of, one with these. */
export const restoredCommits = (commits: readonly string[]): string[] => tokensAfter(commits, RESTORED + newToken())

/** Appends a new head. @throws TintypeError `busy` where the number was taken meanwhile; `store_unavailable` */
export const appendRevision = async (
  { paths, heads }: DoctorContext,
  revision: Revision,
  folder: string,
): Promise<void> => {
  const { project_id: projectId, revision: number } = revision.state
  await makeFolder(paths.segments(projectId))
  const { outcome, cause } = await createRevisionLog({ paths, heads, folder }).append(projectId, number, revision)
  if (outcome === 'taken') throw changedMeanwhile(projectId)
  if (outcome === 'unknown') throw unknownOutcome(`project "${projectId}"`, cause)
  heads.forget(projectId)
}

/** Writes a text to the file of a revision that is damaged or missing. The damaged file is kept. */
export const replaceRevision = async (
  context: DoctorContext,
  projectId: string,
  number: number,
  text: string,
  folder: string,
): Promise<void> => {
  const path = context.paths.revision(projectId, number)
  const own = join(folder, `place-${number}-${newToken()}.json`)
  await writeNew(own, text)
  await context.lostAndFound.keep(path)
  // Replaced in one step: a server that finds the number missing would take the one before for the newest.
  if (await statOf(path)) await rename(own, path)
  else await linkNew(own, path)
  await sync(context.paths.meta(projectId))
  context.heads.forget(projectId)
}

/**
 * The text of a substitute for a lost older revision: the state of the next one that is known. Only the doctor reads
 * states of older revisions; the segments that the revision was the last to name matter, and those are exact.
 */
export const substituteFor = (number: number, history: History): string => {
  const above = history.find((entry) => entry.number > number && entry.revision)?.revision
  if (!above) throw new Error(`no intact revision above ${number}`)
  const below = history.find((entry) => entry.number === number - 1)?.revision
  const stillNamed = new Set([...namedSegments(above), ...above.droppedSegments])
  return encodeRevision({
    ...above,
    state: { ...above.state, revision: number },
    commits: restoredCommits(above.commits.slice(0, -1)),
    droppedSegments: below ? namedSegments(below).filter((id) => !stillNamed.has(id)) : [],
    events: undefined,
  })
}

export const changedMeanwhile = (projectId: string): TintypeError =>
  new TintypeError('busy', `Project "${projectId}" was changed during the repair; run tintype doctor again.`, {
    retryAfterSeconds: 1,
  })
