// Metrics as plain data: snapshots of processes, their sum, and the text format of Prometheus.

import { AggregatorRegistry, Registry } from 'prom-client'

/** One metric with its values, in the form that prom-client exchanges between processes. */
export interface MetricData {
  name: string
  /** `counter`, `gauge`, `histogram` or `summary`. */
  type: unknown
}

/** All metrics of one process. */
export type Snapshot = readonly MetricData[]

export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE

/** The sum of all processes in the text format of Prometheus. */
export const metricsText = (snapshots: readonly Snapshot[]): Promise<string> => merge(snapshots).metrics()

/**
 * The cumulative metrics of processes that have ended. Without them, a sum would fall when a process ends, and
 * Prometheus would count the remaining sum as new.
 */
export const cumulativeOf = async (snapshots: readonly Snapshot[]): Promise<Snapshot> =>
  merge(
    snapshots.map((snapshot) => snapshot.filter(({ type }) => CUMULATIVE_TYPES.includes(`${type}`))),
  ).getMetricsAsJSON()

const CUMULATIVE_TYPES: readonly string[] = ['counter', 'histogram']

const merge = (snapshots: readonly Snapshot[]) => AggregatorRegistry.aggregate(snapshots.map((one) => [...one]))
