// Metrics of one instance, in a registry of its own: requests, caches, encoders, commits.

import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { type BucketAttempt, type BucketUse, createBucketMeter } from './bucket-metrics.ts'
import { type FallbackSamples, type OriginalSamples, watchFallback, watchOriginals } from './fallback-metrics.ts'
import type { Observer } from './observer.ts'
import { processMetrics } from './process-metrics.ts'
import { createRequestMeter, type RequestMeter } from './requests.ts'
import {
  type BrokerSamples,
  type JobSamples,
  type RedisSamples,
  type Samples,
  type WebhookSamples,
  watchBroker,
  watchJobs,
  watchRedis,
  watchSamples,
  watchStreams,
  watchWebhooks,
} from './sampled-metrics.ts'
import type { Snapshot } from './snapshot.ts'

export interface MetricsOptions {
  /** Version of the program. */
  version: string
}

export interface Metrics {
  observer: Observer
  requests: RequestMeter
  /** Adds sampled values. To be called once. */
  watch(samples: Samples): void
  /** Adds sampled values of jobs. To be called once. */
  watchJobs(jobs: () => JobSamples): void
  /** Adds the sampled values of webhooks. To be called once. */
  watchWebhooks(samples: () => WebhookSamples): void
  /** Adds the sampled values of the copy to a fallback. To be called once. */
  watchFallback(samples: () => FallbackSamples): void
  /** Adds the sampled values of bounded originals. To be called once. */
  watchOriginals(samples: () => OriginalSamples): void
  /** Adds sampled values of a broker, undefined where this process does not connect to it. To be called once. */
  watchBroker(broker: () => BrokerSamples | undefined): void
  /** Adds sampled values of counters in Redis. To be called once. */
  watchRedis(redis: () => RedisSamples): void
  /** Adds the number of event streams. To be called once. */
  watchStreams(count: () => number): void
  /** Adds the requests to buckets. To be called once for each use. @returns counts an attempt at one */
  createBucketMeter(use: BucketUse): (attempt: BucketAttempt) => void
  /** Metrics of this instance and its process. */
  snapshot(): Promise<Snapshot>
}

const LOCK_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const ENCODER_BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30, 60]

const JOB_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200]

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
  const finishedJobs = counter('jobs_total', 'Finished jobs, by outcome.', ['outcome'])
  const jobTime = (name: string, help: string) =>
    new Histogram({ name: `tintype_job_${name}_seconds`, help, buckets: JOB_BOUNDS, registers })
  const jobWaits = jobTime('wait', 'Time that a job waited for its last attempt, in seconds.')
  const jobWork = jobTime('duration', 'Time of the last attempt of a job, in seconds.')
  const webhooks = counter('webhook_deliveries_total', 'Attempts to deliver to webhooks, by outcome.', ['outcome'])
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
      jobFinished(outcome, { waitedSeconds, workedSeconds }) {
        finishedJobs.inc({ outcome })
        jobWaits.observe(waitedSeconds)
        jobWork.observe(workedSeconds)
      },
      sentWebhook: (outcome) => webhooks.inc({ outcome }),
      failed: (code) => errors.inc({ code }),
    },

    watch: (samples) => watchSamples(registry, samples),
    watchJobs: (jobs) => watchJobs(registry, jobs),
    watchWebhooks: (samples) => watchWebhooks(registry, samples),
    watchFallback: (samples) => watchFallback(registry, samples),
    watchOriginals: (samples) => watchOriginals(registry, samples),
    watchBroker: (broker) => watchBroker(registry, broker),
    watchRedis: (redis) => watchRedis(registry, redis),
    createBucketMeter: (use) => createBucketMeter(registry, use),
    watchStreams: (count) => watchStreams(registry, count),

    async snapshot() {
      const [own, ofProcess] = await Promise.all([registry.getMetricsAsJSON(), processMetrics()])
      return [...own, ...requests.metrics(), ...ofProcess]
    },
  }
}
