// A serving process: starts the store and the HTTP server, and stops both after the last upload.

import cluster from 'node:cluster'
import { setFlagsFromString } from 'node:v8'
import { createParsedTintype } from '../compose/compose.ts'
import type { Config } from '../config/load.ts'
import { TintypeError } from '../core/errors.ts'
import { isLoopback } from '../core/request/hosts.ts'
import { REQUEST_GRACE_MS, SLOWEST_BYTES_PER_MS } from '../http/request/long-body.ts'
import type { Logger } from '../telemetry/logger.ts'
import { printStopped, READ_ONLY, type Started } from './banner.ts'
import { shareHints } from './cluster-hints.ts'
import { gatherMetrics, shareMetrics } from './cluster-metrics.ts'
import { fail } from './fail.ts'
import { type HttpServer, startHttpServer } from './http-server.ts'
import { noAddress } from './refuse-open.ts'
import { onSignals } from './signals.ts'

export interface WorkerOptions {
  config: Config
  log: Logger
}

/** A day, which is within the range of a timer. */
const LONGEST_REQUEST_MS = 86_400_000

/**
 * Keeps V8's young generation small. Every 64 KiB of an upload are memory outside the heap, freed when the young
 * generation is collected. A larger one is collected so rarely that V8 marks the whole heap instead, because of the
 * external memory: 15 times for 80 uploads of 3 MB, a quarter of this process's time.
 */
const KEEP_YOUNG_GENERATION_SMALL = '--semi-space-growth-factor=1'

/**
 * Collects the old generation when it has grown by this part, in percent. V8 lets it grow up to fourfold on a machine with
 * much memory: 119 MB for 33 in use after 1,600 small uploads, 250 after 6,000.
 */
const KEEP_OLD_GENERATION_SMALL = '--heap-growing-percent=30'

/** Resolves once the server listens. Where it cannot, prints the reason in one line and ends the process. */
export const startWorker = async ({ config, log }: WorkerOptions): Promise<Started> => {
  setFlagsFromString(KEEP_YOUNG_GENERATION_SMALL)
  setFlagsFromString(KEEP_OLD_GENERATION_SMALL)
  // The other settings are options of the library, by the same names.
  const { port, host, workers, logLevel, logFormat, ...options } = config
  const tintype = createParsedTintype({
    ...options,
    // On other addresses a server is open only with AUTH=none.
    ownHostsOnly: isLoopback(host) && config.auth === 'auto',
    isWholeSite: true,
    // The supervisor counts requests for all workers.
    sharedLimits: cluster.isWorker && workers,
    gatherMetrics: cluster.isWorker ? gatherMetrics : undefined,
    log,
  })
  if (cluster.isWorker) {
    shareMetrics(tintype.metrics)
    shareHints(tintype)
  }
  const start = async (): Promise<HttpServer> => {
    await tintype.ready
    if (cluster.isWorker && tintype.isReadOnly()) process.send?.(READ_ONLY)
    return startHttpServer({
      fetch: tintype.app.fetch,
      answerFast: tintype.answerFast,
      refuse: tintype.refuse,
      host,
      port,
      requestTimeoutMs: Math.min(
        REQUEST_GRACE_MS + Math.ceil(config.maxUploadBytes / SLOWEST_BYTES_PER_MS),
        LONGEST_REQUEST_MS,
      ),
    })
  }
  const server = await start().catch(async (error: unknown) => {
    // The first error is the one to report.
    await tintype.close().catch(() => {})
    return fail(reasonOf(error, config))
  })
  const end = async () => {
    tintype.endWaits()
    await server.drain()
    await tintype.close()
    if (cluster.isPrimary) printStopped()
    process.exit(0)
  }
  // Workers get each signal from the supervisor, some tools send it to all processes: only the supervisor counts them.
  if (cluster.isPrimary) onSignals(end)
  else onSignals(end, () => {})
  return { port: server.port, isReadOnly: tintype.isReadOnly() }
}

const reasonOf = (error: unknown, { host, port }: Config): string => {
  if (error instanceof TintypeError) return error.message
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is in use; choose another by --port or PORT`
    case 'EACCES':
      return `port ${port} of ${host} may not be used by this user; choose another by --port or PORT`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return noAddress(host)
    default:
      throw error
  }
}
