// The place of one encoder process: started with a job, killed at the deadline, ended when there is nothing to do.

import { fileURLToPath } from 'node:url'
import { pool as createWorkerPool, type Pool } from 'workerpool'
import type { EncodeJob, RenderJob } from '../encoder.ts'
import type { Encode, Render } from '../worker/main.ts'
import type { PipelineOptions } from '../worker/pipeline.ts'

export interface EncoderSlotOptions extends PipelineOptions {
  /** How long a job may take before its process is killed, in milliseconds. */
  deadlineMs: number
  /** How long a process without a job stays, in milliseconds. It holds memory, and keeps its parent running. */
  idleMs: number
}

export interface EncoderSlot {
  /** One job at a time. Never rejects. */
  run(work: Work): Promise<SlotResult>
  /** Ends the process, if there is one; resolves when it is gone. */
  close(): Promise<void>
}

/** What an encoder process is asked for. */
export type Work = { kind: 'encode'; job: EncodeJob } | { kind: 'render'; job: RenderJob }

export type SlotResult =
  | { end: 'answered'; answer: unknown }
  /** Killed at the deadline. */
  | { end: 'late' }
  | { end: 'died'; cause: unknown }

/** How long a process may take to end by itself, in milliseconds. */
const ENDING_MS = 2_000

/** Run from source (tests), the compiled program beside it is used: a new process can't read TypeScript. */
const SCRIPT = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../dist/image/worker/main.js' : '../worker/main.js',
    import.meta.url,
  ),
)

/**
 * All that a child gets to see: nothing of the server's settings and keys. What it says to malloc: two arenas keep its
 * memory together; pixels of pictures up to 8 MP are not given back to the system after each step only to be asked for
 * again (5 % of the CPU of an upload), but what is free beyond 64 MiB is.
 */
export const ENCODER_ENVIRONMENT = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: String(32 * 1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(64 * 1024 * 1024),
}

interface EncoderProcess {
  /** A pool of this one process. workerpool starts it, speaks to it, and ends it in peace. */
  pool: Pool
  /** Kills it in any state: workerpool itself asks first and then sends SIGTERM, which a process that hangs ignores. */
  kill: AbortController
}

export const createEncoderSlot = ({ deadlineMs, idleMs, ...pipeline }: EncoderSlotOptions): EncoderSlot => {
  let process: EncoderProcess | undefined
  let idle: NodeJS.Timeout | undefined
  let ending: Promise<unknown> = Promise.resolve()

  const close = async (): Promise<void> => {
    clearTimeout(idle)
    if (process) ending = Promise.all([ending, end(process)])
    process = undefined
    await ending
  }

  return {
    async run(work) {
      clearTimeout(idle)
      process ??= startProcess()
      const current = process
      let isLate = false
      const deadline = setTimeout(() => {
        isLate = true
        current.kill.abort()
      }, deadlineMs)
      try {
        const answer: unknown =
          work.kind === 'encode'
            ? await current.pool.exec<Encode>('encode', [work.job, pipeline])
            : await current.pool.exec<Render>('render', [work.job])
        idle = setTimeout(close, idleMs)
        return { end: 'answered', answer }
      } catch (cause) {
        process = undefined
        current.kill.abort()
        return isLate ? { end: 'late' } : { end: 'died', cause }
      } finally {
        clearTimeout(deadline)
      }
    },
    close,
  }
}

const startProcess = (): EncoderProcess => {
  const kill = new AbortController()
  const forkOpts = { env: ENCODER_ENVIRONMENT, signal: kill.signal, killSignal: 'SIGKILL' }
  return { pool: createWorkerPool(SCRIPT, { workerType: 'process', maxWorkers: 1, forkOpts }), kill }
}

const end = async ({ pool, kill }: EncoderProcess): Promise<void> => {
  const patience = setTimeout(() => kill.abort(), ENDING_MS)
  try {
    await pool.terminate()
  } catch {
    // It had ended before.
  } finally {
    clearTimeout(patience)
  }
}
