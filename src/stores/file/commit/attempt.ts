// Commit protocol: makes a batch of changes of one project durable as its next revision.
//
// A lock file is no mutual exclusion. Measured with proper-lockfile: a holder that is stopped for longer than
// `lockStaleMs` continues without an error, its release deletes the lock of the next holder, and an update is lost. So
// the lock (project-lock.ts) only saves time, and the numbered revision files alone make a commit correct:
//
//  1. Read the head, revision N. It is never older than a commit that any process has acknowledged (heads.ts).
//  2. Apply the changes in their order. Each is a pure function of a state: one that fails is rejected alone, and all of
//     them can be applied again to a newer head. Files of uploads are at their final names already (staging.ts).
//  3. Write new segments (segments.ts) and the text of revision N+1 into the work folder, and sync them and the names of
//     the segments. A sweep renames the workspace of a process that it takes for dead, so nothing of it can be linked from
//     then on.
//  4. Link the text to `.meta/<N+1>.json`. `link` fails where the name is taken: of two writers that follow the same
//     revision one wins, however long either was stopped, and the other starts again at 1.
//  5. List `.meta`. Where N+1 is not the highest number, others have gone on, or N+1 had been used and pruned before
//     while this writer was stopped. (Measured: without this step such a writer is acknowledged and its update lost.) The
//     head decides: it names this commit among its last 64, and the change is part of it; it does not, so unlink N+1 and
//     start again at 1; it is more than 64 ahead, and the outcome is unknown.
//  6. Sync `.meta`. Only now may the changes be acknowledged. Where this fails, the outcome is unknown: nothing is
//     removed, because others may have built on the revision.
//  7. Publish meta.json and answer; deletions once their files are removed. Old revisions are pruned later (batch.ts).
//
// Steps 4 to 6 are `append` of an append log (../append-log.ts). A batch that changes nothing writes no revision; its
// answers rest on the head, for which steps 5 and 6 are repeated.
//
// Guarantees, for any number of processes and whether the lock holds or not: an acknowledged change survives a power cut,
// is in every later read of every process, and is applied once. A rejected change has not happened and never will, but
// for an unknown outcome (`store_unavailable` or `storage_full`), where an `Idempotency-Key` makes a repetition safe.

import { TintypeError } from '../../../core/errors.ts'
import type { ProjectState } from '../../../core/project/state.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { NO_OBSERVER, type Observer } from '../../../telemetry/observer.ts'
import { unknownOutcome } from '../../append-log.ts'
import { type Applied, applyBatch, successorOf } from '../../history/apply-batch.ts'
import { type Answer, answersOf, needsAll, type PendingChange } from '../../history/commit-queue.ts'
import type { Revision } from '../../history/revision.ts'
import type { Removal } from '../cleanup/removal.ts'
import { allDone, storeError, sync } from '../fs/durable.ts'
import type { Paths } from '../paths.ts'
import { newToken } from '../staging/workspace.ts'
import type { Heads } from './heads.ts'
import type { Publisher } from './publish-meta.ts'
import { createRevisionLog, revisionNumbers } from './revision-file.ts'
import type { Segments } from './segments.ts'

export interface CommitOptions {
  paths: Paths
  heads: Heads
  segments: Segments
  removal: Removal
  publisher: Publisher
  now: () => Date
  log: Logger
  /** @default none */
  observer?: Pick<Observer, 'committed' | 'retriedCommit'>
  /** Called with each revision that became durable. Never throws. @default none */
  onCommitted?(revision: Revision): void
}

/**
 * Commits changes of one project in one revision, while the project is locked, and answers them.
 *
 * @param folder work folder in this process's workspace
 * @returns changes that deleted images, not answered yet: the files are removed first
 * @throws TintypeError, or the error of a system call, where the outcome is unknown; no change was answered
 */
export type Commit = (
  projectId: string,
  changes: readonly PendingChange[],
  folder: string,
) => Promise<readonly Answer[]>

/** For each further try, another process committed first. */
const MOST_TRIES = 100

export const createCommit = (options: CommitOptions): Commit => {
  const { paths, heads, segments, removal, publisher, now, log, observer = NO_OBSERVER } = options

  return async (projectId, changes, folder) => {
    const token = newToken()
    const revisions = createRevisionLog({ paths, heads, folder })
    let batch = changes
    for (let tries = 0; tries < MOST_TRIES && batch.length > 0; tries++) {
      if (tries > 0) observer.retriedCommit()
      const base = await heads.readToChange(projectId)
      const state = await loaded(base, batch).catch((error: unknown) => ({ error }))
      if (state && 'error' in state) {
        // A segment may have been pruned since the head was read, by commits of other processes.
        if (base && (await heads.isOvertaken(projectId, base.state.revision))) continue
        for (const { reject } of batch.filter(needsAll)) reject(storeError(state.error))
        batch = batch.filter((pending) => !needsAll(pending))
        continue
      }
      const applied = applyBatch(
        state,
        projectId,
        batch.map(({ change }) => change),
        now().toISOString(),
      )
      if (!applied.state) {
        if (base && !(await restsOn(base))) continue
        for (const { answer } of answersOf(batch, applied)) answer()
        return []
      }
      const revision = await prepare(base, applied.state, applied, token, folder)
      const hasNew = applied.state.images.segments.some(({ stored }) => !stored)
      // In parallel: a disk syncs two files in the time of one.
      const drafting = publisher.draft(revision, folder)
      const { outcome, cause } = await revisions
        .append(
          projectId,
          revision.state.revision,
          revision,
          hasNew ? () => segments.secure(projectId, folder) : undefined,
        )
        .finally(() => drafting)
      if (outcome === 'unknown') throw unknownOutcome(`project "${projectId}"`, cause)
      if (outcome === 'taken') {
        heads.forget(projectId)
        continue
      }
      heads.remember(revision)
      observer.committed(changesMade(applied, batch))
      await finish(revision, folder, await drafting)
      const answers = answersOf(batch, applied)
      for (const { imageIds, answer } of answers) if (imageIds.length === 0) answer()
      options.onCommitted?.(revision)
      return answers.filter(({ imageIds }) => imageIds.length > 0)
    }
    const busy = `Too many processes change project "${projectId}" at once; try again.`
    for (const { reject } of batch) reject(new TintypeError('busy', busy, { retryAfterSeconds: 1 }))
    return []
  }

  /** The state, with all images loaded where a change of the batch needs them. */
  async function loaded(base: Revision | undefined, batch: readonly PendingChange[]) {
    if (!base || !batch.some(needsAll)) return base?.state
    return { ...base.state, images: await segments.load(base.state.project_id, base.state.images) }
  }

  /**
   * Makes a head durable on which an answer rests that writes nothing: its writer may not have synced it yet. False where
   * a listing shows that it is not the newest: a lost revision in between hides its successors from a read.
   */
  async function restsOn({ state: { project_id, revision } }: Revision): Promise<boolean> {
    const newest = (await revisionNumbers(paths.meta(project_id))).at(-1)
    if (newest !== revision) heads.forget(project_id)
    else await sync(paths.meta(project_id))
    return newest === revision
  }

  async function prepare(
    base: Revision | undefined,
    state: ProjectState,
    applied: Applied,
    token: string,
    folder: string,
  ): Promise<Revision> {
    const [remaining, images] = await allDone([
      removal.remaining(state.project_id, base),
      segments.write(state.project_id, state.images, folder),
    ])
    return successorOf({
      base,
      state: { ...state, images },
      commit: token,
      removing: [...remaining.removing, ...applied.deleted],
      removingSegments: [...remaining.removingSegments, ...applied.deletedSegments],
      events: applied.events,
    })
  }

  /** Never throws: the change is durable, and the next commit makes up for a failure. */
  async function finish(revision: Revision, folder: string, draft: string | undefined): Promise<void> {
    const { project_id: projectId } = revision.state
    try {
      await publisher.publish(projectId, revision, folder, draft)
      await segments.settle(folder, revision)
    } catch (error) {
      log.warn({ error, projectId }, 'could not finish a commit; the next commit does it')
    }
  }
}

/** Changes that succeeded. A commit that only drops removed images from the revision has none. */
const changesMade = ({ outcomes }: Applied, batch: readonly PendingChange[]): number =>
  batch.filter(({ change }, at) => change !== undefined && 'after' in (outcomes[at] ?? {})).length
