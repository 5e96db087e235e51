// Hints between servers that share a bucket: objects with the lines of hints.ts, at most one a second of each process.
//
//   .changes/<process>-<number>     removed after some minutes
//
// Each process lists the folder every few seconds and reads what is new.

import { randomIds } from '../../core/random-id.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Bucket } from '../s3/client/bucket.ts'
import { type Hints, parseHints } from './hints.ts'

export interface BucketHintsOptions {
  bucket: Pick<Bucket, 'put' | 'text' | 'listAll' | 'remove'>
  /** Interval of listings, in milliseconds. */
  pollMs: number
  log: Logger
  /** True where old objects are left to others. */
  isReadOnly(): boolean
  /** Called with each project that another process has changed. Never throws. */
  onChanged(projectId: string): void
}

export interface BucketHints {
  /** Takes the present objects as known, and begins to follow. @throws TintypeError `store_unavailable` */
  open(): Promise<void>
  /** A reader of its own of the hints of other processes; its hints are those of this process. */
  reader(): Hints
  close(): Promise<void>
}

const FOLDER = '.changes/'
/** Shortest time between two objects, in milliseconds. */
const WRITE_MS = 1000
/** Age at which an object is removed, in milliseconds by the engine's clock. */
const KEPT_MS = 600_000
/** Time without a listing after which hints may be lost, in milliseconds. */
const LOST_MS = 300_000

const newName = randomIds(12)

interface Unread {
  ids: Set<string>
  times: Map<string, number>
  isLost: boolean
}

export const createBucketHints = (options: BucketHintsOptions): BucketHints => {
  const { bucket, pollMs, log, isReadOnly, onChanged } = options
  const own = newName()
  const readers = new Set<Unread>()
  /** Objects that are read. */
  let known = new Set<string>()
  let listedMs = 0
  let pending: string[] = []
  let count = 0
  let writing: NodeJS.Timeout | undefined
  let polling: NodeJS.Timeout | undefined
  let work: Promise<void> = Promise.resolve()
  let isClosed = false

  const give = (text: string): void => {
    const { ids, times } = parseHints(text)
    for (const id of ids) onChanged(id)
    for (const id of times.keys()) onChanged(id)
    for (const unread of readers) {
      for (const id of ids) unread.ids.add(id)
      for (const [id, ms] of times) unread.times.set(id, Math.max(ms, unread.times.get(id) ?? 0))
    }
  }

  const write = async (): Promise<void> => {
    const lines = pending
    if (lines.length === 0) return
    pending = []
    try {
      await bucket.put(`${FOLDER}${own}-${++count}`, lines.join(''))
    } catch (error) {
      pending.unshift(...lines)
      log.debug({ error }, 'could not write hints of changed projects; trying again')
    }
  }

  const append = (lines: string): void => {
    pending.push(lines)
    if (isClosed) return
    writing ??= setTimeout(() => {
      writing = undefined
      work = work.then(write)
    }, WRITE_MS).unref()
  }

  const list = async (isFirst: boolean): Promise<void> => {
    const beganMs = performance.now()
    const { objects, dateMs } = await bucket.listAll(FOLDER)
    const present = new Set<string>()
    for (const { key, modifiedMs } of objects) {
      if (dateMs - modifiedMs > KEPT_MS && !isReadOnly()) await bucket.remove(key)
      else if (!isFirst && !known.has(key) && !key.startsWith(FOLDER + own)) give((await bucket.text(key)) ?? '')
      present.add(key)
    }
    if (!isFirst && beganMs - listedMs > LOST_MS) for (const unread of readers) unread.isLost = true
    known = present
    listedMs = beganMs
  }

  const schedule = (): void => {
    polling = setTimeout(() => {
      work = work
        .then(() => list(false))
        .catch((error: unknown) => log.debug({ error }, 'could not read hints of changed projects; trying again'))
        .finally(() => {
          if (!isClosed) schedule()
        })
    }, pollMs).unref()
  }

  return {
    async open() {
      await list(true)
      schedule()
    },

    reader() {
      const unread: Unread = { ids: new Set(), times: new Map(), isLost: false }
      readers.add(unread)
      return {
        append: (projectId) => append(`${projectId}\n`),
        appendTimes: (times) => append([...times].map(([id, ms]) => `${id} ${ms}\n`).join('')),
        read() {
          const found = { ids: [...unread.ids], times: unread.times, isLost: unread.isLost }
          Object.assign(unread, { ids: new Set(), times: new Map(), isLost: false })
          return found
        },
      }
    },

    async close() {
      isClosed = true
      clearTimeout(writing)
      clearTimeout(polling)
      await work
      await write()
    },
  }
}
