// Foundation of every builder: options, storage folder, log and metrics.

import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { codeOf } from '../stores/file/fs/durable.ts'
import type { Bucket } from '../stores/s3/client/bucket.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { openBucket } from './bucket/client.ts'
import { type FallbackBucket, openFallback } from './bucket/fallback-bucket.ts'
import type { ParsedOptions } from './parse-options.ts'

export interface Foundation {
  options: ParsedOptions
  /**
   * Absolute, since a program may change its working folder, and without symbolic links: it may be one, whose target is
   * decided here, once. Of a store in a bucket: its local folder.
   */
  storageDir: string
  /** Bucket that holds the store; undefined where the folder does. */
  bucket: Bucket | undefined
  /** Bucket that the folder is copied to. */
  fallback: FallbackBucket | undefined
  log: Logger
  metrics: Metrics
}

export const buildFoundation = (options: ParsedOptions, metrics: Metrics): Foundation => {
  const { bucket, fallback, log } = options
  const storageDir = realFolder(resolve(bucket?.cacheDir ?? options.storageDir ?? './storage'))
  return {
    ...{ options, storageDir, metrics },
    bucket: bucket && openBucket(bucket, { onAttempt: metrics.createBucketMeter('bucket') }),
    fallback: fallback && openFallback(fallback, storageDir, { onAttempt: metrics.createBucketMeter('bucket') }),
    log: log ?? createLogger({ level: 'warn' }),
  }
}

/** Resolves the symbolic links of a path. Its last folders need not exist. */
const realFolder = (path: string): string => {
  try {
    return realpathSync(path)
  } catch (error) {
    // Opening the store reports every other error.
    return codeOf(error) === 'ENOENT' && dirname(path) !== path ? join(realFolder(dirname(path)), basename(path)) : path
  }
}
