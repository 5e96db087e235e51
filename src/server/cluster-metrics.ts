// Metrics of all workers together, exchanged between the supervisor and its workers over IPC.
//
// A worker that is scraped requests the metrics of all. The supervisor requests the own metrics of each worker and
// answers with these, the last ones of workers that are late, and the sum of those that have ended.

import type { Worker } from 'node:cluster'
import { z } from 'zod'
import { TintypeError } from '../core/errors.ts'
import type { Snapshot } from '../telemetry/snapshot.ts'

const snapshot = z.array(z.looseObject({ name: z.string(), type: z.unknown() }))

/** Messages to the supervisor. */
const fromWorker = z.discriminatedUnion('tintype', [
  /** Request for the metrics of all workers. */
  z.object({ tintype: z.literal('want_metrics'), id: z.int() }),
  /** Response with the own metrics of a worker. */
  z.object({ tintype: z.literal('own_metrics'), id: z.int(), snapshot }),
])

/** Messages to a worker. */
const fromSupervisor = z.discriminatedUnion('tintype', [
  z.object({ tintype: z.literal('give_metrics'), id: z.int() }),
  /** Response with the metrics of all workers. */
  z.object({ tintype: z.literal('all_metrics'), id: z.int(), snapshots: z.array(snapshot) }),
])

type FromWorker = { tintype: 'want_metrics'; id: number } | { tintype: 'own_metrics'; id: number; snapshot: Snapshot }

type FromSupervisor =
  | { tintype: 'give_metrics'; id: number }
  | { tintype: 'all_metrics'; id: number; snapshots: readonly Snapshot[] }

export interface MetricsExchangeOptions {
  /** Longest wait for responses, in milliseconds; the last metrics of a late worker are used. @default 1500 */
  waitMs?: number
}

export interface MetricsExchange {
  /** Includes a worker from its start; its counts stay in the sum after its end. */
  watch(worker: Worker): void
}

interface Round {
  missing: Set<number>
  done(): void
}

export const createMetricsExchange = ({ waitMs = 1500 }: MetricsExchangeOptions = {}): MetricsExchange => {
  const workers = new Map<number, Worker>()
  const last = new Map<number, Snapshot>()
  const rounds = new Map<number, Round>()
  let roundCount = 0
  /** Sum of the metrics of workers that have ended. */
  let remains: Promise<readonly Snapshot[]> = Promise.resolve([])

  const sendTo = (worker: Worker, message: FromSupervisor): void => {
    // A worker that is about to end does not receive it.
    if (worker.isConnected()) worker.send(message, () => {})
  }

  const collect = (): Promise<void> =>
    new Promise((resolve) => {
      const id = ++roundCount
      const done = (): void => {
        clearTimeout(deadline)
        rounds.delete(id)
        resolve()
      }
      const deadline = setTimeout(done, waitMs)
      rounds.set(id, { missing: new Set(workers.keys()), done })
      for (const worker of workers.values()) sendTo(worker, { tintype: 'give_metrics', id })
    })

  const arrived = (round: Round | undefined, workerId: number): void => {
    round?.missing.delete(workerId)
    if (round?.missing.size === 0) round.done()
  }

  const answer = async (worker: Worker, id: number): Promise<void> => {
    await collect()
    sendTo(worker, { tintype: 'all_metrics', id, snapshots: [...(await remains), ...last.values()] })
  }

  const remove = (workerId: number): void => {
    workers.delete(workerId)
    const snapshot = last.get(workerId)
    last.delete(workerId)
    for (const round of rounds.values()) arrived(round, workerId)
    if (!snapshot) return
    remains = remains.then(async (before) => {
      const all = [...before, snapshot]
      // Imported here: a supervisor whose workers live does not need it. Where the import fails, the snapshots are kept
      // one by one.
      const folding = import('../telemetry/snapshot.ts').then(({ cumulativeOf }) => cumulativeOf(all))
      return folding.then(
        (one) => [one],
        () => all,
      )
    })
  }

  return {
    watch(worker) {
      const { id } = worker
      workers.set(id, worker)
      worker.on('message', (message: unknown) => {
        const { data } = fromWorker.safeParse(message)
        if (data?.tintype === 'want_metrics') void answer(worker, data.id)
        if (data?.tintype !== 'own_metrics') return
        if (workers.has(id)) last.set(id, data.snapshot)
        arrived(rounds.get(data.id), id)
      })
      worker.once('exit', () => remove(id))
    },
  }
}

/** Longest wait for the supervisor, in milliseconds; longer than it waits for the workers. */
const SUPERVISOR_WAIT_MS = 5000

let requestCount = 0
let gathering: Promise<readonly Snapshot[]> | undefined

/**
 * Requests the metrics of all workers; simultaneous calls share one request.
 *
 * @throws TintypeError `busy` where the supervisor does not respond
 */
export const gatherMetrics = (): Promise<readonly Snapshot[]> => {
  gathering ??= gather().finally(() => {
    gathering = undefined
  })
  return gathering
}

const gather = (): Promise<readonly Snapshot[]> =>
  new Promise((resolve, reject) => {
    const id = ++requestCount
    const onMessage = (message: unknown): void => {
      const { data } = fromSupervisor.safeParse(message)
      if (data?.tintype !== 'all_metrics' || data.id !== id) return
      settle()
      resolve(data.snapshots)
    }
    const deadline = setTimeout(() => {
      settle()
      reject(
        new TintypeError('busy', 'The supervisor did not send the metrics of the other workers in time.', {
          retryAfterSeconds: 5,
        }),
      )
    }, SUPERVISOR_WAIT_MS)
    const settle = (): void => {
      clearTimeout(deadline)
      process.off('message', onMessage)
    }
    process.on('message', onMessage)
    sendToSupervisor({ tintype: 'want_metrics', id })
  })

/** Responds to the supervisor with the metrics of this worker. */
export const shareMetrics = (own: () => Promise<Snapshot>): void => {
  process.on('message', (message: unknown) => {
    const { data } = fromSupervisor.safeParse(message)
    if (data?.tintype !== 'give_metrics') return
    // On errors, the supervisor uses the last metrics that it received.
    own().then(
      (snapshot) => sendToSupervisor({ tintype: 'own_metrics', id: data.id, snapshot }),
      () => {},
    )
  })
}

/** Errors are ignored: without a supervisor, its workers end too. */
const sendToSupervisor = (message: FromWorker): void => void process.send?.(message, () => {})
