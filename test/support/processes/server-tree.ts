// The built server as a process tree that can be killed, stopped and started again on the same port.

import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../disk/folder.ts'
import { freePort } from '../net/ports.mjs'
import { commandOf, killAllIn, parentOf, processesIn, stopAllIn } from './processes.ts'
import { MAIN, type Run, startTintype } from './start.mjs'

/** Says that the store can be written. */
const READY = '/ready'
/** Longest time until a server answers, in milliseconds. */
const START_MS = 180_000

export interface ServerOptions {
  storageDir: string
  /** @default 1 */
  workers?: number
  /** For the whole server. @default one for each worker */
  encoders?: number
  /** @default {} */
  env?: Record<string, string>
  /** A program, with its arguments, that the server is started by: `['prlimit', '--nofile=64']`. @default [] */
  under?: readonly string[]
}

/** Sends a request to the server; like `fetch`, with a path in place of a URL. */
export type Request = (path: string, init?: RequestInit) => Promise<Response>

export interface Server {
  readonly port: number
  /** Throws where the server cannot be reached or does not answer in time. */
  request: Request
  /**
   * Resolves when it answers, also after {@link kill} and {@link end}: on the same port.
   *
   * @param sign path that is answered 200 then. @default '/ready'
   */
  start(sign?: string): Promise<void>
  /** Resolves when it answers, after some of its workers were killed. */
  ready(): Promise<void>
  /** All of its processes: supervisor, workers, encoders. */
  processes(): number[]
  /** Those that serve. */
  workers(): number[]
  /** SIGSTOP to every process. @returns what lets them go on */
  stop(): Promise<() => void>
  /** SIGKILL to every process. */
  kill(): Promise<void>
  /** SIGTERM, and waits for its end. @returns the exit code */
  end(): Promise<number | null>
  /** Waits for its end without a signal. @returns the exit code */
  ended(): Promise<number | null>
  /** What it logged at level warn and above, and anything else on its outputs. */
  log(): string
}

/** Longest time for one answer, in milliseconds: more than any wait inside of the server. */
const ANSWER_MS = 60_000

/**
 * Longest time for one answer while workers are killed, in milliseconds: Node's round robin keeps a connection for ever
 * whose worker is killed while it is handed over.
 */
export const HAND_OVER_MS = 5000

/** A server that is not started yet. It is killed at the end of the test. */
export const createServer = async (options: ServerOptions): Promise<Server> => {
  const cwd = await temporaryFolder()
  const workers = options.workers ?? 1
  // Chosen here: one that the server takes by itself is another one when all workers have died.
  const port = await freePort()
  const runs: Run[] = []

  const request: Request = (path, init) =>
    fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(ANSWER_MS), ...init })

  const start = async (sign = READY): Promise<void> => {
    const flags = { port, storage: options.storageDir, workers, encoders: options.encoders ?? workers }
    const args = ['serve', ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, String(value)])]
    runs.push(startTintype(args, { cwd, under: options.under, env: { LOG_LEVEL: 'warn', ...options.env } }))
    await answers(sign)
  }

  const answers = async (sign: string): Promise<void> => {
    const deadline = Date.now() + START_MS
    while (!(await isOk(sign))) {
      if (runs.at(-1)?.child.exitCode !== null || Date.now() > deadline)
        throw new Error(`the server does not answer:\n${log()}`)
      await sleep(20)
    }
  }

  const isOk = async (path: string): Promise<boolean> => {
    const answer = await request(path, { signal: AbortSignal.timeout(HAND_OVER_MS) }).catch(() => undefined)
    const body = await answer?.arrayBuffer().catch(() => undefined)
    return body !== undefined && answer?.status === 200
  }

  const isServer = (pid: number): boolean => commandOf(pid).includes(`${MAIN} serve`)

  const log = (): string => runs.map(({ stdout, stderr }) => stdout() + stderr()).join('')

  const kill = async (): Promise<void> => {
    await killAllIn(cwd)
    await runs.at(-1)?.ended
  }
  onTestFinished(kill)

  return {
    port,
    request,
    start,
    ready: () => answers(READY),
    kill,
    processes: () => processesIn(cwd),
    workers() {
      const servers = processesIn(cwd).filter(isServer)
      return workers === 1 ? servers : servers.filter((pid) => isServer(parentOf(pid)))
    },
    stop: () => stopAllIn(cwd),
    async end() {
      const run = runs.at(-1)
      run?.child.kill('SIGTERM')
      if (run) await exited(run.child)
      await kill()
      return run?.child.exitCode ?? null
    },
    async ended() {
      const run = runs.at(-1)
      if (run) await exited(run.child)
      return run?.child.exitCode ?? null
    },
    log,
  }
}

const exited = async (child: Run['child']): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
