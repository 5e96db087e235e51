// Delivers to one endpoint: project by project, in the order of their changes, each message until it is accepted.
//
// A cursor moves only once its message was accepted, and durably, before the next message is sent. So a crash repeats one
// message at most in each project, with the same id. Nothing that fails skips anything: where the store cannot be read or
// written, the runner waits.

import { isDamage, TintypeError } from '../../core/errors.ts'
import { afterFailure, recovered, switchedOff } from '../../core/webhooks/back-off.ts'
import { FINISHED_JOBS, type WebhookMessage } from '../../core/webhooks/events.ts'
import type { OffReason, Webhook } from '../../core/webhooks/model.ts'
import type { Store } from '../../stores/store.ts'
import type { Cursor, StoredCursor, WebhookStore } from '../../stores/webhooks/webhook-store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Attempts } from './attempts.ts'
import type { ChangesAfter } from './job-changes.ts'
import { pendingOf } from './pending.ts'
import type { Rights } from './rights.ts'
import { startPosition } from './start-position.ts'

export interface RunnerOptions {
  id: string
  store: WebhookStore
  changes: Pick<Store, 'current' | 'project'>
  changesAfter: ChangesAfter
  attempts: Attempts
  rights: Pick<Rights, 'mayReceive'>
  /** False once another process may deliver. */
  isHeld(): boolean
  /** Ends the runner. */
  signal: AbortSignal
  log: Logger
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after a time, or when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** From 0 to 1. */
  random(): number
}

export interface Runner {
  /** Reports that a project may have changed. */
  wake(projectId: string): void
  /** Reports that the webhook was changed. */
  poke(): void
  /** Revisions that wait, as far as memory knows, and the time of the event under way, in milliseconds since 1970. */
  waiting(): { revisions: number; oldestMs: number | undefined }
  /** Resolves at the end: false where another process delivers. */
  ended: Promise<boolean>
}

/** `done`: nothing more is known of the project; `lost`: another process delivers. */
type Visit = 'done' | 'more' | 'lost'

/** Pause after an error of the store, in milliseconds. */
const STORE_PAUSE_MS = 5000
/** Longest pause: timers hold no more than 24 days. */
const IDLE_MS = 3_600_000

export const createRunner = (options: RunnerOptions): Runner => {
  const { id, store, changes, changesAfter, attempts, rights, isHeld, signal, log, now, sleep, random } = options
  const due = new Set<string>()
  const cursors = new Map<string, StoredCursor>()
  let visited: string | undefined
  let oldest: string | undefined
  let interrupt = new AbortController()

  const poke = (): void => interrupt.abort()
  signal.addEventListener('abort', poke, { once: true })

  /** Waits, until something is reported. */
  const pause = async (ms: number): Promise<void> => {
    await sleep(Math.min(ms, IDLE_MS), interrupt.signal)
    interrupt = new AbortController()
    if (signal.aborted) poke()
  }

  /** Repeats work until the store takes it: going on without it would lose or double messages. */
  const persist = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tries = 0; ; tries++) {
      try {
        return await work()
      } catch (error) {
        if (signal.aborted || !(error instanceof TintypeError)) throw error
        if (tries === 0)
          log.warn({ error, webhook: id }, 'could not store the progress of a webhook; waiting for the store')
        await sleep(STORE_PAUSE_MS, signal)
      }
    }
  }

  const change = (edit: (webhook: Webhook) => Webhook): Promise<Webhook | undefined> =>
    persist(() => store.change(id, (webhook) => (webhook.enabled ? edit(webhook) : webhook)))

  const switchOff = async (reason: OffReason): Promise<void> => {
    await change((webhook) => switchedOff(webhook, reason, now()))
    log.warn({ webhook: id, reason }, 'a webhook was switched off')
  }

  const cursorIn = async ({ created_at }: Webhook, projectId: string): Promise<StoredCursor> => {
    const known = cursors.get(projectId) ?? (await store.cursors.read(id, projectId))
    if (known) return known
    const revision = await startPosition({ project: changes.project, changesAfter }, projectId, created_at)
    return { number: 0, revision, events: 0 }
  }

  /** Undefined where another process has moved the cursor. */
  const moveTo = async (projectId: string, cursor: Cursor, from: StoredCursor): Promise<StoredCursor | undefined> => {
    const number = await persist(() => store.cursors.advance(id, projectId, from.number, cursor))
    // An earlier try may have been stored, and its answer lost.
    const found = number === undefined ? await persist(() => store.cursors.read(id, projectId)) : { number, ...cursor }
    if (found?.revision !== cursor.revision || found.events !== cursor.events) return undefined
    cursors.set(projectId, found)
    return found
  }

  /** True where the message was accepted. */
  const deliver = async (webhook: Webhook, message: WebhookMessage): Promise<boolean> => {
    const attempt = await attempts.make(webhook, message, signal)
    if (!attempt) return false
    const { delivered, status, error } = attempt
    const isFirst = webhook.failures === 0
    const after =
      delivered && isFirst
        ? webhook
        : await change((newest) => (delivered ? recovered(newest) : afterFailure(newest, status, now(), random())))
    const next = after?.next_attempt_at ?? null
    await attempts.record(webhook, message, attempt, 'event', next).catch((cause: unknown) => {
      log.warn({ error: cause, webhook: id }, 'could not record a delivery; continuing without it')
    })
    if (!delivered && after?.enabled === false)
      log.warn({ webhook: id, reason: after.off_reason, status }, 'a webhook was switched off')
    else if (!delivered && isFirst)
      log.warn({ webhook: id, status, reason: error, next }, 'a webhook failed; trying again')
    return delivered
  }

  /** Delivers a part of the changes of a project. */
  const visit = async (webhook: Webhook, projectId: string): Promise<Visit> => {
    let cursor = await cursorIn(webhook, projectId)
    cursors.set(projectId, cursor)
    const found = await changesAfter(projectId, cursor.revision)
    if (!found) return 'done'
    const { messages, end, isLast } = pendingOf(webhook, cursor, found, new Date(now()).toISOString())
    for (const { message, at, next } of messages) {
      const newest = await store.get(id)
      // Another address, filter or state: begin anew.
      if (!newest?.enabled || newest.updated_at !== webhook.updated_at) return 'more'
      if (!(await rights.mayReceive(newest))) {
        await switchOff('access')
        return 'more'
      }
      oldest = at
      if (!isHeld()) return 'lost'
      if (!(await deliver(newest, message))) return 'more'
      oldest = undefined
      const moved = await moveTo(projectId, next, cursor)
      if (!moved) return 'lost'
      cursor = moved
    }
    const isBehind = cursor.revision !== end.revision || cursor.events !== end.events
    if (isBehind && !(await moveTo(projectId, end, cursor))) return 'lost'
    if (isLast) await switchOff('project_deleted')
    return 'more'
  }

  const step = async (): Promise<Visit> => {
    const webhook = await store.get(id)
    const [projectId] = due
    const waitMs = webhook?.next_attempt_at ? Date.parse(webhook.next_attempt_at) - now() : 0
    if (!webhook?.enabled || projectId === undefined || waitMs > 0) {
      await pause(waitMs > 0 ? waitMs : IDLE_MS)
      return 'more'
    }
    due.delete(projectId)
    visited = projectId
    const outcome = await visit(webhook, projectId).catch((error: unknown) => {
      // The next change or the next check of all projects tries again.
      if (!isDamage(error)) due.add(projectId)
      throw error
    })
    // Behind the others, so that a project with many changes does not hold them up.
    if (outcome === 'more') due.add(projectId)
    return outcome
  }

  const run = async (): Promise<boolean> => {
    while (!signal.aborted) {
      try {
        if ((await step()) === 'lost') return (await store.get(id)) === undefined
      } catch (error) {
        if (signal.aborted) break
        log.warn({ error, webhook: id }, 'could not deliver to a webhook; trying again')
        await sleep(STORE_PAUSE_MS, signal)
      } finally {
        visited = undefined
      }
    }
    return true
  }

  const revisionsOf = (projectId: string): number => {
    const position = cursors.get(projectId)?.revision
    const newest =
      position === undefined || projectId === FINISHED_JOBS ? undefined : changes.current(projectId)?.revision
    return position === undefined || newest === undefined ? 0 : Math.max(0, newest - position)
  }

  return {
    wake(projectId) {
      due.add(projectId)
      poke()
    },

    poke,

    waiting: () => ({
      revisions: [...new Set([...due, ...(visited === undefined ? [] : [visited])])].reduce(
        (sum, projectId) => sum + revisionsOf(projectId),
        0,
      ),
      oldestMs: oldest === undefined ? undefined : Date.parse(oldest),
    }),

    ended: run(),
  }
}
