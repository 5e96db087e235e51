// Commits to a bucket: makes a batch of changes of one project durable as its next revision.
//
//  1. Take the head that was the newest a moment ago, revision N. It need not be proved to be the newest, as step 4 shows that; where a change
//     fails on it, or none alters it, the answer would rest on it, and the proved head is taken instead.
//  2. Apply the changes in their order. Files of uploads are in the bucket already; where they were published before the
//     floor of N, a sweep of garbage may have removed them, and the upload is refused (cleanup/orphans.ts).
//  3. PUT new segments.
//  4. PUT N+1 with `If-None-Match: *`, and LIST what is behind it (append-log.ts). Taken: DELETE the new segments, and
//     again at 1 with the proved head.
//  5. Answer; deletions once their objects are removed.

import { isDamage, TintypeError } from '../../core/errors.ts'
import { randomIds } from '../../core/random-id.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { NO_OBSERVER, type Observer } from '../../telemetry/observer.ts'
import { unknownOutcome } from '../append-log.ts'
import { type Applied, applyBatch, successorOf } from '../history/apply-batch.ts'
import { type Answer, answersOf, type CommitBatch, needsAll, type PendingChange } from '../history/commit-queue.ts'
import { namedSegments, type Revision } from '../history/revision.ts'
import type { BucketLog } from './append-log.ts'
import type { Prune } from './cleanup/prune.ts'
import type { Removal } from './cleanup/removal.ts'
import type { Segments } from './segments.ts'

export interface CommitterOptions {
  revisions: Pick<BucketLog<Revision>, 'recent' | 'newest' | 'append' | 'forget'>
  segments: Segments
  removal: Removal
  prune: Prune
  /** Date of the engine at which the files of a staging area were published first, milliseconds since 1970. @param stageId */
  stagedMs(stageId: string): number
  now: () => Date
  log: Logger
  /** @default none */
  observer?: Pick<Observer, 'committed' | 'retriedCommit'>
  /** Called with each revision that became durable. Never throws. */
  onCommitted(revision: Revision): void
}

/**
 * Age of the proof on which a head is taken at first, in milliseconds. An older one is likely to be overtaken, and after an
 * hour its successor's number may have been used and pruned.
 */
const KNOWN_MS = 60_000
/** For each further try, another process committed first. */
const MOST_TRIES = 100

const newToken = randomIds(12)

export const createCommitter = (options: CommitterOptions): CommitBatch => {
  const { revisions, segments, removal, prune, stagedMs, now, log, observer = NO_OBSERVER, onCommitted } = options

  const applied = async (projectId: string, batch: readonly PendingChange[], base: Revision | undefined) => {
    const state = base && {
      ...base.state,
      images: batch.some(needsAll) ? await segments.load(projectId, base.state.images) : base.state.images,
    }
    return applyBatch(
      state,
      projectId,
      batch.map(({ change }) => change),
      now().toISOString(),
    )
  }

  /** Successor of a revision, with its segments in the bucket. */
  const prepare = async (
    base: Revision | undefined,
    result: Applied,
    commit: string,
  ): Promise<Revision | undefined> => {
    if (!result.state) return undefined
    const { project_id: projectId } = result.state
    const remaining = removal.remaining(projectId, base)
    return successorOf({
      base,
      state: { ...result.state, images: await segments.write(projectId, result.state.images) },
      commit,
      removing: [...remaining.removing, ...result.deleted],
      removingSegments: [...remaining.removingSegments, ...result.deletedSegments],
      events: result.events,
    })
  }

  /** Removes the segments of a revision that is not part of the log, now or ever. Best effort. */
  const removeNewSegments = async (projectId: string, base: Revision | undefined, lost: Revision): Promise<void> => {
    const known = new Set(base && namedSegments(base))
    const written = namedSegments(lost).filter((id) => !known.has(id))
    await segments.remove(projectId, written).catch((error: unknown) => {
      log.warn({ error, projectId }, 'could not remove segments of a commit that another one preceded; they stay')
    })
  }

  /** True where the answers would rest on the head alone. */
  const restsOnHead = ({ state, outcomes }: Applied): boolean =>
    state === undefined || outcomes.some((outcome) => 'error' in outcome)

  /** The head that is taken, and what becomes of it: the one known, unless the answers would rest on it alone. */
  const attempt = async (projectId: string, batch: readonly PendingChange[], isFirst: boolean) => {
    const base = isFirst ? await revisions.recent(projectId, KNOWN_MS) : await revisions.newest(projectId)
    return { base: base?.entry, result: await applied(projectId, batch, base?.entry) }
  }

  const commit = async (projectId: string, changes: readonly PendingChange[]): Promise<readonly Answer[]> => {
    const token = newToken()
    let batch = changes
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      if (tries > 0) observer.retriedCommit()
      let found = await attempt(projectId, batch, tries === 0).catch((error: unknown) => {
        // A segment of a head that is not the newest any more may be pruned.
        if (tries > 0 || !isDamage(error)) throw error
      })
      if (!found || restsOnHead(found.result)) found = await attempt(projectId, batch, false)
      const { base, result } = found
      const late = batch.filter((pending) => isLate(pending, base))
      if (late.length > 0) {
        for (const { reject } of late) reject(tooLate(projectId))
        batch = batch.filter((pending) => !late.includes(pending))
        continue
      }
      const revision = await prepare(base, result, token)
      if (!revision) return answersOf(batch, result)
      const { outcome, cause } = await revisions.append(projectId, revision.state.revision, revision)
      if (outcome === 'unknown') {
        revisions.forget(projectId)
        throw unknownOutcome(`project "${projectId}"`, cause)
      }
      if (outcome === 'taken') {
        await removeNewSegments(projectId, base, revision)
        continue
      }
      observer.committed(changesMade(result, batch))
      onCommitted(revision)
      prune(projectId, revision)
      return answersOf(batch, result)
    }
    throw new TintypeError('busy', `Too many processes change project "${projectId}" at once; try again.`, {
      retryAfterSeconds: 1,
    })
  }

  /**
   * True for an upload whose objects a sweep may have removed as garbage, see {@link Revision.floor}. A job that is accepted
   * has none yet.
   */
  const isLate = ({ change, workspacePath }: PendingChange, base: Revision | undefined): boolean =>
    workspacePath !== undefined &&
    change?.type !== 'add_pending' &&
    base?.floor !== undefined &&
    stagedMs(workspacePath) < Date.parse(base.floor)

  /** Answers a change once the objects of images that it deleted are removed, as far as the bucket lets them. */
  const finish = async (projectId: string, { imageIds, answer }: Answer): Promise<void> => {
    if (imageIds.length > 0)
      await removal.images(projectId, imageIds).catch((error: unknown) => {
        log.warn({ error, projectId }, 'could not remove the objects of deleted images; a later commit tries again')
      })
    answer()
  }

  return async (projectId, take) => {
    const batch = take()
    try {
      const answers = await commit(projectId, batch)
      await Promise.all(answers.map((answer) => finish(projectId, answer)))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}

/** Changes that succeeded. A commit that only drops removed images from the revision has none. */
const changesMade = ({ outcomes }: Applied, batch: readonly PendingChange[]): number =>
  batch.filter(({ change }, at) => change !== undefined && 'after' in (outcomes[at] ?? {})).length

const tooLate = (projectId: string): TintypeError =>
  new TintypeError('store_unavailable', `The upload to project "${projectId}" took too long; send it again.`, {
    retryAfterSeconds: 1,
  })
