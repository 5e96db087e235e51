// Encoder processes.

import { createEncoderPool } from '../image/pool/pool.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { ParsedOptions } from './parse-options.ts'

export const buildEncoders = (options: ParsedOptions, { observer }: Metrics) =>
  createEncoderPool({
    observer,
    encoders: options.encoders,
    maxPixels: options.maxPixels,
    background: options.background,
    keepSource: options.keepSource,
    deadlineMs: options.encodeDeadlineMs,
    maxWaiting: options.maxWaiting,
  })
