// Several workers on one port: starts them, starts again the one that dies, ends them together.

import cluster, { type Worker } from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { RateLimiterClusterMaster } from 'rate-limiter-flexible'
import type { Config } from '../config/load.ts'
import type { Logger } from '../telemetry/logger.ts'
import { printStopped } from './banner.ts'
import { createMetricsExchange } from './metrics-supervisor.ts'
import { exitBySignal, onSignals } from './signals.ts'

export interface SupervisorOptions {
  config: Config
  /** The settings as environment variables of a worker. */
  env: Readonly<Record<string, string>>
  log: Logger
  /** Called once, when all workers listen. */
  announce(config: Config, port: number): void
}

/** A worker that lived for less than this counts as one that keeps dying, in milliseconds. */
const SHORT_LIFE_MS = 60_000
const LONGEST_PAUSE_MS = 30_000

/** Time before a worker is started again, in milliseconds. @param shortLives workers in a row that died soon */
export const pauseBefore = (shortLives: number): number =>
  shortLives <= 1 ? 0 : Math.min(1000 * 2 ** (shortLives - 2), LONGEST_PAUSE_MS)

/** Encoders of one worker: the machine's, divided, and one at least. */
export const encodersOf = ({ encoders, workers }: Config, index: number): number =>
  Math.max(1, Math.floor(encoders / workers) + (index < encoders % workers ? 1 : 0))

/** Resolves when all workers listen. Ends the process after them, or where the first one cannot start. */
export const supervise = async ({ config, env, log, announce }: SupervisorOptions): Promise<void> => {
  const workers = new Set<Worker>()
  const metrics = createMetricsExchange()
  let everListened = false
  let ending = false
  let exitCode = 0
  cluster.setupPrimary({ exec: fileURLToPath(new URL('../cli/main.js', import.meta.url)), args: ['serve'] })

  // Counts the requests of all workers. Answers them by itself from now on.
  new RateLimiterClusterMaster()

  /** Resolves with the port where the worker listens. */
  const start = (index: number, shortLives = 0): Promise<number> =>
    new Promise((resolve) => {
      const bornMs = Date.now()
      // Each gets the settings as they were read at the start, whatever happens to .env afterwards.
      const worker = cluster.fork({ ...env, ENCODERS: String(encodersOf(config, index)) })
      workers.add(worker)
      // Such as an answer to one that has just died; without somebody who hears of it, it would end this process.
      worker.on('error', (error) => log.warn({ err: error, pid: worker.process.pid }, 'a worker was not reached'))
      metrics.watch(worker)
      // A connection that the worker had no file descriptor for. node:cluster waits for ever to hear what became of it,
      // and gives this worker no other one (seen with Node 20), so another worker takes its place.
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
        // It has said why.
        if (!everListened) process.exit(1)
        const lives = Date.now() - bornMs < SHORT_LIFE_MS ? shortLives + 1 : 0
        const pauseMs = pauseBefore(lives)
        log.error({ pid: worker.process.pid, code, signal, pauseMs }, 'a worker died, another one is started')
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

  // Alone at first: what keeps it from starting would keep the others too, and is said once.
  const port = await start(0)
  await Promise.all(Array.from({ length: config.workers - 1 }, (_, index) => start(index + 1)))
  announce(config, port)
}

/** What Node's child_process answers for a handle that did not arrive. */
const isNotReceived = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'cmd' in message && message.cmd === 'NODE_HANDLE_NACK'
