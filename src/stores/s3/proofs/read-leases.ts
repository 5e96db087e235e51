// Read leases: for a moment after a proof, a process serves the newest entry of a busy log from memory.
//
//   <log>/reader-<token>-<n>     marker of a reader; every listing of the log's end shows it
//
//  1. A reader writes its marker. A HEAD of N+1 that began after the answer to that and found nothing leases N to it, for
//     LEASE_MS from the beginning of the HEAD.
//  2. A process that learns of an entry by a listing that shows the marker of another process waits for WAIT_MS, from the
//     end of the listing, before it acts on the entry: a writer before it acknowledges its own one, a reader before it
//     returns or remembers that of another. What is remembered needs no wait.
//
// Reads stay linearizable. Let N+1 become visible at V. A lease on N began with a HEAD that did not see N+1, so before V: it
// ends before V + LEASE_MS. Each process that acts on N+1 has listed it, so that listing ended after V, and the wait behind
// it ends after the lease, if it was made. It was: the marker was answered before that HEAD began, so before V. A writer
// lists after the answer to its entry, so after V, and sees the marker. The listing of a reader may have begun before V, and
// an engine may look at markers before it looks at entries. But leases begin with a HEAD at least GRACE_MS after the marker
// alone: a listing that saw N+1 and yet no marker took longer than that, and one of half that time is treated as if it had
// seen one. The process of the lease itself drops it once it remembers N+1 or a higher one (`learned`), and a HEAD that began
// before that gives none. Leases on entries before N ended before, by the same argument. What is known was waited for when
// it was learned. Where N+1 may have been pruned, a HEAD proves nothing (append-log.ts), and gives no lease.
//
// Times are compared with times of the same machine alone. A lease ends by the monotonic clock or by that of the wall,
// whichever comes first, because a suspended machine may stop one of them. Clocks may differ in speed by a tenth.
//
// A marker in use was written within USED_MS, and has a name of its own for each time that the log is busy: it is never
// written again once it may count as that of a dead process, nor by a request that another one may follow with its removal.

import { createBoundedMap } from '../../../core/bounded-map.ts'
import { randomIds } from '../../../core/random-id.ts'
import type { NumberedEntry } from '../../append-log.ts'
import type { Bucket } from '../client/bucket.ts'
import type { ListedObject } from '../client/listing.ts'
import { isReaderName, readerName } from '../keys.ts'
import { type Clock, createMoments, type Moment, SYSTEM_CLOCK } from './moments.ts'

/** When a log counts as busy; other values in tests alone. */
export interface ReadLeaseSettings {
  /** Calls that a proof has at least, so that it counts. @default 16 */
  busyCalls?: number
  /** Proofs in a row that count. @default 3 */
  busyProofs?: number
  /** Least time from a marker to the beginning of a lease, in milliseconds. @default 1000 */
  graceMs?: number
  /** Most logs with a marker. @default 100 */
  maxLogs?: number
}

export interface ReadLeasesOptions<Entry> extends ReadLeaseSettings {
  bucket: Pick<Bucket, 'put' | 'remove'>
  prefix(log: string): string
  /** Proves a newest entry anew. */
  renew(log: string): Promise<NumberedEntry<Entry> | undefined>
  /** @default that of the machine */
  clock?: Clock
}

/** Objects of a log. */
export interface LogListing {
  objects: readonly ListedObject[]
  /** Engine's clock at its end. */
  dateMs: number
  beganAt: Moment
  /** True behind an entry of this process, where it may remove markers of dead ones. */
  isOfWriter: boolean
}

export interface ReadLeases<Entry> {
  /** The newest entry, where this process has a lease on it. Undefined says nothing. */
  newest(log: string): NumberedEntry<Entry> | undefined
  /**
   * To be called when a proof by HEAD begins.
   *
   * @param calls that wait for it
   * @returns to be called where the HEAD has shown that this entry is the newest
   */
  proving(log: string, calls: number): (found: NumberedEntry<Entry>) => void
  /** To be called before this process acts on an entry: ends its leases on lower ones. */
  learned(log: string, number: number): void
  /** Current time, for `beganAt`. */
  moment(): Moment
  /** To be called when a listing has ended. @returns resolves once no other process can have a lease on a lower entry */
  othersEnd(log: string, listing: LogListing): () => Promise<void>
  /** Removes the markers of this process. */
  close(): Promise<void>
}

export const LEASE_MS = 100
/** A tenth more: clocks differ in speed, and timers are early by a millisecond. */
export const WAIT_MS = 110
/** Time for which a lease may begin by a marker that was not written again. */
const USED_MS = 240_000
/** Age of a marker that counts as that of a dead process: by the engine's clock, which may be wrong by 15 minutes. */
export const DEAD_MS = 1_200_000
/** Age of a marker from which it is removed. */
const REMOVED_MS = 3_600_000
/** Interval at which logs are looked at. */
export const TICK_MS = 30_000
/** Age at which a marker is written again: at every second tick. */
const REWRITTEN_MS = 45_000
/** Reads between two ticks below which a log is not busy any more. */
export const FEWEST_READS = 300
/** A lease is renewed after this part of its time. */
const RENEWED_AT = 1 / 3

/** A busy log. */
interface Busy<Entry> {
  key: string
  /** Last writing of the marker that was answered, when it began. Undefined: there may be no marker. */
  markedAt?: Moment
  /** `Clock.nowMs` from which leases may begin. */
  safeMs: number
  writing: Promise<void>
  lease?: { found: NumberedEntry<Entry>; beganAt: Moment }
  /** Highest entry that this process has acted on since the log is busy. */
  highest: number
  /** Reads since the last tick. */
  reads: number
  isRenewing: boolean
}

const newToken = randomIds(12)

export const createReadLeases = <Entry>(options: ReadLeasesOptions<Entry>): ReadLeases<Entry> => {
  const { bucket, prefix, renew, clock = SYSTEM_CLOCK } = options
  const { busyCalls = 16, busyProofs = 3, graceMs = 1000, maxLogs = 100 } = options
  const { moment, isWithin } = createMoments(clock)
  const token = newToken()
  const logs = new Map<string, Busy<Entry>>()
  /** Busy proofs in a row. */
  const streaks = createBoundedMap<number>(1000)
  let markers = 0
  let stopTicks: (() => void) | undefined
  let isClosed = false

  /** Unknown outcome: without a first marker there is no lease, and the one before counts on for its time. */
  const mark = async (log: string, busy: Busy<Entry>): Promise<void> => {
    const beganAt = moment()
    if (!busy.markedAt) busy.key = prefix(log) + readerName(token, ++markers)
    try {
      await bucket.put(busy.key, '')
    } catch {
      return
    }
    if (logs.get(log) !== busy) return
    // It may have counted as dead meanwhile, and be removed any moment.
    if (busy.markedAt && !isWithin(busy.markedAt, USED_MS)) return void cool(log, busy)
    if (!busy.markedAt) busy.safeMs = clock.nowMs() + graceMs
    busy.markedAt = beganAt
  }

  const cool = async (log: string, { writing, key }: Busy<Entry>): Promise<void> => {
    logs.delete(log)
    await writing
    await bucket.remove(key).catch(() => {})
  }

  const tick = (): void => {
    for (const [log, busy] of logs) {
      if (busy.reads < FEWEST_READS) void cool(log, busy)
      else if (!busy.markedAt || !isWithin(busy.markedAt, REWRITTEN_MS)) busy.writing = mark(log, busy)
      busy.reads = 0
    }
    if (logs.size > 0) return
    stopTicks?.()
    stopTicks = undefined
  }

  const begin = (log: string): void => {
    const busy: Busy<Entry> = {
      ...{ key: '', safeMs: Number.POSITIVE_INFINITY, writing: Promise.resolve() },
      ...{ highest: 0, reads: 0, isRenewing: false },
    }
    logs.set(log, busy)
    busy.writing = mark(log, busy)
    stopTicks ??= clock.every(TICK_MS, tick)
  }

  const noteProof = (log: string, calls: number): void => {
    if (logs.has(log)) return
    const streak = calls < busyCalls ? 0 : (streaks.get(log) ?? 0) + 1
    streaks.set(log, streak)
    if (streak < busyProofs || logs.size >= maxLogs || isClosed) return
    streaks.delete(log)
    begin(log)
  }

  const renewAhead = async (log: string, busy: Busy<Entry>): Promise<void> => {
    busy.isRenewing = true
    // Where it fails, the reads behind the end of the lease do.
    await renew(log).catch(() => {})
    busy.isRenewing = false
  }

  return {
    moment,

    newest(log) {
      const busy = logs.get(log)
      if (!busy) return undefined
      busy.reads++
      const { lease } = busy
      if (!lease || !isWithin(lease.beganAt, LEASE_MS)) return undefined
      if (!busy.isRenewing && !isWithin(lease.beganAt, LEASE_MS * RENEWED_AT)) void renewAhead(log, busy)
      return lease.found
    },

    proving(log, calls) {
      noteProof(log, calls)
      const busy = logs.get(log)
      const beganAt = moment()
      if (!busy?.markedAt || beganAt.nowMs < busy.safeMs) return () => {}
      return (found) => {
        if (logs.get(log) !== busy || found.number < busy.highest) return
        if (!busy.markedAt || !isWithin(busy.markedAt, USED_MS)) return
        if (!busy.lease || busy.lease.beganAt.nowMs < beganAt.nowMs) busy.lease = { found, beganAt }
      }
    },

    learned(log, number) {
      const busy = logs.get(log)
      if (!busy) return
      busy.highest = Math.max(busy.highest, number)
      if (busy.lease && busy.lease.found.number < number) busy.lease = undefined
    },

    othersEnd(log, { objects, dateMs, beganAt, isOfWriter }) {
      const endMs = clock.nowMs()
      const isOwn = (name: string) => name.startsWith(readerName(token, ''))
      const others = objects.flatMap(({ key, modifiedMs }) => {
        const name = key.slice(prefix(log).length)
        return isReaderName(name) && !isOwn(name) ? { key, ageMs: dateMs - modifiedMs } : []
      })
      const removed = isOfWriter ? others.filter(({ ageMs }) => ageMs > REMOVED_MS) : []
      // Best effort: a later writer sees the rest.
      for (const { key } of removed) bucket.remove(key).catch(() => {})
      const mayBeLeased = !isWithin(beganAt, graceMs / 2) || others.some(({ ageMs }) => ageMs <= DEAD_MS)
      return async () => {
        if (!mayBeLeased) return
        for (let now = endMs; now < endMs + WAIT_MS; now = clock.nowMs()) await clock.sleep(endMs + WAIT_MS - now)
      }
    },

    async close() {
      isClosed = true
      stopTicks?.()
      await Promise.all([...logs].map(([log, busy]) => cool(log, busy)))
    },
  }
}
