// How doctor writes revisions: by the rules of a commit (see ../file/commit.ts), so that a server that runs takes part.

import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { TintypeError } from '../../../../core/errors.ts'
import { encodeRevision, namedSegments, REMEMBERED_COMMITS, type Revision } from '../../../history/revision.ts'
import { linkNew, makeFolder, sync, writeNew } from '../../fs/durable.ts'
import { newToken } from '../../staging/workspace.ts'
import type { Tools } from '../context.ts'
import { statOf } from '../read/files.ts'
import { type History, RESTORED } from '../read/history.ts'

/** The commits of a revision that doctor writes after, or in place of, one with these. */
export const restoredCommits = (commits: readonly string[]): string[] =>
  [...commits, RESTORED + newToken()].slice(-REMEMBERED_COMMITS)

/** Links a new head. @throws TintypeError `busy` where the number was taken meanwhile */
export const appendRevision = async ({ paths, heads }: Tools, revision: Revision, folder: string): Promise<void> => {
  const { project_id, revision: number } = revision.state
  await makeFolder(paths.segments(project_id))
  const own = join(folder, `revision-${number}.json`)
  await writeNew(own, encodeRevision(revision))
  if (!(await linkNew(own, paths.revision(project_id, number))))
    throw new TintypeError('busy', `Project "${project_id}" was changed meanwhile.`, { retryAfterSeconds: 1 })
  await sync(paths.meta(project_id))
  heads.forget(project_id)
}

/** Puts a text in the place of a revision that is damaged or not there. What stood there is kept. */
export const placeRevision = async (
  tools: Tools,
  projectId: string,
  number: number,
  text: string,
  folder: string,
): Promise<void> => {
  const path = tools.paths.revision(projectId, number)
  const own = join(folder, `place-${number}-${newToken()}.json`)
  await writeNew(own, text)
  await tools.lost.keep(path)
  // A file is replaced at once: a server that finds the number gone would take the one before for the newest.
  if (await statOf(path)) await rename(own, path)
  else await linkNew(own, path)
  await sync(tools.paths.meta(projectId))
  tools.heads.forget(projectId)
}

/**
 * The text that stands in for an old revision whose own is lost: the state of the next one that is known. Nobody reads
 * the state of old revisions but doctor; what counts is which segments it was the last to name, and that is exact.
 */
export const standInFor = (number: number, history: History): string => {
  const above = history.find((entry) => entry.number > number && entry.revision)?.revision
  if (!above) throw new Error('there is no newer revision')
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
