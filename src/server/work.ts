// A working process: makes the images of jobs from a broker until a signal ends it.

import { createWork } from '../compose/background/work.ts'
import type { Config } from '../config/load.ts'
import { storeUrlOf } from '../core/bucket-settings.ts'
import { TintypeError } from '../core/errors.ts'
import type { Logger } from '../telemetry/logger.ts'
import { version } from '../version.ts'
import { printStopped } from './banner.ts'
import { fail } from './fail.ts'
import { onSignals } from './signals.ts'

export interface WorkOptions {
  config: Config
  log: Logger
}

/** Resolves once it works. Where it cannot, prints the reason in one line and ends the process. */
export const startWork = async ({ config, log }: WorkOptions): Promise<void> => {
  const { port, host, workers, logLevel, logFormat, ...options } = config
  const work = createWork({ ...options, log })
  await work.ready.catch(async (error: unknown) => {
    // The first error is the one to report.
    await work.close().catch(() => {})
    if (error instanceof TintypeError) fail(error.message)
    throw error
  })
  if (work.isReadOnly()) {
    await work.close()
    fail(`the storage folder ${config.storageDir} is read-only; jobs need one that can be written`)
  }
  onSignals(async () => {
    await work.close()
    printStopped()
    process.exit(0)
  })
  // A connection to a broker that is away keeps no process alive.
  setInterval(() => {}, FOR_EVER_MS)
  process.stdout.write(bannerOf(config))
}

const FOR_EVER_MS = 2 ** 30

const bannerOf = ({ storageDir, bucket, queue, encoders }: Config): string => `
  Tintype ${version}, working on jobs

  queue     ${new URL(queue).host}
  files     ${bucket ? storeUrlOf(bucket) : storageDir}
  encoders  ${encoders}

  Ctrl-C stops it; pictures under way are finished first.

`
