// How a change becomes durable: the protocol of one commit, step by step.
//
// A lock alone does not exclude: a holder that is stopped for longer than `lockStaleMs` goes on afterwards as if it
// still held it. So a revision is a file that `link` creates, which fails where the number is taken: of two writers that
// build on the same revision one has to start again, however long either of them slept.

import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { needsImages, type ProjectChange, type ProjectState } from '../../core/changes.ts'
import { TintypeError } from '../../core/errors.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { NO_OBSERVER, type Observer } from '../../telemetry/observer.ts'
import { linkNew, removeFile, removeFolder, storeError, sync, writeNew } from './durable.ts'
import type { Heads } from './heads.ts'
import type { Paths } from './paths.ts'
import type { ProjectLock } from './project-lock.ts'
import { createPruner } from './prune.ts'
import type { Publisher } from './publish.ts'
import type { Removal } from './removal.ts'
import { encodeRevision, REMEMBERED_COMMITS, type Revision } from './revision.ts'
import { revisionNumbers } from './revision-file.ts'
import type { Runs } from './runs.ts'
import { type Applied, applyBatch, successorOf } from './successor.ts'
import { newToken, type Workspace } from './workspace.ts'

export interface CommitterOptions {
  paths: Paths
  heads: Heads
  runs: Runs
  removal: Removal
  publisher: Publisher
  workspace: Workspace
  withLock: ProjectLock
  now: () => Date
  /**
   * Longest time to go on under one lock, in milliseconds: others wait meanwhile, and to hand it over takes as long as half
   * a commit. @default 20
   */
  maxHeldMs?: number
  log: Logger
  /** @default nobody */
  observer?: Pick<Observer, 'committed' | 'retriedCommit'>
}

/** One change that waits. Without a change, a revision is written that drops what has been removed. */
export interface PendingChange {
  change: ProjectChange | undefined
  /** The workspace that holds what the change needs; once that was swept, the change must not be committed. */
  workspacePath?: string
  resolve(state: ProjectState): void
  reject(error: unknown): void
}

/**
 * Commits changes together, in their order, and resolves or rejects each.
 *
 * @param take gives those that wait, once the project is locked: many come while the lock is waited for. Called again
 *   after each commit, until it gives none or the lock was held for long; it gives each once.
 * @throws TintypeError what went wrong before any was taken, such as `busy`, `storage_full` or `store_unavailable`
 */
export type CommitBatch = (projectId: string, take: () => readonly PendingChange[]) => Promise<void>

/** Each further try means that somebody else's commit came first. */
const MOST_TRIES = 100

export const createCommitter = (options: CommitterOptions): CommitBatch => {
  const { paths, heads, runs, removal, publisher, workspace, withLock, now, log, observer = NO_OBSERVER } = options
  const maxHeldMs = options.maxHeldMs ?? 20
  const removeOldRevisions = createPruner({ paths, heads, log })
  /** Folders of commits under way that stored runs. */
  const withRuns = new Set<string>()

  return async (projectId, take) => {
    const folder = await workspace.folder(projectId).catch(rethrow)
    let taken: readonly PendingChange[] | undefined
    let mayBeLeft = false
    const removals: Promise<boolean>[] = []
    try {
      await withLock(projectId, async () => {
        const untilMs = performance.now() + maxHeldMs
        for (taken = take(); taken.length > 0; taken = take()) {
          const deletions = await commit(projectId, keepPossible(projectId, taken, folder), folder)
          taken = []
          removals.push(removeFiles(projectId, deletions))
          if (performance.now() >= untilMs) return
          // Whoever was answered may have the next change by then.
          await setImmediate()
          // It was swept away: what is begun now is not in it.
          if (dirname(folder) !== workspace.path) return
        }
      })
      await Promise.all(removals)
      await removeOldRevisions(projectId)
      await removal.retry(projectId)
    } catch (error) {
      if (!taken) throw storeError(error)
      for (const { reject } of taken) reject(storeError(error))
      // They may have been committed all the same.
      mayBeLeft = taken.some(isDeletion)
    } finally {
      if ((await Promise.all(removals)).includes(false)) mayBeLeft = true
      await (mayBeLeft ? leave(folder) : clear(projectId, folder))
    }
  }

  /** Gives the folder of a commit to a sweep, which removes what the newest revision says is to be removed. */
  async function leave(folder: string): Promise<void> {
    withRuns.delete(folder)
    await workspace.leave(folder)
  }

  /** Answers each deletion once its files are gone. False where the disk lets one not go. */
  async function removeFiles(projectId: string, deletions: readonly Deletion[]): Promise<boolean> {
    const gone = deletions.map(async ({ imageId, answer }) => {
      try {
        await removal.image(projectId, imageId)
        return true
      } catch (error) {
        log.warn({ error, projectId, imageId }, 'files of a deleted image could not be removed; a sweep does it')
        return false
      } finally {
        answer()
      }
    })
    return !(await Promise.all(gone)).includes(false)
  }

  /** Rejects those that need a workspace that was swept away; `folder` is in the one of now. */
  function keepPossible(projectId: string, batch: readonly PendingChange[], folder: string): readonly PendingChange[] {
    const isPossible = ({ workspacePath }: PendingChange) =>
      workspacePath === undefined || dirname(folder) === workspacePath
    for (const { reject } of batch.filter((pending) => !isPossible(pending))) reject(sweptAway(projectId))
    return batch.filter(isPossible)
  }

  /** A commit that had to start again, or failed, may have stored runs that no revision names. */
  async function clear(projectId: string, folder: string): Promise<void> {
    try {
      if (withRuns.delete(folder)) await runs.drop(projectId, await heads.read(projectId), folder)
      await removeFolder(folder)
    } catch (error) {
      log.warn({ error, projectId }, 'a commit could not be cleaned up; a sweep does it')
      await workspace.leave(folder)
    }
  }

  /** Answers all but those who deleted an image, whose files are to go first. */
  async function commit(
    projectId: string,
    waiting: readonly PendingChange[],
    folder: string,
  ): Promise<readonly Deletion[]> {
    const token = newToken()
    let batch = waiting
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
      const applied = applyBatch(state, projectId, changesOf(batch), now().toISOString())
      if (!applied.state) {
        // The answer rests on the head, which its writer may not have made durable yet.
        if (base) await sync(paths.meta(projectId))
        for (const { answer } of answersOf(batch, applied)) answer()
        return []
      }
      const revision = await prepare(base, applied.state, applied, token, folder)
      // Beside each other: a disk that syncs two files does it in the time of one.
      const drafting = publisher.draft(revision, folder)
      const linked = await linkRevision(revision, folder).finally(() => drafting)
      if (!linked) continue
      if (!(await confirm(revision, token))) continue
      if (withRuns.has(folder)) await runs.settle(folder, revision)
      observer.committed(changesMade(applied, batch))
      await publish(revision, folder, await drafting)
      const answers = answersOf(batch, applied)
      for (const { imageId, answer } of answers) if (imageId === undefined) answer()
      return answers.filter(isOfDeleted)
    }
    const busy = `Project "${projectId}" is changed by too many at once.`
    for (const { reject } of batch) reject(new TintypeError('busy', busy, { retryAfterSeconds: 1 }))
    return []
  }

  /** Only changes that look at images pay for reading all of them. */
  async function loaded(base: Revision | undefined, batch: readonly PendingChange[]) {
    if (!base || !batch.some(needsAll)) return base?.state
    return { ...base.state, images: await runs.load(base.state.project_id, base.state.images) }
  }

  async function prepare(
    base: Revision | undefined,
    state: ProjectState,
    applied: Applied,
    token: string,
    folder: string,
  ): Promise<Revision> {
    const left = await removal.left(state.project_id, base)
    if (state.images.runs.some((run) => !run.stored)) withRuns.add(folder)
    return successorOf({
      base,
      state: { ...state, images: await runs.store(state.project_id, state.images, folder) },
      commit: token,
      removing: [...left.removing, ...applied.deleted],
      removingRuns: [...left.removingRuns, ...applied.deletedRuns],
    })
  }

  /** False where another writer took the number. */
  async function linkRevision(revision: Revision, folder: string): Promise<boolean> {
    const { project_id, revision: number } = revision.state
    const own = join(folder, `revision-${number}.json`)
    await writeNew(own, encodeRevision(revision))
    const ours = await linkNew(own, paths.revision(project_id, number))
    if (ours) return true
    await removeFile(own)
    heads.forget(project_id)
    return false
  }

  /**
   * True once the revision is durable and part of the history. The number may have been taken long ago and removed
   * since, if this process slept between reading the head and the link: then a newer head does not know this commit.
   */
  async function confirm(revision: Revision, token: string): Promise<boolean> {
    const { project_id, revision: number } = revision.state
    const newest = (await revisionNumbers(paths.meta(project_id))).at(-1) ?? 0
    if (newest !== number) {
      heads.forget(project_id)
      const head = await heads.read(project_id)
      if (!head?.commits.includes(token)) {
        if (!head || head.state.revision - number >= REMEMBERED_COMMITS) throw unknownOutcome(project_id)
        await removeFile(paths.revision(project_id, number))
        return false
      }
    }
    // Where this fails, the change may be durable or not, and others may have built on it: nothing is taken back.
    await sync(paths.meta(project_id))
    if (newest === number) heads.remember(revision)
    return true
  }

  /** The change is durable: whatever fails from here on is put right later, and no reason to refuse it. */
  async function publish(revision: Revision, folder: string, draft: string | undefined): Promise<void> {
    const { project_id: projectId } = revision.state
    try {
      await publisher.publish(projectId, revision, folder, draft)
    } catch (error) {
      log.warn({ error, projectId }, 'meta.json could not be published; the next change does it')
    }
  }
}

const rethrow = (error: unknown): never => {
  throw storeError(error)
}

const needsAll = ({ change }: PendingChange): boolean => change !== undefined && needsImages(change)

const isDeletion = ({ change }: PendingChange): boolean => change?.type === 'delete_image'

const changesOf = (batch: readonly PendingChange[]) => batch.map(({ change }) => change)

/** Without those that failed, and without the commit that only drops what was removed. */
const changesMade = ({ outcomes }: Applied, batch: readonly PendingChange[]): number =>
  batch.filter(({ change }, at) => change !== undefined && 'state' in (outcomes[at] ?? {})).length

/** Tells what became of a change. */
interface Answer {
  /** Of an image that it deleted. */
  imageId: string | undefined
  answer(): void
}

type Deletion = Answer & { imageId: string }

const isOfDeleted = (answer: Answer): answer is Deletion => answer.imageId !== undefined

const answersOf = (batch: readonly PendingChange[], { outcomes }: Applied): Answer[] =>
  batch.map(({ change, resolve, reject }, at) => {
    const outcome = outcomes[at]
    if (!outcome || 'error' in outcome) return { imageId: undefined, answer: () => reject(outcome?.error) }
    const imageId = change?.type === 'delete_image' ? change.imageId : undefined
    return { imageId, answer: () => resolve(outcome.state) }
  })

const unknownOutcome = (projectId: string): TintypeError =>
  new TintypeError('store_unavailable', `It is not known whether the change of project "${projectId}" was kept.`, {
    retryAfterSeconds: 1,
  })

const sweptAway = (projectId: string): TintypeError =>
  new TintypeError(
    'store_unavailable',
    `The upload to project "${projectId}" was taken for left over; send it again.`,
    {
      retryAfterSeconds: 1,
    },
  )
