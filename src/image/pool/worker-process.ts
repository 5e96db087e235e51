// Controls one worker process: starts it with a job, kills it at the deadline, ends it when idle.

import { fileURLToPath } from 'node:url'
import { pool as createWorkerPool, type Pool } from 'workerpool'
import type { DrawJob, EncodeJob, RenderJob } from '../encoder.ts'
import type { Draw, Encode, Render } from '../worker/main.ts'
import type { EncodeOptions } from '../worker/pipeline.ts'

export interface WorkerProcessOptions extends EncodeOptions {
  /** Time after which the process of a job is killed, in milliseconds. */
  deadlineMs: number
  /** Time after which an idle process ends, in milliseconds. It holds memory, and keeps its parent running. */
  idleMs: number
}

export interface WorkerProcess {
  /** Runs one job at a time. Never rejects. */
  run(task: Task): Promise<TaskResult>
  /** Ends the process, if there is one; resolves when it is gone. */
  close(): Promise<void>
}

export type Task =
  | { kind: 'encode'; job: EncodeJob }
  | { kind: 'render'; job: RenderJob }
  | { kind: 'draw'; job: DrawJob }

export type TaskResult =
  /** A reply that is not checked yet. */
  | { end: 'replied'; reply: unknown }
  /** Killed at the deadline. */
  | { end: 'timed_out' }
  | { end: 'died'; cause: unknown }

/** Time for a process to end by itself, in milliseconds. */
const GRACE_MS = 2_000

/** From source (tests), the compiled script is used: a new process cannot read TypeScript. */
const SCRIPT = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../dist/image/worker/main.js' : '../worker/main.js',
    import.meta.url,
  ),
)

/**
 * The whole environment of a worker: none of the server's settings and keys. For malloc: two arenas keep memory together;
 * pixels of `medium` and smaller variants are not returned to the system between two steps (5 % of the CPU of an upload),
 * larger blocks and free memory beyond 64 MiB are. With a threshold of 32 MiB a picture of 15 MP left 306 MB behind, now
 * 132.
 */
export const ENCODER_ENVIRONMENT = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: String(8 * 1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(64 * 1024 * 1024),
}

interface StartedProcess {
  /** A pool of this one process: starts it, exchanges messages with it, ends it. */
  pool: Pool
  /** Kills the process in any state. workerpool sends SIGTERM, which a process that hangs ignores. */
  kill: AbortController
}

export const createWorkerProcess = ({ deadlineMs, idleMs, ...encode }: WorkerProcessOptions): WorkerProcess => {
  let started: StartedProcess | undefined
  let idle: NodeJS.Timeout | undefined
  let ending: Promise<unknown> = Promise.resolve()

  const close = async (): Promise<void> => {
    clearTimeout(idle)
    if (started) ending = Promise.all([ending, end(started)])
    started = undefined
    await ending
  }

  return {
    async run(task) {
      clearTimeout(idle)
      started ??= start()
      const current = started
      let isTimedOut = false
      const deadline = setTimeout(() => {
        isTimedOut = true
        current.kill.abort()
      }, deadlineMs)
      try {
        const reply = await exec(current.pool, task, encode)
        idle = setTimeout(close, idleMs)
        return { end: 'replied', reply }
      } catch (cause) {
        started = undefined
        current.kill.abort()
        return isTimedOut ? { end: 'timed_out' } : { end: 'died', cause }
      } finally {
        clearTimeout(deadline)
      }
    },
    close,
  }
}

const exec = async (pool: Pool, task: Task, encode: EncodeOptions): Promise<unknown> => {
  switch (task.kind) {
    case 'encode':
      return pool.exec<Encode>('encode', [task.job, encode])
    case 'render':
      return pool.exec<Render>('render', [task.job])
    case 'draw':
      return pool.exec<Draw>('draw', [task.job])
  }
}

const start = (): StartedProcess => {
  const kill = new AbortController()
  // The process collects garbage when it is idle.
  const execArgv = ['--expose-gc']
  const forkOpts = { env: ENCODER_ENVIRONMENT, execArgv, signal: kill.signal, killSignal: 'SIGKILL' }
  return { pool: createWorkerPool(SCRIPT, { workerType: 'process', maxWorkers: 1, forkOpts }), kill }
}

const end = async ({ pool, kill }: StartedProcess): Promise<void> => {
  const grace = setTimeout(() => kill.abort(), GRACE_MS)
  try {
    await pool.terminate()
  } catch {
    // It had ended before.
  } finally {
    clearTimeout(grace)
  }
}
