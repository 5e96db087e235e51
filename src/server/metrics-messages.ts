// What supervisor and workers say to each other about metrics.

import { z } from 'zod'
import type { Snapshot } from '../telemetry/snapshot.ts'

const snapshot = z.array(z.looseObject({ name: z.string(), type: z.unknown() }))

/** To the supervisor. */
export const fromWorker = z.discriminatedUnion('tintype', [
  /** A worker wants the metrics of all. */
  z.object({ tintype: z.literal('want_metrics'), id: z.int() }),
  /** A worker's own, as it was asked for. */
  z.object({ tintype: z.literal('own_metrics'), id: z.int(), snapshot }),
])

/** To a worker. */
export const fromSupervisor = z.discriminatedUnion('tintype', [
  z.object({ tintype: z.literal('give_metrics'), id: z.int() }),
  /** What it wanted. */
  z.object({ tintype: z.literal('all_metrics'), id: z.int(), snapshots: z.array(snapshot) }),
])

export type FromWorker =
  | { tintype: 'want_metrics'; id: number }
  | { tintype: 'own_metrics'; id: number; snapshot: Snapshot }

export type FromSupervisor =
  | { tintype: 'give_metrics'; id: number }
  | { tintype: 'all_metrics'; id: number; snapshots: readonly Snapshot[] }
