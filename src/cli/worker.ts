// One process that serves: the store and its server, from start to the last upload.

import cluster from 'node:cluster'
import { createTintype } from '../compose.ts'
import type { Config } from '../config.ts'
import { TintypeError } from '../core/errors.ts'
import type { Logger } from '../telemetry/logger.ts'
import { fail } from './fail.ts'
import { type HttpServer, startHttpServer } from './http-server.ts'
import { onSignals } from './signals.ts'

export interface WorkerOptions {
  config: Config
  log: Logger
}

/** What an upload may take besides its bytes, in milliseconds. */
const REQUEST_GRACE_MS = 60_000
/** The slowest line that is waited for, in bytes a millisecond: 256 kbit/s. */
const SLOWEST_BYTES_PER_MS = 32
/** A day; also what keeps the time within the range of a timer. */
const LONGEST_REQUEST_MS = 86_400_000

/** Resolves once requests are answered. Where that cannot be, says why in one line and ends the process. */
export const startWorker = async ({ config, log }: WorkerOptions): Promise<{ port: number }> => {
  const tintype = createTintype({
    storageDir: config.storageDir,
    encoders: config.encoders,
    maxWaiting: config.maxWaiting,
    encodeDeadlineMs: config.encodeDeadlineMs,
    maxUploadBytes: config.maxUploadBytes,
    maxPixels: config.maxPixels,
    background: config.background,
    lockStaleMs: config.lockStaleMs,
    cacheBytes: config.cacheBytes,
    diskCacheBytes: config.diskCacheBytes,
    presets: config.presets,
    signingKeys: config.signingKeys,
    accelRedirect: config.accelRedirect === 'off' ? undefined : config.accelRedirect,
    log,
  })
  const start = async (): Promise<HttpServer> => {
    await tintype.ready
    return startHttpServer({
      fetch: tintype.app.fetch,
      answerFast: tintype.answerFast,
      host: config.host,
      port: config.port,
      requestTimeoutMs: Math.min(
        REQUEST_GRACE_MS + Math.ceil(config.maxUploadBytes / SLOWEST_BYTES_PER_MS),
        LONGEST_REQUEST_MS,
      ),
    })
  }
  const server = await start().catch(async (error: unknown) => {
    // What went wrong first is what is said.
    await tintype.close().catch(() => {})
    return fail(reasonOf(error, config))
  })
  const end = async () => {
    await server.drain()
    await tintype.close()
    process.exit(0)
  }
  // A supervisor passes each signal on, and some tools send theirs to every process: there only the supervisor hurries.
  if (cluster.isPrimary) onSignals(end)
  else onSignals(end, () => {})
  return { port: server.port }
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
      return `${host} is no address of this machine; choose another by --host or HOST`
    default:
      throw error
  }
}
