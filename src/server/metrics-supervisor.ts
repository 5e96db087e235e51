// The supervisor's side of metrics that all workers have together: it asks each of them for the one who was asked.

import type { Worker } from 'node:cluster'
import type { Snapshot } from '../telemetry/snapshot.ts'
import { type FromSupervisor, fromWorker } from './metrics-messages.ts'

export interface MetricsExchangeOptions {
  /** Longest wait for the answers, in milliseconds; of a worker that is late, the last one counts. @default 1500 */
  waitMs?: number
}

export interface MetricsExchange {
  /** From its start on; what it counted stays in the sum after its end. */
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
  /** Of workers that have ended. */
  let remains: Promise<readonly Snapshot[]> = Promise.resolve([])

  const say = (worker: Worker, message: FromSupervisor): void => {
    // One that is about to end does not hear it.
    if (worker.isConnected()) worker.send(message, () => {})
  }

  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      const id = ++roundCount
      const done = (): void => {
        clearTimeout(deadline)
        rounds.delete(id)
        resolve()
      }
      const deadline = setTimeout(done, waitMs)
      rounds.set(id, { missing: new Set(workers.keys()), done })
      for (const worker of workers.values()) say(worker, { tintype: 'give_metrics', id })
    })

  const arrived = (round: Round | undefined, workerId: number): void => {
    round?.missing.delete(workerId)
    if (round?.missing.size === 0) round.done()
  }

  const answer = async (worker: Worker, id: number): Promise<void> => {
    await ask()
    say(worker, { tintype: 'all_metrics', id, snapshots: [...(await remains), ...last.values()] })
  }

  const bury = (workerId: number): void => {
    workers.delete(workerId)
    const snapshot = last.get(workerId)
    last.delete(workerId)
    for (const round of rounds.values()) arrived(round, workerId)
    if (!snapshot) return
    remains = remains.then(async (before) => {
      const all = [...before, snapshot]
      // Loaded here: a supervisor whose workers live, or are never asked, has no need of it. Where that is not possible,
      // they are kept one by one.
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
      worker.once('exit', () => bury(id))
    },
  }
}
