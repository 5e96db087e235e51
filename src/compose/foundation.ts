// Foundation of every builder: options, storage folder, log and metrics.

import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { codeOf } from '../stores/file/fs/durable.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { ParsedOptions } from './parse-options.ts'

export interface Foundation {
  options: ParsedOptions
  /**
   * Absolute, since a program may change its working folder, and without symbolic links: it may be one, whose target is
   * decided here, once.
   */
  storageDir: string
  log: Logger
  metrics: Metrics
}

export const buildFoundation = (options: ParsedOptions, metrics: Metrics): Foundation => ({
  options,
  storageDir: realFolder(resolve(options.storageDir ?? './storage')),
  log: options.log ?? createLogger({ level: 'warn' }),
  metrics,
})

/** Resolves the symbolic links of a path. Its last folders need not exist. */
const realFolder = (path: string): string => {
  try {
    return realpathSync(path)
  } catch (error) {
    // Opening the store reports every other error.
    return codeOf(error) === 'ENOENT' && dirname(path) !== path ? join(realFolder(dirname(path)), basename(path)) : path
  }
}
