// One run: a fresh copy of the store, one process under strace, one operation, one fault.

import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { jobSchema } from '../../../src/http/schemas/jobs.ts'
import { type Child, startChild } from '../../support/processes/child.ts'
import { killAllIn, processesIn } from '../../support/processes/processes.ts'
import { type Base, copyOf, NO_PICTURE, type Scenario, storageOf } from './scenario.ts'
import { attach, type Call, type Injection } from './strace.ts'

export interface Answer {
  status: number
  body: unknown
}

export interface Run {
  folder: string
  /** Undefined where the process ended before it answered. */
  answer: Answer | undefined
  /** The list of the project as the same process then gave it, undefined where it had ended. */
  list: Answer | undefined
  calls: readonly Call[]
  /** Where the fault struck, undefined where there was no such call. */
  struck: Call | undefined
}

const openedSchema = z.object({ thread: z.int() })
const answerSchema = z.object({ status: z.int(), body: z.unknown() })

/** The least that proper-lockfile knows, in milliseconds. */
export const LOCK_STALE_MS = 2000

export interface RunOptions {
  scenario: Scenario
  base: Base
  /** Where the store is copied to. */
  folder: string
  /** Paths below the store to which calls are counted. @default all calls are seen */
  within?: readonly string[]
  injection?: Injection
}

export const runOnce = async ({ scenario, base, folder, within, injection }: RunOptions): Promise<Run> => {
  await copyOf(base, folder)
  const cwd = join(folder, 'cwd')
  await mkdir(cwd)
  // One thread for all calls to the disk, so that the n-th call is the same one each time.
  const env = { UV_THREADPOOL_SIZE: '1', UV_USE_IO_URING: '0', STARTED_MS: String(base.startedMs) }
  const child = await startChild(new URL('./operation.mjs', import.meta.url), { env, cwd })
  const storageDir = storageOf(folder)
  const options = { storageDir, lockStaleMs: LOCK_STALE_MS }
  const opened = openedSchema.parse(await child.ask({ type: 'open', options }))
  // Where the fault is its end, the process ends at any of these.
  const ask = ({ upload, ...request }: ReturnType<Scenario['request']>) =>
    child
      .ask({ type: 'request', ...request, ...(upload ? { upload: join(folder, upload) } : {}) })
      .then((answer) => answerSchema.parse(answer), gone)
  const thread =
    scenario.process === 'encoder'
      ? await encoderOf(child, cwd, () => ask({ ...scenario.request(base), upload: NO_PICTURE }))
      : opened.thread
  const paths = within?.map((path) => join(storageDir, path))
  const trace = await attach({ thread, log: join(folder, 'strace.log'), paths, injection })
  const answer = await ask(scenario.request(base))
  const job = scenario.isJob ? jobSchema.safeParse(answer?.body).data : undefined
  if (job) await ask({ method: 'GET', path: `${job.links.self}?wait=30` })
  const list = await ask({ method: 'GET', path: `/projects/${scenario.projectId}/images` })
  await child.ask({ type: 'close' }).catch(gone)
  await trace.detach()
  await child.kill()
  await killAllIn(cwd)
  const calls = await trace.calls()
  return { folder, answer, list, calls, struck: calls.find(({ struck }) => struck) }
}

/** Every path below the store that a run named, relative to it. */
export const pathsWithin = ({ calls, folder }: Run): string[] => {
  const all = calls.flatMap(({ paths }) => paths.map((path) => relative(storageOf(folder), path)))
  return [...new Set(all)].filter((path) => path !== '' && !path.startsWith('..'))
}

/** Its one thread that writes is the first. @param start makes the server start it */
const encoderOf = async ({ pid }: Child, cwd: string, start: () => Promise<unknown>): Promise<number> => {
  await start()
  const encoder = processesIn(cwd).find((other) => other !== pid)
  if (encoder === undefined) throw new Error('there is no encoder')
  return encoder
}

const gone = (): undefined => undefined
