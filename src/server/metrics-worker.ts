// A worker's side of metrics that all workers have together.

import { TintypeError } from '../core/errors.ts'
import type { Snapshot } from '../telemetry/snapshot.ts'
import { type FromWorker, fromSupervisor } from './metrics-messages.ts'

/** The supervisor waits for the other workers for less than this, in milliseconds. */
const PATIENCE_MS = 5000

let asked = 0
let gathering: Promise<readonly Snapshot[]> | undefined

/**
 * The metrics of all workers; many who want them at the same time get the same.
 *
 * @throws TintypeError `busy` where the supervisor says nothing
 */
export const askSupervisor = (): Promise<readonly Snapshot[]> => {
  gathering ??= gather().finally(() => {
    gathering = undefined
  })
  return gathering
}

const gather = (): Promise<readonly Snapshot[]> =>
  new Promise((resolve, reject) => {
    const id = ++asked
    const onMessage = (message: unknown): void => {
      const { data } = fromSupervisor.safeParse(message)
      if (data?.tintype !== 'all_metrics' || data.id !== id) return
      settle()
      resolve(data.snapshots)
    }
    const patience = setTimeout(() => {
      settle()
      reject(
        new TintypeError('busy', 'The other workers could not be asked for their metrics.', { retryAfterSeconds: 5 }),
      )
    }, PATIENCE_MS)
    const settle = (): void => {
      clearTimeout(patience)
      process.off('message', onMessage)
    }
    process.on('message', onMessage)
    say({ tintype: 'want_metrics', id })
  })

/** Gives the supervisor this worker's metrics whenever it asks. */
export const answerSupervisor = (own: () => Promise<Snapshot>): void => {
  process.on('message', (message: unknown) => {
    const { data } = fromSupervisor.safeParse(message)
    if (data?.tintype !== 'give_metrics') return
    // What can't be had is missing in the supervisor's sum, which takes the last that it got.
    own().then(
      (snapshot) => say({ tintype: 'own_metrics', id: data.id, snapshot }),
      () => {},
    )
  })
}

/** A supervisor that is gone takes its workers with it; nobody is to hear of it from here. */
const say = (message: FromWorker): void => void process.send?.(message, () => {})
