// Pool of worker processes: queues jobs by priority, retries the job of a process that died, refuses jobs when full.

import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { TintypeError } from '../../core/errors.ts'
import type { KeepSource } from '../../core/keep-source.ts'
import { type JobOutcome, NO_OBSERVER, type Observer } from '../../telemetry/observer.ts'
import type { EncoderPool, Priority } from '../encoder.ts'
import { parseEncodedReply, parseRenderedReply } from '../reply.ts'
import { createPriorityQueue } from './priority-queue.ts'
import { createWorkerProcess, type Task, type WorkerProcess } from './worker-process.ts'

export interface EncoderPoolOptions {
  /** Most worker processes. Each starts with its first job and works on one job at a time. @default one per core */
  encoders?: number
  /** Most pixels (width × height) of an upload. @default 100 million */
  maxPixels?: number
  /** CSS colour behind transparent pixels. @default '#ffffff' */
  background?: string
  /** Uploads whose lossless source is kept, where their job has a target for it. @default 'transparent' */
  keepSource?: KeepSource
  /** Time after which the process of a job is killed, in milliseconds. @default 30000 */
  deadlineMs?: number
  /** Most waiting jobs of each priority but `job`; further ones are refused as `busy`. @default 64 */
  maxWaiting?: number
  /** Time after which an idle process ends, in milliseconds. @default 30000 */
  idleMs?: number
  /** @default none */
  observer?: Pick<Observer, 'jobEnded' | 'encoded'>
}

/** Estimated time of a job before the first one is measured. */
const INITIAL_JOB_MS = 250

/** Weight of the newest job in the moving average. */
const NEWEST_WEIGHT = 0.2

export const createEncoderPool = (options: EncoderPoolOptions = {}): EncoderPool => {
  const encoders = options.encoders ?? availableParallelism()
  const maxWaiting = options.maxWaiting ?? 64
  const observer = options.observer ?? NO_OBSERVER
  const deadlineMs = options.deadlineMs ?? 30_000
  const processOptions = {
    maxPixels: options.maxPixels ?? 100_000_000,
    background: options.background ?? '#ffffff',
    keepSource: options.keepSource ?? 'transparent',
    deadlineMs,
    idleMs: options.idleMs ?? 30_000,
  }
  const processes = Array.from({ length: encoders }, () => createWorkerProcess(processOptions))
  const queue = createPriorityQueue(processes)
  let meanJobMs = INITIAL_JOB_MS
  let isClosed = false

  const assertRoom = (priority: Priority = 'upload'): void => {
    if (isClosed) throw new TintypeError('shutting_down', 'The server accepts no more pictures.')
    const waiting = queue.waitingOf(priority)
    if (queue.isFree || waiting < maxWaiting || isBounded(priority)) return
    const retryAfterSeconds = Math.max(1, Math.ceil((queue.waiting * meanJobMs) / encoders / 1000))
    throw new TintypeError('busy', `${waiting} pictures are waiting already.`, { retryAfterSeconds })
  }

  /** @returns the reply, not checked yet */
  const runTask = async (process: WorkerProcess, task: Task): Promise<unknown> => {
    const begin = performance.now()
    let result = await process.run(task)
    if (result.end === 'died') {
      // A second try: the job may not be the cause, for example where the machine runs out of memory.
      result = await process.run(await again(task))
    }
    const ms = performance.now() - begin
    meanJobMs += NEWEST_WEIGHT * (ms - meanJobMs)
    observer.encoded(task.kind === 'encode' ? 'encode' : 'render', ms / 1000)
    if (result.end === 'timed_out')
      throw new TintypeError('image_too_slow', `The picture could not be decoded within ${deadlineMs / 1000} s.`)
    if (result.end === 'died') throw deathOf(result.cause)
    return result.reply
  }

  return {
    encode: (job, options) =>
      observed(observer, 'encode', async () => {
        assertRoom(options?.priority)
        return parseEncodedReply(await queue.use((process) => runTask(process, { kind: 'encode', job }), options))
      }),
    render: (job, signal) =>
      observed(observer, 'render', async () => {
        assertRoom('transform')
        const work = (process: WorkerProcess) => runTask(process, { kind: 'render', job })
        return parseRenderedReply(await queue.use(work, { priority: 'transform', signal }))
      }),
    draw: (job, signal) =>
      observed(observer, 'render', async () => {
        assertRoom('transform')
        const work = (process: WorkerProcess) => runTask(process, { kind: 'draw', job })
        return parseRenderedReply(await queue.use(work, { priority: 'transform', signal }))
      }),
    async turn(options) {
      assertRoom(options.priority)
      await queue.use(async () => {}, options)
    },
    assertRoom,
    waitingOf: queue.waitingOf,
    async close() {
      isClosed = true
      await queue.drained()
      await Promise.all(processes.map((process) => process.close()))
    },
  }
}

/** Prepares the second try of a task: removes what the first one has written. A render then needs no file. */
const again = async (task: Task): Promise<Task> => {
  if (task.kind === 'render') return { kind: 'render', job: { ...task.job, target: undefined } }
  if (task.kind === 'draw') return { kind: 'draw', job: { ...task.job, target: undefined, raw: undefined } }
  await Promise.all(Object.values(task.job.targets).map((path) => rm(path, { force: true }))).catch(
    (cause: unknown) => {
      throw new TintypeError('store_unavailable', 'The store cannot be used now.', { cause, retryAfterSeconds: 5 })
    },
  )
  return task
}

const deathOf = (cause: unknown): TintypeError =>
  isSpawnRefused(cause)
    ? new TintypeError('busy', 'The machine cannot start an encoder process now.', { cause, retryAfterSeconds: 5 })
    : new TintypeError('encoder_failed', 'The encoder ended unexpectedly, twice.', { cause })

/** Errors where the system has no file descriptors, memory or process slots for another process. */
const SPAWN_REFUSED = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']

/** Unwraps the error of Node, which workerpool wraps in its own. */
const isSpawnRefused = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const code =
    'syscall' in error && 'code' in error && String(error.syscall).startsWith('spawn') ? error.code : undefined
  return SPAWN_REFUSED.some((refused) => refused === code) || isSpawnRefused(error.cause)
}

/** True for a priority whose callers bound what waits: a runner attempts so many jobs at once, and no client waits for them. */
export const isBounded = (priority: Priority): boolean => priority === 'job'

/** Does the work of one job, and reports its outcome. */
export const observed = async <Result>(
  observer: Pick<Observer, 'jobEnded'>,
  kind: 'encode' | 'render',
  work: () => Promise<Result>,
): Promise<Result> => {
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
