// Memory, processor time and event loop of this process, as prom-client measures them.

import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Snapshot } from './snapshot.ts'

let registry: Registry | undefined

/**
 * Of the whole process, so they are measured once, whatever number of instances it has; from the first call on, so that
 * a program that never asks has no timers and observers of ours. None of them keeps a process alive.
 */
export const processMetrics = async (): Promise<Snapshot> => {
  if (!registry) {
    registry = new Registry()
    collectDefaultMetrics({ register: registry })
  }
  return registry.getMetricsAsJSON()
}
