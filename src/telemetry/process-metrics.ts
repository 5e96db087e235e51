// Metrics of this process by prom-client: memory, processor time, event loop.

import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Snapshot } from './snapshot.ts'

let registry: Registry | undefined

/**
 * Collects metrics once for all instances of a process, from the first call on: a program that never reads metrics gets
 * no timers and observers. None of them keeps a process alive.
 */
export const processMetrics = async (): Promise<Snapshot> => {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
  }
  return registry.getMetricsAsJSON()
}
