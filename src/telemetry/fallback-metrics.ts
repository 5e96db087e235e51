// Metrics of a folder with a fallback, whose values are sampled when they are read.

import { Counter, Gauge, type Registry } from 'prom-client'

/** Values of the copy to a fallback that are sampled when the metrics are read. */
export interface FallbackSamples {
  /** Projects that the bucket lacks revisions of. */
  projects: number
  /** Age of the oldest of these revisions, in seconds; 0 where there is none. */
  oldestSeconds: number
  /** Files that were fetched from the bucket, because they were missing here. */
  fetched: number
}

/** Values of bounded originals that are sampled when the metrics are read. */
export interface OriginalSamples {
  /** Bytes on the local disk, by the last scan; 0 in processes that do not scan. */
  bytes: number
  /** Images whose originals were evicted. */
  evicted: number
}

export const watchFallback = (registry: Registry, samples: () => FallbackSamples): void => {
  const gauge = (name: string, help: string, sample: 'projects' | 'oldestSeconds') =>
    new Gauge({
      name: `tintype_fallback_${name}`,
      help,
      registers: [registry],
      aggregator: 'max',
      collect() {
        this.set(samples()[sample])
      },
    })
  gauge('waiting_projects', 'Projects that the fallback lacks revisions of.', 'projects')
  gauge('oldest_seconds', 'Age of the oldest revision that the fallback lacks, in seconds.', 'oldestSeconds')
  sampledCounter(
    registry,
    {
      name: 'tintype_fallback_fetched_files_total',
      help: 'Files that were fetched from the fallback, because they were missing.',
    },
    () => samples().fetched,
  )
}

export const watchOriginals = (registry: Registry, samples: () => OriginalSamples): void => {
  new Gauge({
    name: 'tintype_fallback_local_original_bytes',
    help: 'Bytes of originals and sources on the local disk, by the last scan.',
    registers: [registry],
    aggregator: 'max',
    collect() {
      this.set(samples().bytes)
    },
  })
  sampledCounter(
    registry,
    {
      name: 'tintype_fallback_evicted_originals_total',
      help: 'Images whose originals were evicted, because the fallback has them.',
    },
    () => samples().evicted,
  )
}

const sampledCounter = (registry: Registry, names: { name: string; help: string }, sample: () => number) =>
  new Counter({
    ...names,
    registers: [registry],
    collect() {
      this.reset()
      this.inc(sample())
    },
  })
