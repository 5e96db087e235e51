// The encoder processes of a server: who gets one, who waits, what happens when one dies.

import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { TintypeError } from '../../core/errors.ts'
import { type JobOutcome, NO_OBSERVER, type Observer } from '../../telemetry/observer.ts'
import type { EncoderPool } from '../encoder.ts'
import { pictureOf, renderedOf } from './parse-reply.ts'
import { createWaitingLine, type Priority } from './priority-queue.ts'
import { createEncoderSlot, type EncoderSlot, type Work } from './worker-process.ts'

export interface EncoderPoolOptions {
  /**
   * Most encoder processes; each is started when it is first needed, and works on one picture at a time.
   *
   * @default one per core
   */
  encoders?: number
  /** Most pixels (width × height) of an upload. @default 100 million */
  maxPixels?: number
  /** What shows through transparent pixels, as a CSS colour. @default '#ffffff' */
  background?: string
  /** How long one picture may take before its process is killed, in milliseconds. @default 30000 */
  deadlineMs?: number
  /** Most jobs of each priority that wait while all processes work; more are refused as `busy`. @default 64 */
  maxWaiting?: number
  /** How long a process without a job stays, in milliseconds. @default 30000 */
  idleMs?: number
  /** @default nobody */
  observer?: Pick<Observer, 'jobEnded' | 'encoded'>
}

/** What a job is thought to take before there is a measure, in milliseconds. */
const FIRST_GUESS_MS = 250

/** Weight of the newest job in the moving average. */
const NEWEST = 0.2

export const createEncoderPool = (options: EncoderPoolOptions = {}): EncoderPool => {
  const encoders = options.encoders ?? availableParallelism()
  const maxWaiting = options.maxWaiting ?? 64
  const observer = options.observer ?? NO_OBSERVER
  const deadlineMs = options.deadlineMs ?? 30_000
  const slotOptions = {
    maxPixels: options.maxPixels ?? 100_000_000,
    background: options.background ?? '#ffffff',
    deadlineMs,
    idleMs: options.idleMs ?? 30_000,
  }
  const slots = Array.from({ length: encoders }, () => createEncoderSlot(slotOptions))
  const line = createWaitingLine(slots)
  let meanMs = FIRST_GUESS_MS
  let isClosed = false

  const assertRoom = (priority: Priority = 'upload'): void => {
    if (isClosed) throw new TintypeError('shutting_down', 'The server takes no more pictures.')
    const waiting = line.waitingOf(priority)
    if (line.isFree || waiting < maxWaiting) return
    const retryAfterSeconds = Math.max(1, Math.ceil((line.waiting * meanMs) / encoders / 1000))
    throw new TintypeError('busy', `${waiting} pictures are waiting already.`, { retryAfterSeconds })
  }

  const workIn = async (slot: EncoderSlot, work: Work): Promise<unknown> => {
    const begin = performance.now()
    let result = await slot.run(work)
    if (result.end === 'died') {
      // Once more: a process can be taken for another's fault, as when the machine runs out of memory.
      await Promise.all(targetsOf(work).map((path) => rm(path, { force: true })))
      result = await slot.run(work)
    }
    const ms = performance.now() - begin
    meanMs += NEWEST * (ms - meanMs)
    observer.encoded(work.kind, ms / 1000)
    if (result.end === 'late')
      throw new TintypeError('image_too_slow', `The picture could not be decoded within ${deadlineMs / 1000} s.`)
    if (result.end === 'died') throw failureOf(result.cause)
    return result.answer
  }

  const observed = async <Result>(kind: Work['kind'], work: () => Promise<Result>): Promise<Result> => {
    let outcome: JobOutcome = 'given_up'
    try {
      const result = await work()
      outcome = 'done'
      return result
    } catch (error) {
      if (error instanceof TintypeError) outcome = error.code
      throw error
    } finally {
      observer.jobEnded(kind, outcome)
    }
  }

  return {
    encode: (job, signal) =>
      observed('encode', async () => {
        assertRoom()
        return pictureOf(await line.use((slot) => workIn(slot, { kind: 'encode', job }), { signal }))
      }),
    render: (job, signal) =>
      observed('render', async () => {
        assertRoom('transform')
        const work = (slot: EncoderSlot) => workIn(slot, { kind: 'render', job })
        return renderedOf(await line.use(work, { priority: 'transform', signal }))
      }),
    async turn(options) {
      assertRoom(options.priority)
      await line.use(async () => {}, options)
    },
    assertRoom,
    waitingOf: line.waitingOf,
    async close() {
      isClosed = true
      await line.drained()
      await Promise.all(slots.map((slot) => slot.close()))
    },
  }
}

const failureOf = (cause: unknown): TintypeError =>
  isSpawnRefused(cause)
    ? new TintypeError('busy', 'The machine lets no encoder be started now.', { cause, retryAfterSeconds: 5 })
    : new TintypeError('encoder_failed', 'The encoder ended unexpectedly, twice.', { cause })

/** What the system lacks for one more process: file descriptors, memory, or room in the table of processes. */
const SPAWN_REFUSED = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']

/** workerpool wraps the error of Node in one of its own. */
const isSpawnRefused = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const code =
    'syscall' in error && 'code' in error && String(error.syscall).startsWith('spawn') ? error.code : undefined
  return SPAWN_REFUSED.some((refused) => refused === code) || isSpawnRefused(error.cause)
}
const targetsOf = (work: Work): string[] =>
  work.kind === 'encode' ? Object.values(work.job.targets) : [work.job.target]
