// How a change becomes durable: the protocol of one commit, step by step.
//
// A lock alone does not exclude: a holder that is stopped for longer than `lockStaleMs` goes on afterwards as if it
// still held it. So a revision is a file that `link` creates, which fails where the number is taken: of two writers that
// build on the same revision one has to start again, however long either of them slept.

import { TintypeError } from '../../../core/errors.ts'
import type { ProjectState } from '../../../core/project/state.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { NO_OBSERVER, type Observer } from '../../../telemetry/observer.ts'
import { unknownOutcome } from '../../append-log.ts'
import { type Applied, applyBatch, successorOf } from '../../history/apply-batch.ts'
import { answersOf, type Deletion, isOfDeleted, needsAll, type PendingChange } from '../../history/commit-queue.ts'
import type { Revision } from '../../history/revision.ts'
import type { Removal } from '../cleanup/removal.ts'
import { storeError, sync } from '../fs/durable.ts'
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
  /** @default nobody */
  observer?: Pick<Observer, 'committed' | 'retriedCommit'>
  /** Called with each revision that became durable. Never throws. @default nothing */
  onCommitted?(revision: Revision): void
}

/**
 * Commits changes of one project in one revision, while the project is locked. Answers all but those that deleted an
 * image, whose files are to go first; it gives those back.
 *
 * @param folder of this process, for what is not committed yet
 * @throws TintypeError or an error of the system; what was committed is not known then, and nobody was answered
 */
export type Commit = (
  projectId: string,
  changes: readonly PendingChange[],
  folder: string,
) => Promise<readonly Deletion[]>

/** Each further try means that somebody else's commit came first. */
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
        // Others committed so much since the head was read that a part of its list is gone.
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
      // Beside each other: a disk that syncs two files does it in the time of one.
      const drafting = publisher.draft(revision, folder)
      const { outcome, cause } = await revisions
        .append(projectId, revision.state.revision, revision)
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
      for (const { imageId, answer } of answers) if (imageId === undefined) answer()
      options.onCommitted?.(revision)
      return answers.filter(isOfDeleted)
    }
    const busy = `Project "${projectId}" is changed by too many at once.`
    for (const { reject } of batch) reject(new TintypeError('busy', busy, { retryAfterSeconds: 1 }))
    return []
  }

  /** Only changes that look at images pay for reading all of them. */
  async function loaded(base: Revision | undefined, batch: readonly PendingChange[]) {
    if (!base || !batch.some(needsAll)) return base?.state
    return { ...base.state, images: await segments.load(base.state.project_id, base.state.images) }
  }

  /**
   * An answer that writes nothing rests on the head alone, which its writer may not have made durable yet. False where
   * it isn't the newest: a revision between them was lost, and only a list of all shows that.
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
    const left = await removal.left(state.project_id, base)
    return successorOf({
      base,
      state: { ...state, images: await segments.store(state.project_id, state.images, folder) },
      commit: token,
      removing: [...left.removing, ...applied.deleted],
      removingSegments: [...left.removingSegments, ...applied.deletedSegments],
      events: applied.events,
    })
  }

  /** The change is durable: whatever fails from here on is put right later, and no reason to refuse it. */
  async function finish(revision: Revision, folder: string, draft: string | undefined): Promise<void> {
    const { project_id: projectId } = revision.state
    try {
      await publisher.publish(projectId, revision, folder, draft)
      await segments.settle(folder, revision)
    } catch (error) {
      log.warn({ error, projectId }, 'a commit could not be finished; the next change does it')
    }
  }
}

/** Without those that failed, and without the commit that only drops what was removed. */
const changesMade = ({ outcomes }: Applied, batch: readonly PendingChange[]): number =>
  batch.filter(({ change }, at) => change !== undefined && 'state' in (outcomes[at] ?? {})).length
