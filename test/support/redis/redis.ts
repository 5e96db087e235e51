// A real Redis for tests, where it is installed: on loopback, in memory, ended by its id.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../disk/folder.ts'
import { isMissing } from '../needs.ts'
import { freePort, takesConnections } from '../net/ports.mjs'

export interface Redis {
  readonly port: number
  /** Resolves when it takes connections, on the same port, with nothing in it. */
  start(): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** SIGKILL. */
  kill(): Promise<void>
}

/** Longest start, in milliseconds. */
const START_MS = 60_000

/** True where Redis is missing; says so in one line. */
export const lacksRedis = (what: string): boolean =>
  isMissing({ fault: what, programs: { 'redis-server': 'redis-server' } })

/**
 * A Redis that is not started yet, killed at the end of the test.
 *
 * @param settings further ones, such as `['--requirepass', 'secret']`. @default none
 * @param isTls takes connections with TLS alone, by a certificate in the settings. @default false
 */
export const createRedis = async (settings: readonly string[] = [], isTls = false): Promise<Redis> => {
  const [port, folder] = [await freePort(), await temporaryFolder()]
  const ports = isTls ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)]
  const args = [...ports, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no', ...settings]
  let running: ReturnType<typeof spawn> | undefined

  const kill = async (): Promise<void> => {
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    running.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)

  return {
    port,
    async start() {
      const child = spawn('redis-server', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
      running = child
      const end = Date.now() + START_MS
      while (!(await takesConnections(port))) {
        if (child.exitCode !== null || Date.now() > end) throw new Error('redis-server did not start')
        await sleep(20)
      }
    },
    signal: (signal) => void running?.kill(signal),
    kill,
  }
}
