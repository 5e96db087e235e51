// Supervisor of several workers on one port: starts them, restarts one that dies, stops them together.

import cluster, { type Worker } from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { RateLimiterClusterMaster } from 'rate-limiter-flexible'
import type { Config } from '../config/load.ts'
import type { Logger } from '../telemetry/logger.ts'
import { printStopped, type Started, saysReadOnly } from './banner.ts'
import { createHintExchange } from './cluster-hints.ts'
import { createMetricsExchange } from './cluster-metrics.ts'
import { exitBySignal, onSignals } from './signals.ts'

export interface SupervisorOptions {
  config: Config
  /** The settings as environment variables of a worker. */
  env: Readonly<Record<string, string>>
  log: Logger
  /** Called once, when all workers listen. */
  announce(config: Config, started: Started): void
}

/** Lifetime below which a worker counts as crashing repeatedly, in milliseconds. */
const SHORT_LIFE_MS = 60_000
const LONGEST_PAUSE_MS = 30_000

/** Pause before a restart, in milliseconds. @param shortLives workers in a row that died within SHORT_LIFE_MS */
export const pauseBefore = (shortLives: number): number =>
  shortLives <= 1 ? 0 : Math.min(1000 * 2 ** (shortLives - 2), LONGEST_PAUSE_MS)

/** Encoders of one worker: its share of those of the machine, at least one where there are any. */
export const encodersOf = ({ encoders, workers }: Config, index: number): number =>
  Math.max(Math.min(1, encoders), Math.floor(encoders / workers) + (index < encoders % workers ? 1 : 0))

/** Resolves when all workers listen. Ends the process after the last worker, or where the first one cannot start. */
export const supervise = async ({ config, env, log, announce }: SupervisorOptions): Promise<void> => {
  const workers = new Set<Worker>()
  const metrics = createMetricsExchange()
  const hints = createHintExchange()
  let everListened = false
  let isReadOnly = false
  let ending = false
  let exitCode = 0
  cluster.setupPrimary({ exec: fileURLToPath(new URL('../cli/main.js', import.meta.url)), args: ['serve'] })

  // Counts the requests of all workers, by messages that it handles itself.
  new RateLimiterClusterMaster()

  /** Resolves with the port where the worker listens. */
  const start = (index: number, shortLives = 0): Promise<number> =>
    new Promise((resolve) => {
      const bornMs = performance.now()
      // Every worker gets the settings as they were loaded at the start, also after a change of .env.
      const worker = cluster.fork({
        ...env,
        ENCODERS: String(encodersOf(config, index)),
        // What the first worker has found holds for all.
        ...(isReadOnly ? { READ_ONLY: 'true' } : {}),
      })
      workers.add(worker)
      // A message to a worker that has just died fails; unhandled, the error would end this process.
      worker.on('error', (error) =>
        log.warn(
          { err: error, pid: worker.process.pid },
          'could not send a message to a worker; continuing without it',
        ),
      )
      worker.on('message', (message) => {
        isReadOnly ||= saysReadOnly(message)
      })
      metrics.watch(worker)
      hints.watch(worker)
      // The worker had no file descriptor for a connection. node:cluster then waits for ever for its confirmation and
      // gives this worker no further connections (seen with Node 20), so the worker is replaced.
      worker.process.on('internalMessage', (message: unknown) => {
        if (isNotReceived(message)) worker.process.kill('SIGTERM')
      })
      worker.once('listening', ({ port }) => {
        everListened = true
        resolve(port)
      })
      worker.once('exit', (code, signal) => {
        workers.delete(worker)
        if (ending) return ended(code, signal)
        // The worker has printed the reason.
        if (!everListened) process.exit(1)
        const lives = performance.now() - bornMs < SHORT_LIFE_MS ? shortLives + 1 : 0
        const pauseMs = pauseBefore(lives)
        log.error({ pid: worker.process.pid, code, signal, pauseMs }, 'worker died; starting another one')
        setTimeout(() => {
          if (!ending) resolve(start(index, lives))
        }, pauseMs)
      })
    })

  const ended = (code: number | null, signal: string | null): void => {
    // A worker that was still starting ends by the signal itself and had nothing to finish.
    if (code !== 0 && signal !== 'SIGTERM' && signal !== 'SIGINT') exitCode = 1
    if (workers.size === 0) stop()
  }
  const stop = (): never => {
    printStopped()
    process.exit(exitCode)
  }
  const killAll = (signal: NodeJS.Signals): void => {
    for (const worker of workers) worker.process.kill(signal)
  }

  onSignals(
    () => {
      ending = true
      killAll('SIGTERM')
      if (workers.size === 0) stop()
    },
    (signal) => {
      killAll('SIGKILL')
      exitBySignal(signal)
    },
  )

  // The first worker alone, so that a reason not to start is printed once.
  const port = await start(0)
  await Promise.all(Array.from({ length: config.workers - 1 }, (_, index) => start(index + 1)))
  announce(config, { port, isReadOnly })
}

/** The message of node:child_process for a handle that did not arrive. */
const isNotReceived = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'cmd' in message && message.cmd === 'NODE_HANDLE_NACK'
