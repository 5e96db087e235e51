// Metrics as plain data: what one process counted, several of them together, and the text that Prometheus reads.

import { AggregatorRegistry, Registry } from 'prom-client'

/** One metric with its values, as prom-client hands it from process to process. */
export interface MetricData {
  name: string
  /** `counter`, `gauge`, `histogram` or `summary`. */
  type: unknown
}

/** All that one process counted. */
export type Snapshot = readonly MetricData[]

export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE

/** In the text format of Prometheus, counts of all processes added up. */
export const metricsText = (snapshots: readonly Snapshot[]): Promise<string> => merge(snapshots).metrics()

/**
 * What is left of processes that are gone: what only ever grows. Without it a sum would fall when one of them ends, and
 * Prometheus would take all of the rest for new.
 */
export const remainsOf = async (snapshots: readonly Snapshot[]): Promise<Snapshot> =>
  merge(snapshots.map((snapshot) => snapshot.filter(({ type }) => GROWING.includes(`${type}`)))).getMetricsAsJSON()

const GROWING: readonly string[] = ['counter', 'histogram']

const merge = (snapshots: readonly Snapshot[]) => AggregatorRegistry.aggregate(snapshots.map((one) => [...one]))
