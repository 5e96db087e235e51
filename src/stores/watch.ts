// Watching of projects: delivers their changes. The source of change feeds, webhooks, prefetching and derived indexes;
// test/contracts/watch.ts checks what is promised here.

import type { ProjectEvent } from '../core/project/events.ts'

export interface Watching {
  /**
   * Follows projects, whether they exist yet or not, through deletion and re-creation. Each listed revision after the
   * position of its project is delivered once and in order: those of this process as soon as they are durable, those of
   * other processes within a second, or at once where {@link Watching.hint} reports them. Revisions that cannot be listed
   * are replaced by one `reset`.
   *
   * The listener is called again once the promise that it returned has settled, so a slow one needs no memory: it gets
   * more revisions at once, or a `reset` where they are no longer kept. An error of it is logged, and what it was called
   * with counts as delivered. Nothing is called after the signal has aborted or the store is closed.
   *
   * Resolves once the position of each project is fixed. Costs two `stat` calls a project twice a second.
   */
  watch(projects: readonly WatchedProject[], listener: ChangeListener, options: WatchOptions): Promise<void>

  /**
   * Follows the commits of this process in all projects, from now on. For work that may be lost with the process, such as
   * prefetching: nothing is read or polled for it, and its promise is not awaited.
   * With `types`, only revisions with such an event are reported; the others cost nothing.
   */
  watchCommits(listener: ChangeListener, options: WatchOptions & { types?: readonly ProjectEvent['type'][] }): void

  /**
   * Reads the changes after a position without watching, undefined where there are none. Of many, the first part: the rest
   * follows its revision. Kept are the newest 1,000 revisions of a project, and older ones for 7 days, 100,000 at most.
   *
   * @throws TintypeError `project_damaged`, `store_unavailable`
   */
  changesAfter(projectId: string, position: number): Promise<ProjectChanges | undefined>

  /** Reports a commit of another process, so that watchers of the project read it at once. A wrong one costs two `stat` calls. */
  hint(projectId: string): void
}

export interface WatchedProject {
  projectId: string
  /** The position: a revision that the listener knows. @default the newest one at the time of the call */
  since?: number
}

export interface WatchOptions {
  /** Ends the delivery. */
  signal: AbortSignal
}

export type ChangeListener = (changes: ProjectChanges) => void | Promise<void>

/** The changes after a position in the history of one project. */
export interface ProjectChanges {
  projectId: string
  /** The new position. 0 where no trace of the project is left. */
  revision: number
  /** True where the changes up to `revision` are unknown, and `revisions` is empty: the project is to be read anew. */
  reset: boolean
  /** In their order, without a gap. */
  revisions: readonly ListedRevision[]
}

/** The changes that one revision made. */
export interface ListedRevision {
  revision: number
  /** Time of the commit, ISO 8601. */
  at: string
  /** Empty where no change was visible. */
  events: readonly ProjectEvent[]
}
