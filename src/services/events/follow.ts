// One stream of events: watches its projects, judges each delivery by the newest state, and hands on what may be heard.

import { mayRead, type Principal } from '../../core/auth/access.ts'
import { inGroups } from '../../core/in-groups.ts'
import type { ProjectEvent } from '../../core/project/events.ts'
import type { ProjectState } from '../../core/project/state.ts'
import type { Store } from '../../stores/store.ts'
import type { ProjectChanges } from '../../stores/watch.ts'
import { hear } from './hearing.ts'

/** The principal of a request now. @throws TintypeError `unauthenticated` where its credentials are not valid any more */
export type IdentifyAgain = () => Promise<Principal>

export interface FollowedProject {
  projectId: string
  /** A revision that the client knows. @default the newest one */
  since: number | undefined
}

export interface FollowRequest {
  /** The stream of one ends with its deletion; of several, those that may not be read are as absent ones. */
  projects: readonly FollowedProject[]
  identify: IdentifyAgain
  /** Called once the position of each project is fixed: later changes are sent. Not where that fails. @default none */
  onBegun?(): void
  /** Takes a message; resolves once the client can take the next one. */
  send(message: StreamMessage): Promise<void>
  signal: AbortSignal
}

/** Positions: the revisions that the client knows of its projects after the message, in their order; 0 for absent ones. */
export type StreamMessage =
  | { kind: 'start'; positions: readonly number[] }
  /** A part of a revision; `positions` where it is the last. */
  | {
      kind: 'events'
      projectId: string
      revision: number
      at: string
      events: readonly ProjectEvent[]
      positions: readonly number[] | undefined
    }
  | { kind: 'reset'; projectId: string; revision: number; positions: readonly number[] }
  | { kind: 'alive' }

export interface FollowOptions {
  store: Pick<Store, 'watch'>
  /** Reads the newest state; undefined where the project is absent or deleted. */
  newest(projectId: string): Promise<ProjectState | undefined>
  keepAliveMs: number
  /** Aborts the signal of the request. */
  end(): void
}

/** Events of one message, about 15 kB: a slow client costs no more, however many images a revision deletes. */
const EVENTS_AT_ONCE = 100
/** Projects that are read at once at the start, where each read may wait for an answer. */
const READ_AT_ONCE = 16
/** Signs of life that a client may miss in a row because it reads nothing. */
const MOST_MISSED = 4

interface Followed {
  /** Newest revision at which the listener had access; undefined while the project is as absent. */
  seenAt: number | undefined
  position: number
  /** True where changes were left out while the project was as absent. */
  hasGap: boolean
  /** Changes up to this revision are covered by the start of the stream, or by a reset. */
  coveredTo: number
}

/** Resolves at the end of the stream. Never throws: whatever fails ends the stream, and the client comes again. */
export const follow = async (request: FollowRequest, options: FollowOptions): Promise<void> => {
  const { identify, send, signal } = request
  const { store, newest, keepAliveMs, end } = options
  const followed = new Map<string, Followed>()
  let isSending = false
  let missed = 0
  let timer: NodeJS.Timeout | undefined

  const positions = (): number[] => [...followed.values()].map(({ position }) => position)

  const principal = (): Promise<Principal | undefined> => identify().catch(() => undefined)

  const sendOne = async (message: StreamMessage): Promise<void> => {
    isSending = true
    await send(message)
    isSending = false
    missed = 0
  }

  /** False where a project that was readable is not any more. A deleted one is left to the delivery of its deletion. */
  const isStillReadable = async (projectIds: Iterable<string>): Promise<boolean> => {
    const by = await principal()
    if (!by) return false
    for (const projectId of projectIds) {
      if (followed.get(projectId)?.seenAt === undefined) continue
      const state = await newest(projectId)
      if (state && !mayRead(state, by)) return false
    }
    return true
  }

  const sendReset = async (projectId: string, project: Followed, revision: number): Promise<void> => {
    Object.assign(project, { seenAt: revision, position: revision, hasGap: false, coveredTo: revision })
    await sendOne({ kind: 'reset', projectId, revision, positions: positions() })
  }

  const sendRevisions = async (
    project: Followed,
    { projectId, revisions }: Pick<ProjectChanges, 'projectId' | 'revisions'>,
  ) => {
    let isFirst = true
    for (const { revision, at, events } of revisions)
      for (let first = 0; first === 0 || first < events.length; first += EVENTS_AT_ONCE) {
        if (signal.aborted) return
        // The client may have taken its time.
        if (!isFirst && !(await isStillReadable([projectId]))) return end()
        isFirst = false
        const isLast = first + EVENTS_AT_ONCE >= events.length
        if (isLast) project.position = revision
        const part = events.slice(first, first + EVENTS_AT_ONCE)
        await sendOne({
          ...{ kind: 'events', projectId, revision, at, events: part },
          positions: isLast ? positions() : undefined,
        })
      }
  }

  const deliver = async (changes: ProjectChanges): Promise<void> => {
    const { projectId } = changes
    const project = followed.get(projectId)
    const by = await principal()
    if (!by || !project) return end()
    const state = await newest(projectId)
    const heard = hear(changes, { by, newest: state, seenAt: project.seenAt })
    if (signal.aborted) return
    if (heard.kind === 'hidden') {
      if (project.seenAt !== undefined) return end()
      project.hasGap = true
      return
    }
    if (heard.kind === 'reset') return sendReset(projectId, project, heard.revision)
    if (project.hasGap && state) return sendReset(projectId, project, state.revision)
    project.seenAt = state?.revision ?? project.seenAt ?? heard.revision
    await sendRevisions(project, { projectId, revisions: heard.revisions })
    if (!heard.rest) return
    if (followed.size === 1) return end()
    project.seenAt = undefined
    if (heard.rest.revisions.length > 0) await deliver(heard.rest)
  }

  const keepAlive = async (): Promise<void> => {
    if (isSending) {
      if (++missed >= MOST_MISSED) end()
    } else if (await isStillReadable(followed.keys())) await sendOne({ kind: 'alive' })
    else end()
  }

  /** Watches first, so that no change falls between the read of a project, also of an absent one, and its watch. */
  const begin = async (): Promise<void> => {
    let started = (): void => {}
    const start = new Promise<void>((resolve) => {
      started = resolve
    })
    const listener = async (changes: ProjectChanges): Promise<void> => {
      await start
      const news = newOnly(changes, followed.get(changes.projectId)?.coveredTo ?? 0)
      if (news) await deliver(news).catch(end)
    }
    await store.watch(request.projects, listener, { signal })
    const by = await identify()
    const states = await inGroups(request.projects, READ_AT_ONCE, ({ projectId }) => newest(projectId))
    for (const [at, { projectId, since }] of request.projects.entries()) {
      const state = states[at]
      const seenAt = state && mayRead(state, by) ? state.revision : undefined
      const coveredTo = since === undefined ? (state?.revision ?? 0) : 0
      followed.set(projectId, { seenAt, position: since ?? seenAt ?? 0, hasGap: false, coveredTo })
    }
    if (signal.aborted) return
    timer = setInterval(() => void keepAlive().catch(end), keepAliveMs).unref()
    request.onBegun?.()
    await sendOne({ kind: 'start', positions: positions() })
    started()
  }

  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await begin().catch(end)
  await ended
  clearInterval(timer)
}

/** The changes after a revision; undefined where there are none. */
const newOnly = (changes: ProjectChanges, coveredTo: number): ProjectChanges | undefined => {
  if (changes.reset) return changes
  if (changes.revision <= coveredTo) return undefined
  return { ...changes, revisions: changes.revisions.filter(({ revision }) => revision > coveredTo) }
}
