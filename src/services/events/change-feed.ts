// Change feed: what happens in projects, for clients that wait for it or listen to it. Access is judged by the newest state
// before anything is delivered.

import { mayRead, type Principal } from '../../core/auth/access.ts'
import { TintypeError } from '../../core/errors.ts'
import { unknownProject } from '../../core/not-found.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { Store } from '../../stores/store.ts'
import type { ListedRevision, ProjectChanges, WatchedProject } from '../../stores/watch.ts'
import { type FollowRequest, follow, type IdentifyAgain } from './follow.ts'
import { hear, mayReadAll } from './hearing.ts'

export interface ChangeFeedOptions {
  store: Pick<Store, 'current' | 'project' | 'changesAfter' | 'watch'>
  /** Streams and waiting requests at once; further ones are refused. @default 1000 */
  maxStreams?: number
  /** Time between two signs of life of a stream, in milliseconds. @default 15000 */
  keepAliveMs?: number
}

export interface ChangesRequest {
  projectId: string
  /** A revision that the client knows. @default the newest one */
  since: number | undefined
  /** Longest wait for the first event, in milliseconds. */
  waitMs: number
  identify: IdentifyAgain
  /** Ends the wait. */
  signal: AbortSignal
}

export interface ChangesAnswer {
  /** The new position, for `since` of the next request. */
  revision: number
  /** Revisions in their order; the first ones, where there are very many. */
  revisions: readonly ListedRevision[]
  /** True where the changes are unknown: the project is to be read anew. */
  reset: boolean
}

export interface ChangeFeed {
  /**
   * Reads the changes after a position, or waits for the first ones.
   *
   * @throws TintypeError `project_not_found`, `unauthenticated`, `project_damaged`; `busy`, `shutting_down` for a request
   *   that would wait
   */
  changes(request: ChangesRequest): Promise<ChangesAnswer>
  /**
   * Refuses a listener that {@link ChangeFeed.follow} would not serve.
   *
   * @throws TintypeError `project_not_found`, `project_damaged`
   */
  requireProject(projectId: string, since: number | undefined, by: Principal): Promise<void>
  /**
   * Takes a place among the streams and waiting requests. To be given back by the returned function.
   *
   * @throws TintypeError `busy`, `shutting_down`
   */
  enter(): () => void
  /**
   * Delivers the events of projects, until the signal aborts, access is lost, the only project is deleted, the client does
   * not read, or {@link ChangeFeed.end} is called. Never throws.
   */
  follow(request: FollowRequest): Promise<void>
  /** A signal that aborts with another one and at the end of the feed. To be given back by `release`. */
  endingWith(signal: AbortSignal): { signal: AbortSignal; end(): void; release(): void }
  /** Streams and waiting requests at present. */
  count(): number
  /** Ends all streams and waits; further ones are refused. */
  end(): void
}

/** Revisions of one answer: some 200 kB, as most have one or two events. */
const MOST_REVISIONS = 1000
const BUSY_SECONDS = 5

export const createChangeFeed = ({ store, maxStreams = 1000, keepAliveMs = 15_000 }: ChangeFeedOptions): ChangeFeed => {
  /** Ends the streams and waits. */
  const ends = new Set<() => void>()
  let isEnding = false
  let streams = 0

  /**
   * A signal that aborts with another one and at the end of the feed. Not by `AbortSignal.any`, which keeps a record for
   * every stream there ever was at a signal that lives as long as the process.
   */
  const endingWith = (signal: AbortSignal) => {
    const controller = new AbortController()
    const end = () => controller.abort()
    ends.add(end)
    signal.addEventListener('abort', end)
    if (signal.aborted || isEnding) end()
    const release = () => {
      ends.delete(end)
      signal.removeEventListener('abort', end)
    }
    return { signal: controller.signal, end, release }
  }

  const newest = async (projectId: string): Promise<ProjectState | undefined> =>
    store.current(projectId) ?? store.project(projectId)

  const enter = (): (() => void) => {
    if (isEnding)
      throw new TintypeError('shutting_down', 'The server is shutting down and opens no streams.', {
        retryAfterSeconds: BUSY_SECONDS,
      })
    if (streams >= maxStreams)
      throw new TintypeError(
        'busy',
        `The server has ${maxStreams} event streams, as many as it may; try again later.`,
        {
          retryAfterSeconds: BUSY_SECONDS,
        },
      )
    streams++
    let isInside = true
    return () => {
      if (isInside) streams--
      isInside = false
    }
  }

  /** All changes after a position; undefined where there are none. @param seenAt see {@link hear} */
  const gather = async (
    projectId: string,
    since: number,
    by: Principal,
    seenAt?: number,
  ): Promise<ChangesAnswer | undefined> => {
    const revisions: ListedRevision[] = []
    let position = since
    while (revisions.length < MOST_REVISIONS) {
      const changes = await store.changesAfter(projectId, position)
      if (!changes) break
      const heard = hear(changes, { by, newest: await newest(projectId), seenAt })
      if (heard.kind === 'hidden') throw unknownProject(projectId)
      if (heard.kind === 'reset') return { revision: heard.revision, revisions: [], reset: true }
      revisions.push(...heard.revisions)
      position = heard.revision
      if (heard.rest) break
    }
    return position === since ? undefined : { revision: position, revisions, reset: false }
  }

  const requireProject = async (projectId: string, since: number | undefined, by: Principal): Promise<void> => {
    const state = await newest(projectId)
    if (state && mayRead(state, by)) return
    // A deleted project, whose feed ends with the deletion.
    const rest =
      !state && since !== undefined && mayReadAll(by, projectId)
        ? await store.changesAfter(projectId, since)
        : undefined
    if (!rest || !hasEvents(rest)) throw unknownProject(projectId)
  }

  return {
    requireProject,
    enter,
    endingWith,
    count: () => streams,

    end() {
      isEnding = true
      for (const end of ends) end()
    },

    async changes({ projectId, since, waitMs, identify, signal }) {
      const by = await identify()
      await requireProject(projectId, since, by)
      const state = await newest(projectId)
      const start = since ?? state?.revision
      if (start === undefined) throw unknownProject(projectId)
      const found = since === undefined ? undefined : await gather(projectId, start, by)
      const answer = found ?? { revision: start, revisions: [], reset: false }
      if (waitMs <= 0 || answer.reset || hasEvents(answer)) return answer
      const leave = enter()
      const wait = endingWith(signal)
      const timer = setTimeout(wait.end, waitMs)
      try {
        return await waited(projectId, answer, identify, wait.signal)
      } finally {
        clearTimeout(timer)
        wait.release()
        leave()
      }
    },

    async follow(request) {
      const { signal, end, release } = endingWith(request.signal)
      await follow({ ...request, signal }, { store, newest, keepAliveMs, end }).finally(release)
    },
  }

  /** Waits for a revision with events after the position of an answer, which the listener may read. */
  async function waited(
    projectId: string,
    answer: ChangesAnswer,
    identify: IdentifyAgain,
    signal: AbortSignal,
  ): Promise<ChangesAnswer> {
    let { revision } = answer
    while (!signal.aborted) {
      await nextChange({ projectId, since: revision }, signal)
      if (signal.aborted) break
      const next = await gather(projectId, revision, await identify(), revision)
      if (next && (next.reset || hasEvents(next))) return next
      revision = next?.revision ?? revision
    }
    await requireProject(projectId, undefined, await identify())
    return { ...answer, revision }
  }

  /** Resolves once there is a change, or the signal aborts. */
  function nextChange(project: WatchedProject, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = new AbortController()
      const done = () => {
        end.abort()
        resolve()
      }
      signal.addEventListener('abort', done, { once: true })
      end.signal.addEventListener('abort', () => signal.removeEventListener('abort', done))
      if (signal.aborted) return done()
      store.watch([project], done, { signal: end.signal }).catch(reject)
    })
  }
}

const hasEvents = ({ revisions }: Pick<ProjectChanges, 'revisions'>): boolean =>
  revisions.some(({ events }) => events.length > 0)
