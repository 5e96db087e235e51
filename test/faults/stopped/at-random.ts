// Several processes that change one project without a pause, of which one after the other is stopped for a while.

import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Step, startWorker, type Worker } from '../model/concurrent.ts'
import type { Entry } from '../model/entry.ts'
import { LOCK_STALE_MS, PROJECT } from './run.ts'

export interface AtRandomOptions {
  storageDir: string
  processes: number
  /** In each process, at the same time. */
  clients: number
  /** How often one is stopped. */
  stops: number
}

/** How long one is stopped, in milliseconds: others take its lock over and write on. */
const STOPPED_MS = LOCK_STALE_MS + 700
/** Longest time between two stops, in milliseconds. */
const MOST_PAUSE_MS = 400
/** Operations of each client in one message. */
const STEPS = 10

export const stopAtRandom = async ({
  storageDir,
  processes,
  clients,
  stops,
}: AtRandomOptions): Promise<{ history: Entry[]; stops: number }> => {
  const options = { storageDir, lockStaleMs: LOCK_STALE_MS }
  const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(options)))
  let running = true
  const history: Entry[] = []
  const work = async (worker: Worker) => {
    while (running) history.push(...(await worker.perform(PROJECT, Array.from({ length: clients }, randomSteps))))
  }
  const working = Promise.all(workers.map(work))
  for (let count = 0; count < stops; count++) {
    await sleep(randomInt(MOST_PAUSE_MS))
    const worker = workers[randomInt(workers.length)]
    worker?.signal('SIGSTOP')
    await sleep(STOPPED_MS)
    worker?.signal('SIGCONT')
  }
  running = false
  await working
  await Promise.all(workers.map((worker) => worker.close()))
  return { history, stops }
}

const KINDS: readonly Step['kind'][] = [
  'add',
  'add',
  'delete',
  'primary',
  'primary',
  'order',
  'title',
  'read',
  'variant',
]

const randomSteps = (): Step[] =>
  Array.from({ length: STEPS }, () => ({
    kind: KINDS[randomInt(KINDS.length)] ?? 'read',
    pick: randomInt(1000),
    title: `title ${randomInt(1_000_000)}`,
  }))
