// Metrics whose values are sampled when they are read.

import { Counter, Gauge, type Registry } from 'prom-client'

/** Values that are sampled when the metrics are read. */
export interface Samples {
  /** Caches by name: look-ups since the start, and the present content where it is known. */
  caches(): Record<string, CacheCounts>
  /** Jobs waiting for an encoder, by priority. */
  waiting(): Record<string, number>
}

/** Jobs of the store that wait, and the age of the oldest in seconds; attempts under way in this process. */
export interface JobSamples {
  queued: number
  oldestSeconds: number
  running: number
}

/** Values of the connection to a broker that are sampled when the metrics are read. */
export interface BrokerSamples {
  isConnected: boolean
  /** Connections after the first one. */
  reconnects: number
}

/** Values of the counters in Redis that are sampled when the metrics are read. */
export interface RedisSamples {
  isConnected: boolean
  /** Requests to Redis that it answered, and those that it did not. */
  answered: number
  failed: number
}

/** Values of webhooks that are sampled when the metrics are read. */
export interface WebhookSamples {
  /** Revisions of projects that wait for a receiver. */
  revisions: number
  /** Age of the oldest event that a receiver has not accepted, in seconds; 0 where there is none. */
  oldestSeconds: number
}

export interface CacheCounts {
  hits: number
  misses: number
  entries?: number
  bytes?: number
}

/** Age of a time in milliseconds since 1970, in seconds; 0 where there is none, or where the clock was set back. */
export const secondsSince = (timeMs: number | undefined): number =>
  timeMs === undefined ? 0 : Math.max(0, (Date.now() - timeMs) / 1000)

export const watchJobs = (registry: Registry, jobs: () => JobSamples): void => {
  // Each process knows the jobs of the whole store.
  const gauge = (name: keyof JobSamples, help: string, aggregator: 'max' | 'sum') =>
    new Gauge({
      name: `tintype_jobs_${name.replace('Seconds', '_seconds')}`,
      help,
      registers: [registry],
      aggregator,
      collect() {
        this.set(jobs()[name])
      },
    })
  gauge('queued', 'Jobs that wait.', 'max')
  gauge('oldestSeconds', 'Age of the oldest job that waits, in seconds; 0 where none does.', 'max')
  gauge('running', 'Attempts at jobs under way.', 'sum')
}

export const watchSamples = (registry: Registry, { caches, waiting }: Samples): void => {
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

export const watchBroker = (registry: Registry, broker: () => BrokerSamples | undefined): void => {
  const registers = [registry]
  new Gauge({
    name: 'tintype_broker_connected',
    help: 'Connection to the broker: 1 where every process has one that works, else 0.',
    registers,
    aggregator: 'min',
    collect() {
      const samples = broker()
      if (samples) this.set(samples.isConnected ? 1 : 0)
      else this.remove()
    },
  })
  new Counter({
    name: 'tintype_broker_reconnects_total',
    help: 'Connections to the broker after the first one of each process.',
    registers,
    collect() {
      this.reset()
      this.inc(broker()?.reconnects ?? 0)
    },
  })
}

export const watchRedis = (registry: Registry, redis: () => RedisSamples): void => {
  const registers = [registry]
  new Gauge({
    name: 'tintype_redis_connected',
    help: 'Connection to Redis: 1 where every process has one, else 0.',
    registers,
    aggregator: 'min',
    collect() {
      this.set(redis().isConnected ? 1 : 0)
    },
  })
  new Counter({
    name: 'tintype_redis_requests_total',
    help: 'Requests to Redis for counts, by outcome.',
    labelNames: ['outcome'],
    registers,
    collect() {
      const { answered, failed } = redis()
      this.reset()
      this.inc({ outcome: 'answered' }, answered)
      this.inc({ outcome: 'failed' }, failed)
    },
  })
}

export const watchWebhooks = (registry: Registry, samples: () => WebhookSamples): void => {
  const registers = [registry]
  new Gauge({
    name: 'tintype_webhook_waiting_revisions',
    help: 'Revisions of projects that wait for the receiver of a webhook.',
    registers,
    collect() {
      this.set(samples().revisions)
    },
  })
  new Gauge({
    name: 'tintype_webhook_oldest_seconds',
    help: 'Age of the oldest event that a receiver has not accepted yet, in seconds.',
    registers,
    aggregator: 'max',
    collect() {
      this.set(samples().oldestSeconds)
    },
  })
}

export const watchStreams = (registry: Registry, count: () => number): void => {
  new Gauge({
    name: 'tintype_event_streams',
    help: 'Open event streams, and requests that wait for changes.',
    registers: [registry],
    collect() {
      this.set(count())
    },
  })
}
