// Metrics of the requests to buckets: that of the store, or of its copy, and those that are sources of pictures.

import { Counter, Histogram, type Registry } from 'prom-client'

/** One attempt at a request. */
export interface BucketAttempt {
  /** put, get, head, delete, list or bucket. */
  kind: string
  /** Status, or undefined where no answer came. */
  status: number | undefined
  seconds: number
  sentBytes: number
  receivedBytes: number
  /** False for a repetition. */
  isFirst: boolean
}

const BOUNDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What the buckets are for, as metrics name it. */
export type BucketUse = 'bucket' | 'source'

const NOUNS: Record<BucketUse, string> = { bucket: 'the bucket', source: 'the buckets of sources' }

/** @returns counts an attempt */
export const createBucketMeter = (registry: Registry, use: BucketUse): ((attempt: BucketAttempt) => void) => {
  const noun = NOUNS[use]
  const registers = [registry]
  const labelNames = ['kind']
  const requests = new Counter({
    name: `tintype_${use}_requests_total`,
    help: `Attempts at requests to ${noun}, by kind and by the class of the status; none where no answer came.`,
    labelNames: ['kind', 'status'],
    registers,
  })
  const retries = new Counter({
    name: `tintype_${use}_retries_total`,
    help: `Attempts at requests to ${noun} that repeat an earlier one, by kind.`,
    labelNames,
    registers,
  })
  const times = new Histogram({
    name: `tintype_${use}_request_duration_seconds`,
    help: `Time until the head of the answer of one attempt at a request to ${noun}, in seconds.`,
    labelNames,
    buckets: BOUNDS,
    registers,
  })
  const bytes = new Counter({
    name: `tintype_${use}_bytes_total`,
    help: `Bytes of bodies to and from ${noun}, by direction: sent or received.`,
    labelNames: ['direction'],
    registers,
  })
  return ({ kind, status, seconds, sentBytes, receivedBytes, isFirst }) => {
    requests.inc({ kind, status: status === undefined ? 'none' : `${Math.floor(status / 100)}xx` })
    if (!isFirst) retries.inc({ kind })
    times.observe({ kind }, seconds)
    if (sentBytes > 0) bytes.inc({ direction: 'sent' }, sentBytes)
    if (receivedBytes > 0) bytes.inc({ direction: 'received' }, receivedBytes)
  }
}
