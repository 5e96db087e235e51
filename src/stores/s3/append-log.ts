// Append logs in a bucket: `<number, 12 digits>.json` below one prefix for each log, created by `If-None-Match: *`.
//
// A reader shows that the entry in memory is the newest by `HEAD` of its successor: 404 proves it, as long as entries stay
// for longer than the time since the proof before, both by the engine's clock. Else it lists the log to its end.
//
// Of a log that many read, the newest entry is served from memory for a moment after such a proof; therefore a writer or
// reader that learns of an entry waits for a moment before it acts on it: proofs/read-leases.ts, with the proof.
//
// A writer that got 200 lists what is behind its entry, because its number may have been used and removed while it was
// stopped; one that got 412 reads the entry, because a request whose answer was lost is sent again. See outcomeOf.

import { createBoundedMap } from '../../core/bounded-map.ts'
import { inGroups } from '../../core/in-groups.ts'
import { type Appended, type AppendLog, type LogFormat, type NumberedEntry, outcomeOf } from '../append-log.ts'
import type { Bucket } from './client/bucket.ts'
import type { ListedObject } from './client/listing.ts'
import { entryName, entryNumber } from './keys.ts'
import { type Clock, SYSTEM_CLOCK } from './proofs/moments.ts'
import { createProofs } from './proofs/proofs.ts'
import { createReadLeases, type ReadLeaseSettings, type ReadLeases } from './proofs/read-leases.ts'

export interface BucketLogOptions<Entry> {
  bucket: Pick<Bucket, 'head' | 'text' | 'putNew' | 'put' | 'remove' | 'list' | 'listAll'>
  format: LogFormat<Entry>
  /** Prefix of a log, with a slash at the end. */
  prefix(log: string): string
  /** True for logs that are removed whole some day: each read lists them, since absence proves nothing. @default false */
  isRemovable?: boolean
  /** Where given, processes take leases to read the log; not where logs are removable. @default none */
  readLeases?: ReadLeaseSettings & { clock?: Clock }
  /**
   * Newest entries that stay; up to twice as many do, since old ones are removed with each `keep`-th append.
   * @default all; they are pruned elsewhere, or never
   */
  keep?: number
  /** Age below which no entry is pruned, in milliseconds by the engine's clock. @default {@link MIN_AGE_MS} */
  minAgeMs?: number
}

export interface BucketLog<Entry> extends AppendLog<Entry> {
  /** The newest entry that this process knows of, without a proof that it still is the newest. */
  known(log: string): NumberedEntry<Entry> | undefined
  /** The newest entry where it was shown to be it at some moment of the last `staleMs`. Undefined says nothing. */
  current(log: string, staleMs: number): NumberedEntry<Entry> | undefined
  /** {@link AppendLog.newest} as it was at some moment of the last `staleMs`. */
  recent(log: string, staleMs: number): Promise<NumberedEntry<Entry> | undefined>
  forget(log: string): void
  /** Ends the leases of this process to read. */
  close(): Promise<void>
}

/** Entries stay at least this long, by the engine's clock, in milliseconds. */
export const MIN_AGE_MS = 3_600_000
/** A proof stands on the one before for this long: less than entries stay, as dates come in whole seconds. */
const PROOF_MS = MIN_AGE_MS - 600_000

const REMEMBERED_LOGS = 10_000
/** Old entries that are removed at once. */
const REMOVED_AT_ONCE = 16
/** For each further try, the entry that was listed was removed. */
const MOST_TRIES = 100

interface Head<Entry> {
  found: NumberedEntry<Entry>
  /** Last proof that it was the newest: by the engine's clock, and by `performance.now()` when that proof began. */
  provedMs: number
  atMs: number
}

export const createBucketLog = <Entry>(options: BucketLogOptions<Entry>): BucketLog<Entry> => {
  const { bucket, format, prefix, isRemovable = false, keep, minAgeMs = MIN_AGE_MS } = options
  const clock = options.readLeases?.clock ?? SYSTEM_CLOCK
  const heads = createBoundedMap<Head<Entry>>(REMEMBERED_LOGS)
  const keyOf = (log: string, number: number): string => prefix(log) + entryName(number)

  /**
   * Entries from a number on, lowest first, and the engine's clock. Where the highest one was not known yet, it may be acted
   * on once `othersEnd()` resolves.
   */
  const listFrom = async (log: string, first: number, isOfWriter = false) => {
    const after = first > 1 ? keyOf(log, first - 1) : undefined
    const beganAt = leases?.moment()
    const { objects, dateMs } = await bucket.listAll(prefix(log), { after, delimiter: '/' })
    const othersEnd = beganAt && leases?.othersEnd(log, { objects, dateMs, beganAt, isOfWriter })
    return { numbered: numberedIn(log, objects), dateMs, othersEnd }
  }

  const numberedIn = (log: string, objects: readonly ListedObject[]) =>
    objects.flatMap((object) => {
      const number = entryNumber(object.key.slice(prefix(log).length))
      return number === undefined ? [] : { ...object, number }
    })

  const remember = (log: string, found: NumberedEntry<Entry>, provedMs: number, atMs: number): void => {
    leases?.learned(log, found.number)
    // A slower read must not replace what a faster one has found.
    if ((heads.get(log)?.found.number ?? 0) <= found.number) heads.set(log, { found, provedMs, atMs })
  }

  const readNewest = async (log: string): Promise<NumberedEntry<Entry> | undefined> => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const atMs = clock.nowMs()
      const first = isRemovable ? 1 : (heads.get(log)?.found.number ?? 1)
      const { numbered, dateMs, othersEnd } = await listFrom(log, first)
      const number = numbered.at(-1)?.number
      if (number === undefined) {
        heads.delete(log)
        if (first === 1) return undefined
        continue
      }
      const known = heads.get(log)
      if (known?.found.number === number) {
        remember(log, known.found, dateMs, atMs)
        return known.found
      }
      const text = await bucket.text(keyOf(log, number))
      if (text === undefined) continue
      const found = { number, entry: format.decode(text, log, number) }
      if (number > (heads.get(log)?.found.number ?? 0)) await othersEnd?.()
      remember(log, found, dateMs, atMs)
      return found
    }
    throw new Error(`the log in ${prefix(log)} changes too fast to be read`)
  }

  const prove = async (log: string, calls: number): Promise<NumberedEntry<Entry> | undefined> => {
    const head = heads.get(log)
    if (!head || isRemovable) return readNewest(log)
    const atMs = clock.nowMs()
    const lease = leases?.proving(log, calls)
    const { found: successor, dateMs } = await bucket.head(keyOf(log, head.found.number + 1))
    if (successor || dateMs - head.provedMs > PROOF_MS) return readNewest(log)
    remember(log, head.found, dateMs, atMs)
    lease?.(head.found)
    return head.found
  }

  const proofs = createProofs(prove, { now: clock.nowMs, sleep: clock.sleep })
  const leases: ReadLeases<Entry> | undefined =
    options.readLeases && !isRemovable
      ? createReadLeases({ ...options.readLeases, bucket, prefix, renew: proofs })
      : undefined

  const newest = (log: string): Promise<NumberedEntry<Entry> | undefined> => {
    const found = leases?.newest(log)
    return found ? Promise.resolve(found) : proofs(log)
  }

  /** Decides whether an entry that was created, or may have been removed since, is part of the log. */
  const confirm = async (log: string, number: number, entry: Entry, isCreated: boolean): Promise<Appended> => {
    const atMs = clock.nowMs()
    const { numbered, dateMs, othersEnd } = await listFrom(log, isRemovable ? 1 : number, true)
    // The log was removed, and this entry began it anew.
    const isAlone = isRemovable && number > 1 && !numbered.some((each) => each.number !== number)
    if (isAlone || !isCreated || numbered.at(-1)?.number !== number) {
      const head = await readNewest(log)
      const newest = head && { number: head.number, tokens: format.tokensOf(head.entry) }
      const outcome =
        isAlone || (!head && isRemovable) ? 'taken' : outcomeOf(number, format.tokensOf(entry).at(-1), newest)
      if (outcome === 'taken' && isCreated) {
        heads.delete(log)
        await bucket.remove(keyOf(log, number))
      }
      return { outcome }
    }
    await othersEnd?.()
    remember(log, { number, entry }, dateMs, atMs)
    if (keep !== undefined && isRemovable) await prune(numbered.slice(0, -keep), dateMs)
    else if (keep !== undefined && number % keep === 0) await pruneFirst(log, number - keep).catch(() => {})
    return { outcome: 'ours' }
  }

  /** Removes old entries up to a number, of the first page of a log alone: a busy one has many pages of the last hour. */
  const pruneFirst = async (log: string, last: number): Promise<void> => {
    const { objects, dateMs } = await bucket.list({ prefix: prefix(log), delimiter: '/' })
    const old = numberedIn(log, objects).filter(({ number }) => number <= last)
    await prune(old, dateMs)
  }

  /** Best effort: a later append removes the rest. */
  const prune = async (old: readonly ListedObject[], dateMs: number): Promise<void> => {
    const due = old.filter(({ modifiedMs }) => minAgeMs === 0 || dateMs - modifiedMs >= minAgeMs)
    await inGroups(due, REMOVED_AT_ONCE, ({ key }) => bucket.remove(key).catch(() => {}))
  }

  return {
    newest,

    known: (log) => heads.get(log)?.found,

    current(log, staleMs) {
      const head = heads.get(log)
      return head && clock.nowMs() - head.atMs < staleMs ? head.found : undefined
    },

    async recent(log, staleMs) {
      const head = heads.get(log)
      return head && !isRemovable && clock.nowMs() - head.atMs < staleMs ? head.found : newest(log)
    },

    forget: (log) => void heads.delete(log),

    async append(log, number, entry, beside) {
      const body = format.encode(entry)
      await beside?.()
      try {
        const { isNew } = await bucket.putNew(keyOf(log, number), body)
        const text = isNew ? body : await bucket.text(keyOf(log, number))
        if (text !== undefined && text !== body) {
          // The next attempt must not follow the entry before again.
          leases?.learned(log, number)
          return { outcome: 'taken' }
        }
        return await confirm(log, number, entry, text === body)
      } catch (cause) {
        return { outcome: 'unknown', cause }
      }
    },

    async remove(log) {
      heads.delete(log)
      const { objects } = await bucket.listAll(prefix(log))
      for (const { key } of objects) await bucket.remove(key)
    },

    async close() {
      await leases?.close()
    },
  }
}
