// A serving process: starts the store and the HTTP server, and stops both after the last upload.

import cluster from 'node:cluster'
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

/** Resolves once the server listens. Where it cannot, prints the reason in one line and ends the process. */
export const startWorker = async ({ config, log }: WorkerOptions): Promise<Started> => {
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
