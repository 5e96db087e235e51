// Delivers changes to watchers. Hint and verify: a commit of this process wakes the watchers of its project, a hint of
// another process or a poll of the watched projects finds those of others, and all of them only make a watcher read the
// changes after its position.

import { setImmediate } from 'node:timers/promises'
import { inGroups } from '../../core/in-groups.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { listedOf, type Revision } from '../history/revision.ts'
import type { ChangeListener, ProjectChanges, WatchedProject, Watching } from '../watch.ts'
import type { Changes } from './changes.ts'

/** @typeParam Place of a newest revision, by which a poll tells whether it still is the newest */
export interface WatchingOptions<Place> {
  changes: Changes
  /** The newest revision; undefined where the project never existed. */
  read(projectId: string): Promise<Revision | undefined>
  /** Place of the newest revision; undefined where the project never existed. */
  locate(projectId: string): Promise<Place | undefined>
  /** False where there may be a newer revision than the one at this place. */
  isNewest(projectId: string, place: Place): boolean | Promise<boolean>
  log: Logger
  /** Longest time until a commit of another process is found, in milliseconds. */
  pollMs: number
}

export interface StoreWatching extends Watching {
  /** Reports a revision of this process that became durable. Never throws. */
  committed(revision: Revision): void
  /** Ends every delivery and timer. */
  close(): void
}

/** A watched project. */
interface Project<Place> {
  watchers: Set<Watcher>
  /** Place of the newest revision that woke the watchers; undefined where the next poll has to find it. */
  place: Place | undefined
  /** True where the last attempt to read it failed, which is logged once. */
  hasFailed: boolean
}

interface Watcher {
  listener: ChangeListener
  /** By project: the last revision that was delivered; undefined where it is unknown. */
  positions: Map<string, number | undefined>
  /** Projects that may have changed. */
  due: Set<string>
  isDelivering: boolean
  hasEnded: boolean
}

/** Poll interval while another process commits, in milliseconds: old revisions are pruned meanwhile. */
const BUSY_POLL_MS = 50
/** Projects that are read at once where watching begins, where each read may wait for an answer. */
const READ_AT_ONCE = 16
/** Projects polled in one turn of the event loop: about a millisecond. */
const POLLED_AT_ONCE = 200

export const createWatching = <Place>(options: WatchingOptions<Place>): StoreWatching => {
  const { changes, read, locate, isNewest, log, pollMs } = options
  const projects = new Map<string, Project<Place>>()
  const listeners = new Set<{ listener: ChangeListener; types: readonly string[] | undefined }>()
  const ends = new Set<() => void>()
  /** Projects that changed in the last poll. */
  const busy = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let isPolling = false
  let polledMs = 0
  let isClosed = false

  const call = async (listener: ChangeListener, changes: ProjectChanges): Promise<void> => {
    try {
      await listener(changes)
    } catch (error) {
      log.warn(
        { error, projectId: changes.projectId, revision: changes.revision },
        'a listener of changes failed; continuing with the next changes',
      )
    }
  }

  const deliver = async (watcher: Watcher): Promise<void> => {
    if (watcher.isDelivering) return
    watcher.isDelivering = true
    // A project that becomes due meanwhile is visited too, after the others.
    for (const projectId of watcher.due) {
      watcher.due.delete(projectId)
      const position = watcher.positions.get(projectId)
      const found = await changes.after(projectId, position).catch((error: unknown) => failed(projectId, error))
      if (watcher.hasEnded) return
      if (!found) continue
      recovered(projectId)
      watcher.positions.set(projectId, found.revision)
      watcher.due.add(projectId)
      await call(watcher.listener, found)
      if (watcher.hasEnded) return
    }
    watcher.isDelivering = false
  }

  const wake = (projectId: string): void => {
    for (const watcher of projects.get(projectId)?.watchers ?? []) {
      watcher.due.add(projectId)
      void deliver(watcher)
    }
  }

  /** Logs once, and makes the next poll read the project again. */
  const failed = (projectId: string, error: unknown): undefined => {
    const project = projects.get(projectId)
    if (!project) return
    if (!project.hasFailed) log.warn({ error, projectId }, 'could not read a watched project; trying again')
    project.hasFailed = true
    project.place = undefined
  }

  const recovered = (projectId: string): void => {
    const project = projects.get(projectId)
    if (project) project.hasFailed = false
  }

  const poll = async (projectId: string, project: Project<Place>): Promise<void> => {
    busy.delete(projectId)
    try {
      if (project.place !== undefined && (await isNewest(projectId, project.place))) return
      project.place = await locate(projectId)
      if (project.place !== undefined) busy.add(projectId)
      if (project.place !== undefined || [...project.watchers].some(({ positions }) => positions.get(projectId) !== 0))
        wake(projectId)
    } catch (error) {
      failed(projectId, error)
    }
  }

  const pollDue = async (): Promise<void> => {
    timer = undefined
    isPolling = true
    const isBusyOnly = performance.now() < polledMs + pollMs
    if (!isBusyOnly) polledMs = performance.now()
    let count = 0
    for (const projectId of isBusyOnly ? [...busy] : [...projects.keys()]) {
      const project = projects.get(projectId)
      if (!project) busy.delete(projectId)
      else await poll(projectId, project)
      if (++count % POLLED_AT_ONCE === 0) await setImmediate()
    }
    isPolling = false
    schedule()
  }

  const schedule = (): void => {
    if (timer || isPolling || projects.size === 0) return
    const dueMs = Math.ceil(Math.max(0, polledMs + pollMs - performance.now()))
    timer = setTimeout(() => void pollDue(), busy.size > 0 ? Math.min(BUSY_POLL_MS, dueMs) : dueMs).unref()
  }

  /** Calls `end` once the signal aborts or the store is closed. */
  const untilEnd = (signal: AbortSignal, end: () => void): void => {
    const endOnce = () => {
      signal.removeEventListener('abort', endOnce)
      ends.delete(endOnce)
      end()
    }
    signal.addEventListener('abort', endOnce)
    ends.add(endOnce)
  }

  const stopWatching = (watcher: Watcher): void => {
    watcher.hasEnded = true
    for (const projectId of watcher.positions.keys()) {
      const project = projects.get(projectId)
      project?.watchers.delete(watcher)
      if (project?.watchers.size === 0) projects.delete(projectId)
    }
    if (projects.size > 0) return
    clearTimeout(timer)
    timer = undefined
    busy.clear()
  }

  /** Fixes the position of each project that has none. */
  const start = async (watcher: Watcher, watched: readonly WatchedProject[]): Promise<void> => {
    await inGroups(watched, READ_AT_ONCE, async ({ projectId, since }) => {
      if (watcher.hasEnded) return
      const newest = () => read(projectId).then((head) => head?.state.revision ?? 0)
      const position = since ?? (await newest().catch((error: unknown) => failed(projectId, error)))
      watcher.positions.set(projectId, position)
      watcher.due.add(projectId)
    })
    if (watcher.hasEnded) return
    watcher.isDelivering = false
    void deliver(watcher)
  }

  return {
    async watch(watched, listener, { signal }) {
      if (signal.aborted || isClosed) return
      const positions = new Map(watched.map(({ projectId }) => [projectId, undefined]))
      // `isDelivering`: due projects are only collected until the positions are fixed.
      const watcher: Watcher = { listener, positions, due: new Set(), isDelivering: true, hasEnded: false }
      for (const projectId of positions.keys()) {
        const project = projects.get(projectId) ?? { watchers: new Set(), place: undefined, hasFailed: false }
        projects.set(projectId, project)
        project.watchers.add(watcher)
      }
      untilEnd(signal, () => stopWatching(watcher))
      schedule()
      await start(watcher, watched)
    },

    watchCommits(listener, { signal, types }) {
      if (signal.aborted || isClosed) return
      // An object of its own, so that one listener can be registered twice.
      const own = { listener, types }
      listeners.add(own)
      untilEnd(signal, () => listeners.delete(own))
    },

    changesAfter: changes.after,

    hint(projectId) {
      const project = projects.get(projectId)
      if (project) void poll(projectId, project)
    },

    committed(revision) {
      const { project_id: projectId, revision: number } = revision.state
      if (projects.has(projectId)) {
        changes.committed(revision)
        wake(projectId)
      }
      const { at, events = [] } = listedOf(revision)
      for (const { listener, types } of listeners) {
        if (types && !events.some(({ type }) => types.includes(type))) continue
        const revisions = [{ revision: number, at, events }]
        void call(listener, { projectId, revision: number, reset: false, revisions })
      }
    },

    close() {
      isClosed = true
      for (const end of ends) end()
    },
  }
}
