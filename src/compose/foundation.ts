// Foundation of every builder: options, storage folder, log and metrics.

import { resolve } from 'node:path'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { ParsedOptions } from './parse-options.ts'

export interface Foundation {
  options: ParsedOptions
  /** Absolute: a program may change its working folder. */
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
