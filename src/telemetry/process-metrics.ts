// Metrics of this process: memory, processor time and event loop by prom-client, and dropped log lines.

import { Counter, collectDefaultMetrics, Registry } from 'prom-client'
import { droppedLogLines } from './log-output.ts'
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
    new Counter({
      name: 'tintype_log_lines_dropped_total',
      help: 'Log lines that were dropped because their reader stalled.',
      registers: [registry],
      collect() {
        this.reset()
        this.inc(droppedLogLines())
      },
    })
  }
  return registry.getMetricsAsJSON()
}
