// Brings back the newest state of a project whose newest revision is lost.

import { TintypeError } from '../../../../core/errors.ts'
import { namedSegments, type Revision } from '../../../history/revision.ts'
import { makeFolder } from '../../fs/durable.ts'
import { placeMisplaced } from '../checks/revisions.ts'
import { seenTwice, type Tools } from '../context.ts'
import type { Problem } from '../problem.ts'
import { judge, type Rescue, type Verdict } from '../read/head.ts'
import { newestNumber, newestSound, readHistory } from '../read/history.ts'
import { type Rescued, rescuedState } from './rescued-state.ts'
import { appendRevision, placeRevision, restoredCommits, standInFor } from './revisions.ts'

export const checkNewest = async (tools: Tools, projectId: string): Promise<Problem | undefined> => {
  const [rescue] = await seenTwice(tools, async () => {
    const found = (await judge(tools.paths, projectId)).rescue
    return new Map(found ? [[keyOf(found), found]] : [])
  })
  return (
    rescue && {
      kind: rescue.kind,
      path: tools.name(rescue.path),
      detail: rescue.detail,
      mend: () => mend(tools, projectId, rescue),
    }
  )
}

const keyOf = ({ path, number, source }: Rescue): string => `${path} ${number} ${source.from}`

const mend = (tools: Tools, projectId: string, rescue: Rescue): Promise<string> =>
  tools.work(projectId, async (folder) => {
    // Outside the lock, because it may make thousands of pictures. What it is based on is looked at again inside.
    const rescued = rescue.source.from === 'misplaced' ? undefined : await rescuedState(tools, projectId, rescue.source)
    return tools.withLock(projectId, async () => {
      const verdict = await judge(tools.paths, projectId)
      if (!verdict.rescue || keyOf(verdict.rescue) !== keyOf(rescue)) throw changed(projectId)
      if (!rescued) return restoreMisplaced(tools, projectId, verdict, folder)
      const revision = await write(tools, verdict, rescue.number, rescued, folder)
      await tools.lost.keep(tools.paths.published(projectId))
      await tools.publisher.publish(projectId, revision, folder)
      return `${rescued.how}; it is revision ${rescue.number} now`
    })
  })

const restoreMisplaced = async (tools: Tools, projectId: string, { history }: Verdict, folder: string) => {
  const number = newestNumber(history)
  await placeMisplaced(tools, projectId, history, number, folder)
  return `put back; it lay under another number`
}

const write = async (tools: Tools, { history }: Verdict, number: number, rescued: Rescued, folder: string) => {
  const { state } = rescued
  const { project_id: projectId } = state
  const before = newestSound(history)
  const isBack = (imageId: string) => rescued.imageIds.has(imageId)
  const named = history.flatMap(({ revision }) => (revision ? namedSegments(revision) : []))
  const revision: Revision = {
    state: { ...state, revision: number, images: await storedSegments(tools, rescued, folder) },
    commits: restoredCommits(before?.commits ?? []),
    removing: (before?.removing ?? []).filter((imageId) => !isBack(imageId)),
    removingSegments: before?.removingSegments ?? [],
    droppedSegments: [],
    events: undefined,
  }
  const stillNamed = new Set(namedSegments(revision))
  const droppedSegments = [...new Set(named)].filter((id) => !stillNamed.has(id))
  await appendRevision(tools, { ...revision, droppedSegments }, folder)
  await closeGap(tools, projectId, before?.state.revision, newestNumber(history), folder)
  return revision
}

const storedSegments = async ({ segments, paths }: Tools, { state }: Rescued, folder: string) => {
  await makeFolder(paths.segments(state.project_id))
  return segments.store(state.project_id, state.images, folder)
}

/**
 * A server that still takes the last sound revision for the newest looks only whether the next number is taken; and
 * the damaged one is replaced, not removed, for the same reason.
 */
const closeGap = async (
  tools: Tools,
  projectId: string,
  lastSound: number | undefined,
  damaged: number,
  folder: string,
): Promise<void> => {
  for (const number of new Set([...(lastSound === undefined ? [] : [lastSound + 1]), damaged])) {
    const history = await readHistory(tools.paths, projectId)
    const there = history.find((entry) => entry.number === number)
    if (number > 0 && number < newestNumber(history) && !there?.revision)
      await placeRevision(tools, projectId, number, standInFor(number, history), folder)
  }
}

const changed = (projectId: string): TintypeError =>
  new TintypeError('busy', `Project "${projectId}" was changed meanwhile; run doctor again.`, { retryAfterSeconds: 1 })
