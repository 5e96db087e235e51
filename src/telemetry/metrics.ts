// Metrics of one instance, in a registry of its own: requests, caches, encoders, commits.

import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Observer } from './observer.ts'
import { processMetrics } from './process-metrics.ts'
import { createRequestMeter, type RequestMeter } from './requests.ts'
import type { Snapshot } from './snapshot.ts'

export interface MetricsOptions {
  /** Version of the program. */
  version: string
}

/** Values that are sampled when the metrics are read. */
export interface Samples {
  /** Caches by name: look-ups since the start, and the present content where it is known. */
  caches(): Record<string, CacheCounts>
  /** Jobs waiting for an encoder, by priority. */
  waiting(): Record<string, number>
}

export interface CacheCounts {
  hits: number
  misses: number
  entries?: number
  bytes?: number
}

export interface Metrics {
  observer: Observer
  requests: RequestMeter
  /** Adds sampled values. To be called once. */
  watch(samples: Samples): void
  /** Metrics of this instance and its process. */
  snapshot(): Promise<Snapshot>
}

const LOCK_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const ENCODER_BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30, 60]

export const createMetrics = ({ version }: MetricsOptions): Metrics => {
  const registry = new Registry()
  const registers = [registry]
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `tintype_${name}`, help, labelNames, registers })
  const requests = createRequestMeter()

  new Gauge({
    name: 'tintype_info',
    help: 'Version of the program; always 1.',
    labelNames: ['version'],
    registers,
    aggregator: 'first',
  }).set({ version }, 1)
  const errors = counter('errors_total', 'Error responses, by code.', ['code'])
  const received = counter('upload_received_bytes_total', 'Received bytes of uploads, stored or not.')
  const jobs = counter('encoder_jobs_total', 'Jobs of the encoders, by kind and outcome.', ['kind', 'outcome'])
  const encoding = new Histogram({
    name: 'tintype_encoder_duration_seconds',
    help: 'Time of one job in an encoder, in seconds.',
    labelNames: ['kind'],
    buckets: ENCODER_BOUNDS,
    registers,
  })
  const lock = new Histogram({
    name: 'tintype_lock_wait_seconds',
    help: 'Time that a commit waited for the lock of its project, in seconds.',
    buckets: LOCK_BOUNDS,
    registers,
  })
  const revisions = counter('revisions_committed_total', 'Revisions that became durable.')
  const changes = counter('changes_committed_total', 'Changes in these revisions.')
  const retries = counter('commit_retries_total', 'Commits that were retried because another writer was first.')
  const sweeps = counter('sweeps_total', 'Sweeps for remains of dead processes.')
  const owners = counter('swept_owners_total', 'Dead processes whose remains were swept.')

  return {
    requests,
    observer: {
      received: (bytes) => received.inc(bytes),
      jobEnded: (kind, outcome) => jobs.inc({ kind, outcome }),
      encoded: (kind, seconds) => encoding.observe({ kind }, seconds),
      waitedForLock: (seconds) => lock.observe(seconds),
      committed(count) {
        revisions.inc()
        changes.inc(count)
      },
      retriedCommit: () => retries.inc(),
      swept(count) {
        sweeps.inc()
        owners.inc(count)
      },
      failed: (code) => errors.inc({ code }),
    },

    watch: (samples) => watchSamples(registry, samples),

    async snapshot() {
      const [own, ofProcess] = await Promise.all([registry.getMetricsAsJSON(), processMetrics()])
      return [...own, ...requests.metrics(), ...ofProcess]
    },
  }
}

const watchSamples = (registry: Registry, { caches, waiting }: Samples): void => {
  const registers = [registry]
  new Counter({
    name: 'tintype_cache_requests_total',
    help: 'Cache look-ups, by result.',
    labelNames: ['cache', 'result'],
    registers,
    collect() {
      this.reset()
      for (const [cache, { hits, misses }] of Object.entries(caches())) {
        this.inc({ cache, result: 'hit' }, hits)
        this.inc({ cache, result: 'miss' }, misses)
      }
    },
  })
  const contentGauge = (unit: 'entries' | 'bytes', help: string) =>
    new Gauge({
      name: `tintype_cache_${unit}`,
      help,
      labelNames: ['cache'],
      registers,
      collect() {
        for (const [cache, counts] of Object.entries(caches()))
          if (counts[unit] !== undefined) this.set({ cache }, counts[unit])
      },
    })
  contentGauge('entries', 'Entries in a memory cache.')
  contentGauge('bytes', 'Bytes in a memory cache.')
  new Gauge({
    name: 'tintype_encoder_waiting',
    help: 'Jobs waiting for an encoder, by priority.',
    labelNames: ['priority'],
    registers,
    collect() {
      for (const [priority, count] of Object.entries(waiting())) this.set({ priority }, count)
    },
  })
}
