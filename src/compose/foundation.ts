// What every builder starts from: the options, where things are stored, the log and the metrics.

import { resolve } from 'node:path'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { ParsedOptions } from './parse-options.ts'

export interface Foundation {
  options: ParsedOptions
  /** Absolute, so that a program may change its working folder. */
  storageDir: string
  log: Logger
  metrics: Metrics
}

export const buildFoundation = (options: ParsedOptions, metrics: Metrics): Foundation => ({
  options,
  storageDir: resolve(options.storageDir ?? './storage'),
  log: options.log ?? createLogger({ level: 'warn' }),
  metrics,
})
