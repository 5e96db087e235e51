// Replicator of a store in a folder: copies each committed revision with its files to a bucket, behind the answers.
//
// Which projects changed is found by hint and verify: commits of this process, hints of other processes, and a comparison of
// all projects with their positions at the start, when a hint was lost, and every few minutes. One process copies, by a lease.

import { committedMs } from '../../core/project/state.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Hints } from '../catalogue/hints.ts'
import { copyProject } from '../copy/copy-project.ts'
import { isOfPlace } from '../copy/failure.ts'
import type { CopySource, CopyTarget } from '../copy/place.ts'
import { decodeRevision } from '../history/revision.ts'
import type { Lease } from '../private/lease.ts'
import type { Removals } from '../private/removals.ts'
import type { Store } from '../store.ts'
import { createKeepingTarget, deletionsAfter } from './deletions.ts'
import { copyKeptRecords } from './kept-records.ts'
import type { Claim } from './owner.ts'
import { createRememberingTarget } from './places.ts'
import type { Positions } from './positions.ts'

export interface ReplicatorOptions {
  /** Gives durable revisions alone. */
  source: CopySource
  target: CopyTarget
  store: Pick<Store, 'projectIds' | 'watchCommits' | 'changesAfter'>
  /** Hints of all processes. */
  hints: Pick<Hints, 'read'>
  positions: Positions
  removals: Pick<Removals, 'read' | 'forget'>
  takeLease(): Promise<Lease | undefined>
  /** Makes the store the owner of the bucket, or finds that it is. */
  claim(): Promise<Claim>
  log: Logger
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
  random(): number
  /** Interval at which changes of other processes are looked for, in milliseconds. @default 1000 */
  pollMs?: number
  /** Interval of comparing all projects, in milliseconds. @default 600000 (10 minutes) */
  sweepMs?: number
  /** Interval of comparing the records of accounts and webhooks, in milliseconds. @default 60000 */
  recordsMs?: number
  /** First pause after a failure, in milliseconds; each later one is twice as long. @default 1000 */
  pauseMs?: number
}

export interface Replicator {
  /** Begins to copy. To be called once, when the store is open and can be written. */
  start(): void
  /** Projects that the bucket lacks revisions of, as far as this process copies, and the time of the oldest of these. */
  waiting(): { projects: number; oldestMs: number | undefined }
  /** Ends the copy under way; the next start goes on with it. */
  close(): Promise<void>
}

interface Waiting {
  /** Time from which the bucket lacks a revision. */
  sinceMs: number
  /** Another one where the project changes under its copy. */
  version: number
  failures: number
  notBeforeMs: number
}

/** Projects that are copied at once, and files of each. */
const PROJECTS = 2
const FILES = 4
/** Longest pause after failures of the bucket, and of a project, in milliseconds. */
const MOST_PAUSE_MS = 60_000
const MOST_PROJECT_PAUSE_MS = 3_600_000

export const createReplicator = (options: ReplicatorOptions): Replicator => {
  const { source, store, hints, positions, removals, log, now, sleep, random } = options
  const { pollMs = 1000, sweepMs = 600_000, recordsMs = 60_000, pauseMs = 1000 } = options
  const target = createRememberingTarget(options.target)
  const end = new AbortController()
  const { signal } = end
  const waiting = new Map<string, Waiting>()
  let lease: Lease | undefined
  let opening: Promise<void> | undefined
  let sweepAtMs = 0
  let recordsAtMs = 0
  let failures = 0
  let interrupt = new AbortController()
  let following: Promise<void> | undefined

  const wake = (projectId: string, sinceMs = now()): void => {
    const found = waiting.get(projectId)
    if (found) found.version++
    else waiting.set(projectId, { sinceMs, version: 0, failures: 0, notBeforeMs: 0 })
  }

  /** Time of the oldest revision that the bucket lacks. The copy reports a damaged one. */
  const timeOf = async (projectId: string, number: number): Promise<number> => {
    const text = await source.revision(projectId, number)
    try {
      return (text === undefined ? undefined : committedMs(decodeRevision(text).state)) ?? now()
    } catch {
      return now()
    }
  }

  const sweep = async (): Promise<void> => {
    sweepAtMs = now() + sweepMs
    for (const projectId of await store.projectIds()) {
      signal.throwIfAborted()
      if (waiting.has(projectId)) continue
      const numbers = await source.revisions(projectId)
      const position = (await positions.read(projectId)) ?? 0
      const lacking = numbers.find((number) => number > position)
      // A head below the position is of a folder that was put back: the copy says so.
      if (lacking !== undefined) wake(projectId, await timeOf(projectId, lacking))
      else if (numbers.length > 0 && position > (numbers.at(-1) ?? 0)) wake(projectId)
    }
  }

  /** @throws TintypeError where the bucket is another store's */
  const own = async (): Promise<void> => {
    const claim = await options.claim()
    if (typeof claim === 'object') throw claim.refusal
    if (claim === 'kept') return
    target.forget()
    recordsAtMs = 0
    await sweep()
  }

  const copyOne = async (projectId: string, entry: Waiting): Promise<void> => {
    const { version } = entry
    const before = (await positions.read(projectId)) ?? (await target.revisions(projectId)).at(-1)
    const deleted = before === undefined ? new Set<string>() : await deletionsAfter(store, projectId, before)
    const copied = await copyProject(
      {
        ...{ source, verify: false, parallel: FILES, signal, onFiles: () => {} },
        target: createKeepingTarget(target, deleted),
      },
      projectId,
    )
    if (copied) await positions.write(projectId, copied.revision)
    if (entry.version === version) waiting.delete(projectId)
    else Object.assign(entry, { sinceMs: now(), failures: 0 })
  }

  const failed = (projectId: string, entry: Waiting, error: unknown): void => {
    if (entry.failures === 0) log.warn({ error, projectId }, 'could not copy a project to the fallback; trying again')
    entry.notBeforeMs = now() + Math.min(MOST_PROJECT_PAUSE_MS, 10 * pauseMs * 2 ** entry.failures++)
  }

  const copyAccounts = async (): Promise<void> => {
    recordsAtMs = now() + recordsMs
    await copyKeptRecords({ source, target, removals, signal }).catch((error: unknown) => {
      if (signal.aborted || isOfPlace(error)) {
        recordsAtMs = 0
        throw error
      }
      log.warn({ error }, 'could not copy accounts and webhooks to the fallback; trying again')
    })
  }

  const copyAll = async (due: readonly [string, Waiting][]): Promise<void> => {
    const rest = due.values()
    let failure: { error: unknown } | undefined
    const work = async (): Promise<void> => {
      for (const [projectId, entry] of rest) {
        await copyOne(projectId, entry).catch((error: unknown) => {
          if (signal.aborted || isOfPlace(error)) failure ??= { error }
          else failed(projectId, entry, error)
        })
        if (failure || !lease?.isHeld()) return
      }
    }
    await Promise.all(Array.from({ length: PROJECTS }, work))
    if (failure) throw failure.error
  }

  const stepDown = async (): Promise<void> => {
    const before = lease
    lease = undefined
    waiting.clear()
    target.forget()
    await before?.release()
  }

  const tick = async (): Promise<void> => {
    if (!lease?.isHeld()) {
      if (lease) await stepDown()
      lease = await options.takeLease()
      if (!lease) return
      hints.read()
      sweepAtMs = 0
      recordsAtMs = 0
    }
    const { ids, times, isLost } = hints.read()
    for (const projectId of [...ids, ...times.keys()]) wake(projectId)
    if (isLost || now() >= sweepAtMs) await sweep()
    const due = [...waiting].filter(([, { notBeforeMs }]) => notBeforeMs <= now())
    if (due.length === 0 && now() < recordsAtMs) return
    await own()
    opening ??= options.target.openToWrite()
    await opening.catch((error: unknown) => {
      opening = undefined
      throw error
    })
    // First: a copy must not be open to everybody.
    if (now() >= recordsAtMs) await copyAccounts()
    await copyAll(due)
  }

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      let pause = pollMs
      try {
        await tick()
        if (failures > 0) log.info('copying to the fallback again')
        failures = 0
      } catch (error) {
        if (signal.aborted) break
        if (failures === 0) log.warn({ error }, 'could not copy to the fallback; trying again')
        pause = Math.min(MOST_PAUSE_MS, pauseMs * 2 ** failures++) * (0.5 + random() / 2)
      }
      await sleep(pause, interrupt.signal)
      interrupt = new AbortController()
    }
    await stepDown()
  }

  return {
    start() {
      const onCommit = ({ projectId }: { projectId: string }) => {
        if (!lease) return
        wake(projectId)
        if (failures === 0) interrupt.abort()
      }
      store.watchCommits(onCommit, { signal })
      following = loop()
    },

    waiting() {
      const times = [...waiting.values()].map(({ sinceMs }) => sinceMs)
      return { projects: waiting.size, oldestMs: times.length > 0 ? Math.min(...times) : undefined }
    },

    async close() {
      end.abort()
      interrupt.abort()
      await following
      await target.close()
    },
  }
}
