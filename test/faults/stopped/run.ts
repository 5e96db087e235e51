// One run: a writer is stopped right behind one of its system calls, others write on beyond the age at which its lock
// counts as left behind, then it goes on.

import { cp, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProjectState } from '../../../src/core/project/state.ts'
import { readProject } from '../../support/store/read-project.ts'
import { straysIn } from '../../support/store/strays.ts'
import { attach } from '../injection/strace.ts'
import { type Step, startWorker, type Worker } from '../model/concurrent.ts'
import type { Entry } from '../model/entry.ts'
import { explain } from '../model/explain.ts'
import { parsePublished } from '../model/published.ts'

export const PROJECT = 'shop'

/** The least that proper-lockfile knows, in milliseconds. */
export const LOCK_STALE_MS = 2000

/** A store to copy, closed. */
export interface Base {
  folder: string
  /** Its one project, with the images loaded. */
  state: ProjectState
}

export interface StopOptions {
  base: Base
  /** Where to. */
  folder: string
  /** What the writer is to do. */
  step: Step
  /** The system call behind which it stops, and which one of that name, from 1. */
  call: string
  n: number
  /** Which thread makes it: the one for file calls, or the one that runs the program and reads small files itself. */
  thread: 'pool' | 'main'
  /** What others do meanwhile, one after the other. */
  meanwhile: readonly Step[]
}

export interface StopRun {
  /** False where there was no such call. */
  stopped: boolean
  /** Result for the writer: a revision, or the code of an error. */
  outcome: string
  /** How many others made while it was stopped, undefined where it was stopped only behind its answer. */
  revisionsMeanwhile: number | undefined
  findings: string[]
}

export const runStopped = async (options: StopOptions): Promise<StopRun> => {
  const { base, folder, step, call, n, meanwhile } = options
  await cp(base.folder, folder, { recursive: true })
  const store = { storageDir: folder, lockStaleMs: LOCK_STALE_MS }
  const [writer, other] = await Promise.all([
    startWorker(store, { UV_THREADPOOL_SIZE: '1', UV_USE_IO_URING: '0' }),
    startWorker(store),
  ])
  const history = [...(await look(writer)), ...(await look(other))]
  // So that the writer has to read the newest revision from the disk.
  history.push(...(await other.perform(PROJECT, [[{ kind: 'order', pick: 1, title: null }]])))

  const injection = { call, fault: 'signal=STOP', n }
  const thread = options.thread === 'main' ? writer.pid : writer.thread
  const trace = await attach({ thread, log: `${folder}.log`, calls: [call], injection })
  const writing = writer.perform(PROJECT, [[step]])
  const stopped = await isStopped(writer, writing)
  const done = stopped ? await other.perform(PROJECT, [meanwhile]) : []
  history.push(...done)
  writer.signal('SIGCONT')
  const written = await writing
  await trace.detach()
  // A call that cleans up may come behind the answer: then it has stopped only now, and nothing else would wake it.
  const stoppedLate = !stopped && (await trace.wasStopped())
  writer.signal('SIGCONT')
  history.push(...written, ...(await look(writer)), ...(await look(other)))
  await writer.close()
  await other.close()
  const findings = [...explain(history, base.state), ...unexpected(history, writer.pid), ...(await unpublished(folder))]
  return {
    stopped: stopped || stoppedLate,
    outcome: outcomeOf(written),
    revisionsMeanwhile: stopped ? revisionsIn(done) : undefined,
    findings: [...findings, ...(await straysIn(folder))],
  }
}

const look = (worker: Worker): Promise<Entry[]> => worker.perform(PROJECT, [[{ kind: 'read', pick: 0, title: null }]])

/** False where it answered before it was stopped. */
const isStopped = async (worker: Worker, writing: Promise<unknown>): Promise<boolean> => {
  let answered = false
  const done = writing.finally(() => {
    answered = true
  })
  while (!answered) {
    const stat = await readFile(`/proc/${worker.pid}/stat`, 'utf8')
    if (/\) [Tt] /.test(stat)) return true
    await Promise.race([done, sleep(5)])
  }
  return false
}

/** Whether these fit is seen by the replay. */
const ORDINARY = ['project_not_found', 'image_not_found', 'invalid_parameter']

/** Errors that only the writer may get: its change may have been kept or not, or it waited for too long. */
const ONLY_THE_WRITER = ['store_unavailable', 'busy']

const unexpected = (history: readonly Entry[], writer: number): string[] =>
  history.flatMap(({ pid, result, action }) => {
    if (!('error' in result) || ORDINARY.includes(result.error)) return []
    if (pid === writer && ONLY_THE_WRITER.includes(result.error)) return []
    return [`process ${pid}: ${JSON.stringify(action)}: ${result.error}, ${result.because}`]
  })

const revisionsIn = (history: readonly Entry[]): number => {
  const acknowledged = history.flatMap(({ result }) =>
    'state' in result && result.state ? [result.state.revision] : [],
  )
  return new Set(acknowledged).size
}

const unpublished = async (folder: string): Promise<string[]> => {
  const { head, published, images } = await readProject(folder, PROJECT)
  if (published === undefined) return ['meta.json is missing']
  const { revision, ids } = parsePublished(published)
  if (revision !== head?.state.revision)
    return [`meta.json is at revision ${revision}, the project at ${head?.state.revision}`]
  return ids.join() === images.map(({ id }) => id).join() ? [] : ['meta.json has other images than the project']
}

const outcomeOf = (written: readonly Entry[]): string =>
  written
    .map(({ result }) => {
      if ('error' in result) return result.error
      return 'state' in result ? `revision ${result.state?.revision}` : 'read'
    })
    .join()
